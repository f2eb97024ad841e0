"""What holds of every view: quiet when idle, clean to axe, light and dark, narrow, quick, and small."""
import time
import urllib.parse

import pytest
from selenium.webdriver.common.keys import Keys

pytest_plugins = ("browser",)
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def views(server):
    """Addresses of all views, with a key and a namespace that try to be markup."""
    space = server.namespace(HOSTILE).fill(8, prefix="a/b/")
    server.namespace("another")
    space.put(HOSTILE, f'{{"a": "{HOSTILE}"}}', metadata={HOSTILE: HOSTILE}, expiration=int(time.time()) + 9000)
    space.put("bytes", bytes(range(256)))
    server.api("PUT", space.value("large"), data=b"0123456789abcdef" * 80_000)
    failed = space.load(b'{"key":"' + HOSTILE.encode() + b'","value":"x","ttl":1}')
    keys = f"/s/local/n/{space.id}"
    return {
        "namespaces": "/",
        "keys": keys,
        "folder": f"{keys}?prefix=a%2Fb%2F",
        "entry": f"{keys}/k/{urllib.parse.quote(HOSTILE, safe='')}",
        "bytes": f"{keys}/k/bytes",
        "no key": f"{keys}?prefix=none",
        "missing": f"{keys}/k/missing",
        "large": f"{keys}/k/large",
        "jobs": "/jobs",
        "job": f"/jobs/{failed['id']}",
        "audit": "/audit",
        "monitor": "/monitor",
        "nowhere": "/s/nonsense",
    }


def dialogs(page, views):
    """Opens each dialog in turn."""
    page.open("/").click("new-namespace")
    yield "new-namespace"
    page.click("create-namespace-dismiss")
    page.driver.find_element("css selector", "body").send_keys("?")
    page.one("help")
    yield "help"
    page.open(views["keys"]).click("import")
    yield "import"
    page.click("import-dialog-dismiss")
    page.click("export")
    yield "export"
    page.click("export-dialog-dismiss")
    page.click("select-all")
    yield "selection"
    page.click("bulk-delete")
    yield "delete"
    page.click("delete-dialog-dismiss")
    for kind in ("copy", "move", "expire", "tag", "rename"):
        if kind in ("expire", "tag", "rename"):
            page.click("more", "kv-bulk-bar")
        if kind == "expire":
            yield "menu"
        page.click(f"bulk-{kind}")
        page.one(f"{kind}-dialog")
        yield kind
        page.click(f"{kind}-dialog-dismiss")
    page.click("new-key")
    yield "new-key"
    page.open(views["keys"]).click("more", "header")
    page.click("key-list-open")
    yield "list of keys"
    page.click("key-list-dismiss")
    page.open(views["entry"]).click("mode-tree")
    yield "tree"
    page.click("more", "kv-entry")
    page.click("entry-rename")
    yield "rename key"
    page.click("rename-key-dismiss")
    page.driver.find_element("css selector", "body").send_keys(Keys.CONTROL + "k")
    page.one("palette-choice")
    yield "palette"


def faults(page, views, theme, width, *rules):
    """What axe finds in the views and dialogs, by their names."""
    page.prefers(theme)
    page.size(width, 900)
    return {name: bad for name in walk(page, views) if (bad := page.axe(*rules))}


def walk(page, views):
    """Every view and dialog in turn."""
    for name, path in views.items():
        page.open(path)
        yield name
    yield from dialogs(page, views)


@pytest.mark.every_engine
@pytest.mark.parametrize("theme, width", [("light", 1440), ("dark", 320)])
def test_axe_finds_nothing_in_any_view(page, views, theme, width):
    assert faults(page, views, theme, width) == {}


@pytest.mark.parametrize("theme, width", [("light", 320), ("dark", 1440)])
def test_contrast_and_size_are_right_the_other_way_round_too(page, views, theme, width):
    """The other rules ask neither for the theme nor for the width."""
    assert faults(page, views, theme, width, "color-contrast", "target-size") == {}


