"""A real data set through the browser, as a person would: loaded, browsed, partly copied and deleted, exported, loaded again.

Skipped where KV_MANAGER_TEST_DATA is not set.
"""
import json

from test_browser_jobs import copy_to, delete_all, done, show
from test_jobs_real_data import as_known, entries, file, known, pytestmark  # noqa: F401

pytest_plugins = ("browser",)
FOLDER = "debian/games/"


def load(page, space, path):
    show(page, space).click("import")
    page.attach("import-file", path)
    page.click("import-dialog-submit")
    done(page, within=180)


def enter(page, name):
    page.wait(lambda: [one for one in page.all("folder") if one.text.startswith(name)][0].click() or True)


def test_the_main_job(page, server, file, entries):  # noqa: F811
    source, second, third = server.namespace("debian"), server.namespace("games"), server.namespace("again")
    load(page, source, file)
    page.reads("key-count", f"{len(entries):,} keys", within=30)

    games = [entry for key, entry in entries.items() if key.startswith(FOLDER)]
    enter(page, "debian/")
    enter(page, "games/")
    page.reads("key-count", f"{len(games):,} keys", within=30)
    assert page.names()[0] == games[0]["key"]

    copy_to(page, second)
    done(page)
    assert [known(line) for line in second.export().splitlines()] == as_known(games)

    show(page, source, FOLDER)
    page.reads("key-count", f"{len(games):,} keys", within=30)
    delete_all(page, source)
    done(page)
    left = [entry for key, entry in entries.items() if not key.startswith(FOLDER)]

    show(page, source).click("export")
    page.click("export-dialog-submit")
    done(page, within=120)
    exported = page.landed(".ndjson")
    with open(exported, encoding="utf-8") as lines:
        assert [known(line) for line in lines] == as_known(left)

    load(page, third, exported)
    assert [known(line) for line in third.export().splitlines()] == as_known(left)
    assert json.loads(server.api("GET", third.path).text)["keyCount"] == len(left)
