"""What the interface shows of a key stays as it is unless it is edited: tags with commas, keys with line breaks, days where the reader is."""
import json
import urllib.parse

import pytest
from selenium.webdriver.common.keys import Keys

from test_browser_entry import save, show
from test_browser_jobs import done

pytest_plugins = ("browser",)

TAGS = [" lead", "a;b", "y,z", "ü"]
BROKEN = "line\nbreak\r\nend"


def chips(page):
    return page.js("return [...document.querySelectorAll('[data-testid=tag-chip] bdi')].map((one) => one.textContent)")


def test_a_tag_is_added_and_the_others_stay_as_they_are(page, namespace):
    namespace.put("k", "v", tags=TAGS)
    show(page, namespace, "k")
    page.wait(lambda: len(chips(page)) == len(TAGS))
    page.one("tags").send_keys("new", Keys.ENTER, "x, y")
    save(page)
    assert namespace.read("k")["tags"] == sorted([*TAGS, "new", "x", "y"])
    assert len(chips(page)) == len(TAGS) + 3


def test_tags_are_taken_away_one_by_one(page, namespace):
    namespace.put("k", "v", tags=TAGS)
    show(page, namespace, "k")
    page.wait(lambda: len(chips(page)) == len(TAGS))
    page.click("tag-remove")
    page.wait(lambda: len(chips(page)) == len(TAGS) - 1)
    page.one("tags").send_keys(Keys.BACKSPACE)
    save(page)
    assert namespace.read("k")["tags"] == TAGS[1:-1]


def test_a_tag_that_is_there_already_changes_nothing(page, namespace):
    namespace.put("k", "v", tags=["a", "b"])
    show(page, namespace, "k")
    page.one("tags").send_keys("b,a", Keys.ENTER)
    page.wait(lambda: not page.one("tags").get_attribute("value"))
    assert chips(page) == ["a", "b"] and not page.one("entry-save").is_enabled()


@pytest.mark.parametrize("key, typed, expected", [
    (BROKEN, "!", f"{BROKEN}!"), ("tab\tend", "!", "tab\tend!"), ("a", "‹LF›b", "a\nb"), ("\n", "x", "\nx"),
])
def test_a_key_with_line_breaks_is_renamed_and_duplicated(page, namespace, key, typed, expected):
    namespace.put(key, "value", tags=["t"])
    show(page, namespace, key).click("more", "kv-entry")
    page.click("entry-duplicate")
    page.one("entry-name").send_keys(Keys.END, "2")
    page.click("entry-save")
    page.wait(lambda: namespace.names() == sorted([key, f"{key}2"]))
    show(page, namespace, key).click("more", "kv-entry")
    page.click("entry-rename")
    page.one("rename-name").send_keys(Keys.END, typed)
    page.click("rename-key-submit")
    page.wait(lambda: namespace.names() == sorted([expected, f"{key}2"]))
    assert namespace.read(expected)["tags"] == ["t"]


def test_a_key_that_has_such_marks_itself_is_not_renamed_to_something_else(page, namespace):
    namespace.put("‹LF›\n", "value")
    show(page, namespace, "‹LF›\n").click("more", "kv-entry")
    page.click("entry-rename")
    assert page.one("rename-name").get_attribute("readonly")
    assert not page.one("rename-key-submit").is_enabled()


@pytest.mark.parametrize("view, path", [("jobs", "/api/jobs"), ("audit", "/api/audit")])
@pytest.mark.parametrize("zone, begin, end", [
    ("Pacific/Auckland", "2026-09-26T12:00:00.000Z", "2026-09-27T10:59:59.999Z"),
    ("America/Los_Angeles", "2026-09-27T07:00:00.000Z", "2026-09-28T06:59:59.999Z"),
])
def test_days_in_filters_are_those_of_the_reader(page, view, path, zone, begin, end):
    page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
    page.open(f"/{view}?since=2026-09-27&until=2026-09-27")
    addresses = page.js("return performance.getEntriesByType('resource').map((one) => one.name)")
    asked = [urllib.parse.parse_qs(urllib.parse.urlsplit(one).query) for one in addresses if path in one]
    assert {"since": [begin], "until": [end]}.items() <= {key: asked[0][key] for key in ("since", "until")}.items()
    assert page.path == f"/{view}?since=2026-09-27&until=2026-09-27"