def test_nothing_has_to_be_scrolled_sideways(page, views):
    """The narrowest screen, in every engine: test_browser_access.py."""
    found = {}
    for name in walk(page, views):
        for width in (390, 768, 1024, 1440):
            page.size(width, 800)
            if (over := page.js("return document.documentElement.scrollWidth - innerWidth")) > 0:
                found[name, width] = over
    assert found == {}


def test_names_and_values_are_only_ever_text(page, views):
    for path in views.values():
        page.open(path)
        assert page.js("return document.querySelectorAll('main img, main b b, kv-rail img').length") == 0
        assert not page.js("return document.title").startswith("!")
    assert HOSTILE in page.open(views["entry"]).text("entry-key")


@pytest.mark.every_engine
def test_half_a_minute_without_anything_to_watch_is_silent(page, views):
    """Quiet time is what is shown here: with nothing to watch, nothing is asked, and no WebSocket is opened."""
    page.open(views["keys"])
    page.loaded()
    assert page.sockets() == 0
    time.sleep(30)
    assert page.traffic() == []


@pytest.mark.parametrize("view", ["namespaces", "entry", "jobs", "job", "audit"])
def test_idle_means_idle(page, views, view):
    """Quiet time is what is shown here too."""
    page.open(views[view])
    page.loaded()
    assert page.sockets() == 0
    time.sleep(3)
    assert page.traffic() == []


@pytest.mark.every_engine
def test_what_breaks_the_policy_is_noticed_and_kept_from_happening(page):
    """So that a clean console in all the other tests means that nothing did."""
    page.js("""window.broken = 0
        try { document.body.innerHTML = "<img src=x onerror='window.broken = 1'>" } catch {}
        const script = document.createElement("script")
        try { script.textContent = "window.broken = 1" } catch {}
        document.body.append(script)
        const image = document.createElement("img")
        image.src = "http://127.0.0.1:1/x.png"
        document.body.append(image)""")
    seen = []

    def both():
        seen.extend(one.replace('"', "") for one in page.errors())
        return all(any(f"policy violated {rule}" in one for one in seen) for rule in ("require-trusted-types-for", "img-src"))

    page.wait(both)
    assert page.js("return window.broken") == 0


def test_a_chosen_theme_is_kept(page):
    ink = "return getComputedStyle(document.body).backgroundColor"
    light = page.js(ink)
    page.one("theme").send_keys("Dark")
    dark = page.js(ink)
    assert dark != light
    page.open("/")
    assert page.js(ink) == dark
    page.prefers("dark")
    page.one("theme").send_keys("Light")
    assert page.js(ink) == light


def test_the_first_paint_is_quick(page, views, record_property):
    paints = []
    for _ in range(5):
        page.open(views["keys"])
        paints.append(page.wait(lambda: page.js("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime")))
    record_property("first paint, ms", sorted(paints))
    print(f"first paint {[round(one) for one in sorted(paints)]} ms")
    assert sorted(paints)[2] < 300


def test_a_view_loads_little(page, views, record_property):
    """On a first visit: fewer than 25 requests, those for data among them, and at most 80 kB of compressed files.

    An entry stands beside its list, so it brings that view and the editor."""
    loads = """const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
        const files = all.filter((one) => !one.name.includes("/api/"));
        return [all.length, files.reduce((sum, one) => sum + one.encodedBodySize, 0)];"""
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    found = {name: page.open(path).js(loads) for name, path in views.items()}
    page.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
    page.driver.execute_cdp_cmd("Network.disable", {})
    record_property("requests and bytes", found)
    print(found)
    assert min(load[1] for load in found.values()) > 15_000, "nothing came from a cache"
    most = {"entry": 34, "missing": 34, "bytes": 35, "large": 36}
    assert {name: load for name, load in found.items() if load[0] >= most.get(name, 25) or load[1] > 80_000} == {}
