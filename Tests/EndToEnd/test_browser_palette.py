"""Ways to get somewhere or to many keys at once: the palette, and lists of keys."""
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from test_browser_jobs import done

pytest_plugins = ("browser",)


def call(page):
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    return page.one("palette-field")


def choices(page):
    return [one.text.split("\n")[0] for one in page.all("palette-choice")]


# MARK: the palette

def test_a_namespace_is_gone_to_by_its_name(page, server):
    space = server.namespace("Feature flags 7")
    server.namespace("other")
    page.open("/")
    call(page).send_keys("flags 7")
    page.wait(lambda: choices(page) == ["Feature flags 7"])
    page.one("palette-field").send_keys(Keys.ENTER)
    page.wait(lambda: page.path == f"/s/local/n/{space.id}")
    page.gone("palette")


def test_it_offers_what_the_view_can_do_and_takes_arrows(page, server, namespace):
    namespace.put("k", "v")
    page.open(f"/s/local/n/{namespace.id}")
    field = call(page)
    assert choices(page)[:4] == ["New key", "Import into this namespace…", "Export these keys…", "Work on a list of keys…"]
    field.send_keys(Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ENTER)
    page.one("entry-name")
    page.gone("palette")


def test_it_offers_what_can_be_done_with_the_selected_keys(page, namespace):
    namespace.fill(3)
    page.open(f"/s/local/n/{namespace.id}").click("select-everything")
    call(page).send_keys("delete the sel")
    page.wait(lambda: choices(page)[0] == "Delete the selected keys…" and len(choices(page)) == 2)
    page.one("palette-field").send_keys(Keys.ENTER)
    page.one("delete-dialog")


def test_it_finds_keys_by_their_beginning(page, namespace):
    namespace.put("user:1", "v")
    page.open(f"/s/local/n/{namespace.id}")
    call(page).send_keys("user:")
    page.wait(lambda: choices(page) == ["user:"])
    page.one("palette-field").send_keys(Keys.ENTER)
    page.wait(lambda: page.path.endswith("?prefix=user%3A"))


def test_it_says_when_nothing_fits_and_leaves_with_escape(page):
    page.open("/jobs")
    field = call(page)
    field.send_keys("nothing has this name")
    page.wait(lambda: choices(page) == [])
    assert "Nothing has that in its name" in page.text("palette")
    field.send_keys(Keys.ESCAPE)
    page.gone("palette")


def test_a_namespace_that_is_not_loaded_is_asked_for(page, server):
    for number in range(120):
        server.namespace(f"zz {number:03}")
    page.open("/")
    call(page).send_keys("zz 119")
    page.wait(lambda: "zz 119" in choices(page))


# MARK: lists of keys

@pytest.mark.parametrize("way", ["typed", "file"])
def test_the_keys_of_a_list_are_deleted(page, namespace, tmp_path, way):
    namespace.fill(20)
    names = ["key:000003", "key:000005", "not there"]
    page.open(f"/s/local/n/{namespace.id}").click("more", "header")
    page.click("key-list-open")
    page.one("list-kind").send_keys("Delete")
    if way == "typed":
        page.type("list-names", "\n".join(names))
    else:
        file = tmp_path / "keys.txt"
        file.write_text("\n".join(names))
        page.attach("list-file", file)
    page.click("key-list-submit")
    page.says("plan", "3 keys")
    page.click("delete-dialog-submit")
    done(page)
    assert len(namespace.names()) == 18


def test_a_list_that_is_none_is_refused_in_the_dialog(page, namespace, tmp_path):
    file = tmp_path / "keys.ndjson"
    file.write_text("no JSON")
    page.open(f"/s/local/n/{namespace.id}").click("more", "header")
    page.click("key-list-open")
    page.attach("list-file", file)
    page.one("list-format").send_keys("NDJSON")
    page.click("key-list-submit")
    page.wait(lambda: page.driver.find_element("css selector", "[data-testid=key-list] [role=alert]").text)
    assert page.one("key-list-submit").is_enabled()
    page.errors()
