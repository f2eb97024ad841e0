"""For those who use no pointer, want nothing to move, or need large letters: the same work, whole."""
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from test_browser_jobs import delete_all, show
from test_browser_whole import dialogs, views, walk  # noqa: F401  (`views` is a fixture)

pytest_plugins = ("browser",)
# Buttons, fields and headings that are in sight, or nearly so, and of which something is cut off.
CUT_OFF = """
const inside = document.querySelector("dialog:modal") ?? document.body;
const seen = (one) => one.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !one.closest(".unseen, .skip");
const cut = (one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).textOverflow !== "ellipsis";
const out = ({left, right}) => right > innerWidth + 1 || left < -1;
// A menu lies over the page, which cannot be scrolled to show more of it.
const away = ({top, bottom}) => bottom > innerHeight || top < 0;
return [...inside.querySelectorAll("button, a.button, input:not([type=file]), select, textarea, h1, h2, dialog p")]
    .filter((one) => seen(one) && !one.closest(".grid, .scroll-x, table"))
    .filter((one) => {
        const box = one.getBoundingClientRect();
        return cut(one) || out(box) || one.closest(":popover-open") && away(box);
    })
    .map((one) => one.outerHTML.slice(0, 120));
"""


def lost(page, views):  # noqa: F811
    """What is cut off in the views and dialogs, by their names, and which must be scrolled sideways."""
    wide = "return document.documentElement.scrollWidth > innerWidth ? ['the page'] : []"
    return {name: cut for name in walk(page, views) if (cut := page.js(wide) + page.js(CUT_OFF))}


def press(page, *keys):
    ActionChains(page.driver).send_keys(*keys).perform()


def focused(page):
    return page.js("return document.activeElement.dataset.testid ?? document.activeElement.textContent")


def tab_to(page, name, key=Keys.TAB):
    """Goes on with the tabulator until something has the focus; what has it on the way must be seen to have it."""
    for _ in range(40):
        press(page, key)
        if page.js("return document.activeElement === document.body"):
            continue
        ring = page.js("""const own = document.activeElement, around = [own, own.parentElement, own.parentElement.parentElement]
            return around.some((one) => getComputedStyle(one).outlineStyle !== "none")""")
        assert ring, f"nothing shows that {focused(page)!r} has the focus"
        if focused(page) == name:
            return
    raise AssertionError(f"the tabulator does not lead to {name}")


@pytest.mark.every_engine
def test_keys_are_opened_selected_and_deleted_by_the_keyboard_alone(page, server):
    space = server.namespace("by keyboard").fill(6)
    page.open("/")
    tab_to(page, "namespace-filter")
    press(page, space.title)
    page.wait(lambda: len(page.all("namespace-row")) == 1)
    tab_to(page, space.title)
    press(page, Keys.ENTER)
    page.wait(lambda: page.path == f"/s/local/n/{space.id}")
    page.reads("key-count", "6 keys")

    press(page, "j", "x", "j", "j", "x")
    page.says("selected-count", "2 selected")
    tab_to(page, "bulk-delete")
    press(page, Keys.ENTER)
    page.says("plan", "2 keys")
    assert page.js("return document.querySelector('dialog').contains(document.activeElement)")
    tab_to(page, "delete-dialog-submit")
    press(page, Keys.ENTER)
    page.reads("job-state", "Completed")
    page.says("job-title", "Deleted 2 keys")
    tab_to(page, "job-undo")
    tab_to(page, "job-close")
    press(page, Keys.ENTER)
    page.gone("job-dialog")
    assert not page.js("return document.activeElement === document.body")
    page.reads("key-count", "4 keys")
    assert space.names() == [f"key:{n:06}" for n in (1, 3, 4, 5)]


@pytest.mark.every_engine
def test_nothing_moves_for_those_who_want_it_still(page, views):  # noqa: F811
    """What moves otherwise is shown first, so that this can fail."""
    def moving():
        page.js("""window.moved = []
            for (const type of ["animationstart", "transitionrun"]) addEventListener(type, () => moved.push(type), true)""")
        page.click("new-namespace")
        page.one("create-namespace")
        # Two frames later whatever moves has begun.
        page.driver.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")
        return page.js("return moved.length + document.getAnimations().length")

    page.open("/")
    assert moving() > 0
    page.prefers(calm=True)
    page.open("/")
    assert moving() == 0
    page.click("create-namespace-dismiss")
    for _ in dialogs(page, views):
        assert page.js("return document.getAnimations().length") == 0


def test_a_job_is_done_and_its_dialog_leaves_without_anything_moving(page, server):
    space = server.namespace().fill(10)
    page.prefers(calm=True)
    show(page, space)
    delete_all(page, space)
    page.reads("job-state", "Completed")
    assert page.js("return document.getAnimations().length") == 0
    page.gone("job-dialog", within=10)
    page.sees("No keys yet")


@pytest.mark.every_engine("firefox", "webkit")
def test_letters_of_twice_the_size_lose_nothing(page, views):  # noqa: F811
    """Chromium has no way to enlarge only the letters."""
    before = page.open("/").js("return document.querySelector('h1').getBoundingClientRect().height")
    page.letters(2)
    try:
        page.wait(lambda: page.js("return document.querySelector('h1').getBoundingClientRect().height") > before * 1.5)
        assert lost(page, views) == {}
    finally:
        page.letters(1)


@pytest.mark.every_engine
def test_a_page_of_four_times_the_size_loses_nothing(page, views):  # noqa: F811
    """So enlarged, a window of 1280 by 1024 shows 320 by 256."""
    page.size(320, 256)
    assert lost(page, views) == {}


@pytest.mark.every_engine
def test_what_has_the_focus_is_not_hidden_under_the_head_of_a_low_window(page, views):  # noqa: F811
    hidden = """const own = document.activeElement, head = document.querySelector(".rail-head")
        return own.closest("main") && own.getBoundingClientRect().bottom <= head.getBoundingClientRect().bottom ? own.outerHTML : null"""
    page.size(320, 256)
    page.open(views["keys"])
    found = []
    for held in ("", Keys.SHIFT):
        for _ in range(25):
            keys = ActionChains(page.driver)
            (keys.key_down(held).send_keys(Keys.TAB).key_up(held) if held else keys.send_keys(Keys.TAB)).perform()
            found.append(page.js(hidden))
    assert [one for one in found if one] == []
