"""The list of namespaces: to make, rename, protect and delete them."""
import urllib.parse

pytest_plugins = ("browser",)


def row(page, title):
    return page.wait(lambda: [one for one in page.all("namespace-row") if title in one.text][0])


def menu(page, title, choice):
    page.wait(lambda: row(page, title).find_element("css selector", "[data-testid=more]").click() or True)
    page.click(choice)


def test_a_namespace_is_made_renamed_protected_and_deleted(page, server):
    page.click("new-namespace")
    page.type("namespace-title", "first <i>one</i>")
    page.click("create-namespace-submit")
    row(page, "first <i>one</i>")

    menu(page, "first <i>one</i>", "rename")
    page.type("namespace-title", "second")
    page.click("rename-namespace-submit")
    row(page, "second")

    menu(page, "second", "protect")
    page.click("protect-namespace-submit")
    page.wait(lambda: "protected" in row(page, "second").text)
    menu(page, "second", "protect")
    page.click("protect-namespace-submit")
    page.wait(lambda: "protected" not in row(page, "second").text)

    menu(page, "second", "delete")
    page.type("typed-title", "secon")
    assert not page.one("delete-namespace-submit").is_enabled()
    page.type("typed-title", "second")
    page.click("delete-namespace-submit")
    page.wait(lambda: "second" not in page.js("return document.querySelector('main').textContent"))
    assert "second" not in [one["title"] for one in server.get("/api/stores/local/namespaces?limit=1000")["namespaces"]]


def test_a_title_that_is_taken_is_refused_in_the_dialog(page, server):
    server.namespace("taken")
    page.open("/").click("new-namespace")
    page.type("namespace-title", "taken")
    page.click("create-namespace-submit")
    page.wait(lambda: "taken" in page.one("create-namespace").text and page.js("return !document.querySelector('.problem').hidden"))
    page.click("create-namespace-dismiss")
    # The browser itself notes an answer of 409 in its console; that is no error of the page.
    assert all("409" in error for error in page.errors())


def test_the_filter_narrows_the_list_as_one_types(page, server):
    for title in ("apples", "apricots", "pears"):
        server.namespace(title)
    page.open("/").type("namespace-filter", "ap")
    page.wait(lambda: not [one for one in page.all("namespace-row") if "pears" in one.text])
    assert len([one for one in page.all("namespace-row") if one.text.startswith("ap")]) == 2


def test_addresses_can_be_reloaded_and_gone_back_from(page, server):
    space = server.namespace("places").fill(3, prefix="a/b:")
    page.open("/").wait(lambda: [link for link in page.driver.find_elements("link text", "places")][0].click() or True)
    page.wait(lambda: page.names() == ["a/b:000000", "a/b:000001", "a/b:000002"])
    page.wait(lambda: page.all("key-row")[1].find_element("tag name", "a").click() or True)
    page.says("entry-key", "a/b:000001")
    assert page.path == f"/s/local/n/{space.id}/k/{urllib.parse.quote('a/b:000001', safe='')}"
    page.open(page.path).says("entry-key", "a/b:000001")
    page.driver.back()
    page.wait(lambda: page.path == f"/s/local/n/{space.id}")
    page.wait(lambda: not page.all("entry-panel")[0].is_displayed())
    page.driver.back()
    page.wait(lambda: page.path == "/")
    page.wait(lambda: page.all("namespace-row"))


def test_an_address_that_leads_nowhere_says_so(page):
    page.open("/s/local/nonsense")
    assert "leads nowhere" in page.js("return document.querySelector('main').textContent")


def test_any_other_address_opened_by_somebody_is_the_page_and_not_found(page, server):
    page.open("/no/such/place")
    page.sees("leads nowhere")
    page.errors()
    assert server.api("GET", "/no/such/place", headers={"Accept": "text/html"}).status_code == 404
    for address in ("/api/nothing", "/client/v4/nothing"):
        assert server.api("GET", address, headers={"Accept": "text/html"}).headers["content-type"] != "text/html; charset=utf-8"
    assert server.api("GET", "/no/such/place").json()["code"] == "route_not_found"


def test_more_than_a_hundred_namespaces_are_said_to_be_more(page, server):
    for number in range(120):
        server.namespace(f"many-{number:03}")
    page.open("/").wait(lambda: len(page.all("namespace-row")) == 100)
    page.type("namespace-filter", "many-119")
    row(page, "many-119")
    page.type("namespace-filter", " ")
    page.wait(lambda: [one for one in page.driver.find_elements("css selector", ".store .more button")][0].click() or True)
    page.wait(lambda: len(page.all("namespace-row")) > 100)


def test_a_protected_namespace_says_so_however_long_its_title_is(page, server):
    space = server.namespace("a title that is much longer than any screen has room for, " * 3)
    server.api("PATCH", space.path, json={"protected": True})
    for width in (1440, 390):
        page.size(width, 800)
        page.open(f"/s/local/n/{space.id}")
        inside = """const chip = document.querySelector("h1 .chip").getBoundingClientRect();
            return chip.width > 10 && chip.right < document.querySelector("h1").getBoundingClientRect().right"""
        page.wait(lambda: page.js(inside))
    page.size(1440, 900)
