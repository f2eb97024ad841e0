"""A real data set through the browser, as a person would: loaded, browsed, partly copied and deleted, exported, loaded again.

Skipped where KV_MANAGER_TEST_DATA is not set.
"""
import json

from test_browser_jobs import copy_to, delete_all, done, select_all, show
from test_jobs_real_data import as_known, entries, file, known, pytestmark  # noqa: F401

pytest_plugins = ("browser", "two")
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


def test_the_main_job_on_a_cloudflare_store(browser, two, file, entries):  # noqa: F811
    """The store is another program's gateway, which is slow and fails now and then; requests are few all the same."""
    gateway, client = two("--gateway-latency", "20ms", "--gateway-faults", "0.01", "--gateway-seed", "5", pace="100000/1s")
    source, second = (client.namespace(title, store="cloud") for title in ("debian", "games"))
    browser.base = client.url
    browser.size(1440, 900)

    def requests(kind):
        job = client.get(f"/api/jobs?kind={kind}")["jobs"][0]
        assert (job["state"], job["progress"]["failed"]) == ("completed", 0), job
        return job["progress"]["requests"]

    def lists(count):
        return count // 1_000 + 1

    def reads(count):
        return lists(count) + count // 100 + count // 1_000 + 1

    browser.open(f"/s/cloud/n/{source.id}").click("import")
    browser.attach("import-file", file)
    browser.click("import-dialog-submit")
    done(browser, within=240)
    # 10,000 entries a request, fewer where values are large; every hundredth request fails and goes again.
    assert requests("import") <= 12
    assert [known(line) for line in source.export().splitlines()] == as_known(entries.values())
    assert requests("export") <= reads(len(entries)) * 1.15

    games = [entry for key, entry in entries.items() if key.startswith(FOLDER)]
    browser.open(f"/s/cloud/n/{source.id}?prefix={FOLDER}")
    copy_to(browser, second)
    done(browser)
    assert requests("copy") <= (reads(len(games)) + 1) * 1.15 + 1
    assert [known(line) for line in second.export().splitlines()] == as_known(games)

    browser.open(f"/s/cloud/n/{source.id}?prefix={FOLDER}")
    delete_all(browser, source)
    done(browser)
    # So few are read first, so that they can be put back: they are listed for it once more, for their expirations.
    assert len(games) < 10_000
    assert requests("delete") <= (lists(len(games)) + 1 + reads(len(games))) * 1.15 + 2
    left = [entry for key, entry in entries.items() if not key.startswith(FOLDER)]

    browser.open(f"/s/cloud/n/{source.id}").click("export")
    browser.click("export-dialog-submit")
    done(browser, within=240)
    with open(browser.landed(".ndjson"), encoding="utf-8") as lines:
        assert [known(line) for line in lines] == as_known(left)
    told = gateway.get("/api/gateway/usage")
    assert told["throttled"] == 0 and told["requests"] > 0
    browser.driver.get("about:blank")


def test_a_deletion_that_nobody_has_to_fear(browser, start, file, entries):  # noqa: F811
    """Planned, started, paused, the program killed twice, resumed, finished, its history read, undone: equal to what it was."""
    server = start()
    space = server.namespace("debian")
    assert space.load(open(file, "rb"))["state"] == "completed"
    before = space.export()
    browser.base = server.url
    browser.size(1440, 900)
    show(browser, space).reads("key-count", f"{len(entries):,} keys", within=30)
    select_all(browser)
    browser.click("bulk-delete")
    browser.says("plan", f"{len(entries):,} keys")
    browser.says("plan", "It can be undone.")
    browser.type("typed-title", space.title)
    browser.click("delete-dialog-submit")
    browser.click("job-pause")
    browser.reads("job-state", "Paused")
    job = browser.one("job-dialog").get_attribute("data-job")
    restart(server)
    browser.reads("job-connection", "WebSocket", within=60)
    browser.reads("job-state", "Paused")
    assert 0 < server.get(space.path)["keyCount"] < len(entries)
    browser.click("job-pause")
    browser.reads("job-state", "Running")
    restart(server)
    browser.reads("job-state", "Completed", within=120)
    assert server.get(space.path)["keyCount"] == 0

    browser.open(f"/jobs/{job}")
    browser.says("job-title", f"{len(entries):,} keys")
    for words in ("Created", "Started", "Paused", "Resumed", "Completed"):
        browser.says("timeline", words)
    assert server.get(f"/api/jobs/{job}")["progress"]["succeeded"] == len(entries)
    browser.click("job-undo")
    browser.reads("job-state", "Completed", within=120)
    assert space.export() == before


def restart(server):
    port = server.port
    server.kill()
    server.start(port=port)
