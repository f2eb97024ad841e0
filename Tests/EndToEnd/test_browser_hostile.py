"""Names and values that try to be more than text, in every view. Whatever breaks the page's policy is an error of its console
(see engines.py), and `page` holds each test to none."""
import json
import urllib.parse

import pytest
from test_browser_jobs import ended, select_all, show, watched

pytest_plugins = ("browser",)
MARKUP = "<img src=x onerror=alert(1)>"
POLLUTION = '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'
NAMES = [
    MARKUP, "\"'><script>alert(1)</script>", "{{7*7}}${7*7}", "javascript:alert(1)", "__proto__", "constructor", "toString",
    "right\u202etfel\u2066x", "nul\u0000esc\u001b[31mbell\u0007", "w" * 512, "<" * 512, "\u05d0" * 256, "line\nbreak\r\ttab",
    "../..//%2e%2e/", "?query#fragment", "\ufeff\u200b",
]


@pytest.fixture(scope="module")
def hostile(server):
    space = server.namespace(f"{MARKUP}\u202e{'W' * 150}")
    for name in NAMES:
        value, tags = json.dumps(f"{MARKUP}{name}{POLLUTION}"), json.dumps([MARKUP, "__proto__"])
        body = f'{{"value": {value}, "metadata": {POLLUTION}, "tags": {tags}}}'
        answer = server.api("PUT", space.entry(name), data=body.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 201, answer.text
    return space


@pytest.fixture(scope="module")
def places(server, hostile):
    """The addresses of all views, each with something of the above in it."""
    for title in ("__proto__", "constructor", "<b>bold</b>"):
        server.namespace(title)
    lines = [json.dumps({"key": name, "value": "x", "ttl": 1}) for name in NAMES]
    job = hostile.load("\n".join(lines).encode(), filename=MARKUP)
    assert job["state"] == "incomplete"
    keys, markup = f"/s/local/n/{hostile.id}", urllib.parse.quote(MARKUP, safe="")
    return ["/", keys, f"{keys}?prefix={markup}", "/jobs", f"/jobs/{job['id']}", f"/jobs?id={markup}", "/audit", f"/audit?key={markup}",
            f"/s/local/n/{markup}", f"/jobs/{markup}"]


def harmless(page):
    """Nothing of it has become an element, a script that ran, or a property of all objects."""
    alien = "return document.querySelectorAll('img, b > b, script:not([src]), iframe, object, embed').length"
    assert page.js(alien) == 0
    assert page.js("return [({}).polluted, (() => {}).polluted].map(String)") == ["undefined", "undefined"]


@pytest.mark.every_engine
def test_hostile_names_are_text_in_every_view_and_make_none_too_wide(page, places):
    for path in places:
        page.open(path)
        for width in (320, 1440):
            page.size(width, 900)
            harmless(page)
            assert page.js("return document.documentElement.scrollWidth <= innerWidth"), path
    # The browser itself notes an answer of 404 in its console.
    assert all("404" in error for error in page.errors())


def test_each_hostile_entry_is_opened_edited_and_keeps_what_was_not_touched(page, hostile):
    for name in NAMES:
        page.open(f"/s/local/n/{hostile.id}/k/{urllib.parse.quote(name, safe='')}")
        page.one("entry-save")
        harmless(page)
        assert page.js("return document.querySelector('kv-entry').key") == name
    page.open(f"/s/local/n/{hostile.id}/k/__proto__")
    page.type("value", POLLUTION)
    page.click("entry-save")
    page.says("entry-state", "No changes")
    harmless(page)
    answer = hostile.server.api("GET", hostile.entry("__proto__"))
    assert (answer.json()["value"], answer.json()["metadata"]) == (POLLUTION, json.loads(POLLUTION))


@pytest.mark.every_engine
def test_hostile_names_are_text_in_the_dialogs_of_a_job_that_fails(page, server, hostile, tmp_path):
    target = server.namespace(f"to {MARKUP}")
    show(page, hostile)
    select_all(page)
    page.click("bulk-delete")
    page.says("plan", f"{len(NAMES)} keys")
    harmless(page)
    page.click("delete-dialog-dismiss")
    page.click("bulk-copy")
    page.one("copy-target").send_keys(target.title)
    page.click("copy-dialog-submit")
    page.reads("job-state", "Completed")
    assert MARKUP in page.text("job-title")
    harmless(page)
    page.gone("job-dialog", within=10)
    assert target.keys() == hostile.keys()

    file = tmp_path / "hostile.ndjson"
    file.write_text("\n".join(json.dumps({"key": name, "value": "x", "ttl": 1}) for name in NAMES))
    show(page, target).click("import")
    page.attach("import-file", file)
    page.click("import-dialog-submit")
    page.reads("job-state", "Incomplete")
    page.wait(lambda: page.all("failure"))
    harmless(page)
    assert MARKUP in page.text("job-failures")


def test_lone_surrogates_in_a_file_are_refused_one_by_one_and_do_no_harm(page, server, tmp_path):
    """JSON can write half of a character, which no text can hold."""
    space = server.namespace()
    file = tmp_path / "surrogates.ndjson"
    file.write_text('{"key":"good","value":"1"}\n{"key":"bad\\ud800","value":"2"}\n{"key":"value","value":"\\udc00"}\n'
                    '{"key":"metadata","value":"3","metadata":{"\\ud83d":"\\udfff"}}\n{"key":"pair","value":"\\ud83c\\udf89"}\n')
    show(page, space).click("import")
    page.attach("import-file", file)
    page.click("import-dialog-submit")
    seen = watched(page, ended)
    assert seen[-1][1] == "Incomplete", seen
    page.wait(lambda: page.all("failure"))
    harmless(page)
    assert {"good", "pair"} <= set(space.names()) and not [name for name in space.names() if name.startswith("bad")]
    assert space.read("pair")["value"] == "🎉"
    for name in space.names():
        page.open(f"/s/local/n/{space.id}/k/{name}")
        page.one("entry-save")
        harmless(page)
