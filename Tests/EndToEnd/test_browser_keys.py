"""The keys of a namespace: browsing, filtering, folders, selecting."""
import urllib.parse

from odd import KEYS as ODD
from odd import by_bytes
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytest_plugins = ("browser",)


def show(page, space, prefix=""):
    return page.open(f"/s/local/n/{space.id}" + (f"?prefix={urllib.parse.quote(prefix, safe='')}" if prefix else ""))


def box(page, index):
    return page.wait(lambda: page.driver.find_element("css selector", f'[data-index="{index}"] input'))


def test_the_prefix_narrows_the_list_and_lives_in_the_address(page, namespace):
    namespace.fill(30, prefix="user:").fill(5, prefix="team:")
    show(page, namespace).reads("key-count", "35 keys")
    page.type("prefix", "team:")
    page.reads("key-count", "5 keys")
    assert page.names() == [f"team:{n:06}" for n in range(5)]
    page.wait(lambda: page.path.endswith("?prefix=team%3A"))
    page.open(page.path).reads("key-count", "5 keys")
    page.one("prefix").send_keys(Keys.ESCAPE)
    page.reads("key-count", "35 keys")


def test_folders_lead_down_and_up(page, namespace):
    namespace.fill(4, prefix="debian/games/").fill(3, prefix="debian/libs/").fill(2, prefix="other/")
    show(page, namespace).reads("key-count", "9 keys")

    def folders():
        return [one.text.split("\n")[0] for one in page.all("folder")]

    def enter(name):
        page.wait(lambda: [one for one in page.all("folder") if one.text.startswith(name)][0].click() or True)

    page.wait(lambda: folders() == ["All keys", "debian/", "other/"])
    enter("debian/")
    page.wait(lambda: folders() == ["All keys", "debian/", "games/", "libs/"])
    enter("games/")
    page.reads("key-count", "4 keys")
    assert page.path.endswith("?prefix=debian%2Fgames%2F")
    enter("All keys")
    page.reads("key-count", "9 keys")


def test_a_folder_is_copied_by_its_menu(page, server, namespace):
    namespace.fill(3, prefix="a/").fill(2, prefix="b/")
    target = server.namespace("folder-target")
    show(page, namespace, "a/").reads("key-count", "3 keys")
    page.click("more", ".status")
    page.click("all-copy")
    page.one("copy-target").send_keys(target.title)
    page.click("copy-dialog-submit")
    page.click("job-close")
    assert target.names() == [f"a/{n:06}" for n in range(3)]


def test_what_can_be_done_with_a_namespace_can_be_done_within_it(page, server, namespace):
    show(page, namespace).click("more", "header")
    page.click("delete")
    page.type("typed-title", namespace.title)
    page.click("delete-namespace-submit")
    page.wait(lambda: page.path == "/")
    assert server.api("GET", namespace.path).status_code == 404


def test_the_rows_in_the_page_stand_in_their_order(page, namespace):
    """The active row stays in the page, wherever one scrolls to."""
    namespace.fill(2000)
    show(page, namespace).reads("key-count", "2,000 keys")
    places = "return [...document.querySelectorAll('[data-testid=key-row]')].map((row) => Number(row.dataset.index))"

    def far_down():
        page.js("document.querySelector('kv-key-table').scrollTop = 20000")
        return page.js(places)[-1] > 500

    page.wait(far_down)
    assert page.js(places)[0] == 0 and page.js(places) == sorted(page.js(places))


def test_a_long_list_is_fetched_as_it_is_scrolled_and_only_what_is_seen_is_in_the_page(page, namespace):
    namespace.fill(3500)
    show(page, namespace).reads("key-count", "3,500 keys")
    grid = page.driver.find_element("css selector", "kv-key-table")
    assert len(page.all("key-row")) < 80

    def at_the_end():
        page.js("arguments[0].scrollTop = arguments[0].scrollHeight", grid)
        return page.names()[-1] == "key:003499"

    page.wait(at_the_end)
    assert len(page.all("key-row")) < 80
    page.js("arguments[0].scrollTop = 0", grid)
    page.wait(lambda: "key:000000" in page.names())


def test_keys_are_selected_one_by_one_in_ranges_and_all_that_match(page, namespace):
    namespace.fill(1200)
    show(page, namespace)
    box(page, 2).click()
    page.says("selected-count", "1 selected")
    ActionChains(page.driver).key_down(Keys.SHIFT).click(box(page, 9)).key_up(Keys.SHIFT).perform()
    page.says("selected-count", "8 selected")
    box(page, 4).click()
    page.says("selected-count", "7 selected")
    page.click("select-all-matching")
    page.says("selected-count", "All 1,200 selected")
    page.click("bulk-clear")
    page.wait(lambda: not page.all("bulk-bar")[0].is_displayed())


def test_the_keyboard_moves_selects_and_opens(page, namespace):
    namespace.fill(20)
    show(page, namespace)
    body = page.driver.find_element("css selector", "body")

    def press(*keys):
        ActionChains(page.driver).send_keys(*keys).perform()

    def active():
        return page.js("return document.activeElement.closest('[data-key]')?.dataset.key")

    body.send_keys("j")
    page.wait(lambda: active() == "key:000000")
    press("jj")
    page.wait(lambda: active() == "key:000002")
    press("k")
    page.wait(lambda: active() == "key:000001")
    press("x")
    page.says("selected-count", "1 selected")
    press(Keys.ESCAPE)
    page.wait(lambda: not page.all("bulk-bar")[0].is_displayed())
    press(Keys.ENTER)
    page.says("entry-key", "key:000001")
    press(Keys.ESCAPE)
    page.wait(lambda: not page.all("entry-panel")[0].is_displayed())
    press("/")
    page.wait(lambda: page.js("return document.activeElement.dataset.testid") == "prefix")
    press("key:00001", Keys.ENTER)
    page.reads("key-count", "10 keys")
    press(Keys.ARROW_DOWN, "?")
    page.one("help")


def test_odd_names_are_shown_as_text_and_opened_whole(page, namespace):
    for key in ODD:
        namespace.put(key, f"value of {key}")
    page.size(1440, 2000)
    show(page, namespace)
    assert page.names() == by_bytes(ODD)
    for key in ODD:
        page.open(f"/s/local/n/{namespace.id}/k/{urllib.parse.quote(key, safe='')}")
        page.wait(lambda: page.one("value"))
        assert page.js("return document.querySelector('kv-entry').key") == key
    assert page.js("return document.querySelectorAll('main img').length") == 0


def test_what_cannot_be_seen_is_made_visible(page, namespace):
    namespace.put("nul\u0000line\nright\u202eleft ", "x")
    show(page, namespace)
    assert page.one("key-row").text.split("\n")[0].startswith("nul‹NUL›line‹LF›right‹202E›left␣")


def test_an_empty_namespace_and_a_prefix_without_keys_say_so(page, namespace):
    show(page, namespace)
    page.sees("No keys yet")
    namespace.fill(2)
    show(page, namespace, "nothing")
    page.sees("No key begins with")
    page.driver.find_element("xpath", "//button[text()='Show all keys']").click()
    page.reads("key-count", "2 keys")


def test_one_escape_closes_one_layer(page, namespace):
    namespace.fill(5)
    show(page, namespace)
    page.click("select-everything")
    page.reads("selected-count", "All 5 selected")
    page.click("more", "kv-bulk-bar")
    page.one("bulk-tag")
    page.driver.find_element("css selector", "body").send_keys(Keys.ESCAPE)
    page.wait(lambda: not [one for one in page.all("bulk-tag") if one.is_displayed()])
    assert page.text("selected-count") == "All 5 selected"
    page.driver.find_element("css selector", "body").send_keys(Keys.ESCAPE)
    page.gone("selected-count")
