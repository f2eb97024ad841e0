"""Bulk work: the dialog that follows a job, the dock, the list of jobs and a job's page."""
import gzip
import json
import time

import pytest
from odd import KEYS as ODD
from odd import VALUES
from selenium.webdriver.common.action_chains import ActionChains

pytest_plugins = ("browser",)
MANY = 60_000


@pytest.fixture(scope="module")
def many(server):
    """A namespace large enough that a job over it can be watched."""
    return server.namespace("many").fill(MANY)


def show(page, space, prefix=""):
    return page.open(f"/s/local/n/{space.id}" + (f"?prefix={prefix}" if prefix else ""))


def select_all(page):
    page.click("select-all")
    if page.all("select-all-matching"):
        page.click("select-all-matching")


def copy_to(page, space):
    select_all(page)
    page.click("bulk-copy")
    page.one("copy-target").send_keys(space.title)
    page.click("copy-dialog-submit")


def delete_all(page, space):
    select_all(page)
    page.click("bulk-delete")
    page.one("delete-dialog")
    if page.all("typed-title"):
        page.type("typed-title", space.title)
    page.click("delete-dialog-submit")


def done(page, within=60):
    """Waits for the end of the job in the dialog, and for the dialog to leave by itself."""
    page.reads("job-state", "Completed", within)
    page.gone("job-dialog", within=10)


def watched(page, until):
    """What the dialog said, each different state of it, until it says what is waited for."""
    seen = []

    def look():
        now = page.js("""const text = (id) => document.querySelector(`[data-testid="job-dialog"] [data-testid="${id}"]`)?.textContent ?? "";
            return ["job-connection", "job-state", "job-share", "job-title"].map(text)""")
        if now not in seen:
            seen.append(now)
        return until(now)

    page.wait(look, 120)
    return seen


def ended(now):
    return now[1] in ("Completed", "Incomplete", "Failed", "Cancelled")


@pytest.mark.every_engine
def test_a_bulk_delete_is_followed_live_and_its_dialog_leaves_by_itself(page, many, server):
    space = server.namespace("to-be-emptied")
    server.run_job({**many.job("copy"), "target": space.as_target()})
    show(page, space)
    assert page.sockets() == 0
    delete_all(page, space)
    seen = watched(page, ended)
    assert {one[0] for one in seen} <= {"", "Connecting", "WebSocket"} and seen[-1][:2] == ["WebSocket", "Completed"]
    assert len({one[2] for one in seen}) >= 3, seen
    assert f"Deleted {MANY:,} keys" in seen[-1][3]
    page.gone("job-dialog", within=10)
    page.sees("No keys yet")
    assert space.names() == []
    assert page.sockets() == 1


def test_some_keys_are_deleted_and_the_list_behind_is_fresh(page, server):
    space = server.namespace().fill(10)
    show(page, space)
    for index in (1, 3):
        page.driver.find_element("css selector", f'[data-index="{index}"] input').click()
    page.click("bulk-delete")
    assert "key:000003" in page.one("delete-dialog").text
    page.click("delete-dialog-submit")
    page.reads("key-count", "8 keys")
    done(page)
    assert page.names() == space.names()


@pytest.mark.every_engine
def test_a_bulk_copy_brings_values_metadata_and_expiration(page, server):
    source, target = server.namespace("copy-source"), server.namespace("copy-target")
    expiration = int(time.time()) + 86_400
    for number, value in enumerate(VALUES):
        source.put(f"v{number}", value, metadata={"n": number}, expiration=expiration)
    show(page, source)
    copy_to(page, target)
    done(page)
    assert target.keys() == source.keys()
    assert [target.bytes(f"v{number}") for number in range(len(VALUES))] == VALUES


@pytest.mark.every_engine
def test_progress_is_seen_while_a_copy_runs(page, many, server):
    target = server.namespace("progress-target")
    show(page, many)
    copy_to(page, target)
    seen = watched(page, ended)
    assert seen[-1][:2] == ["WebSocket", "Completed"]
    assert len({one[2] for one in seen if one[1] == "Running"}) >= 3, seen
    done(page)
    assert len(target.names()) == MANY


@pytest.mark.every_engine
def test_an_export_lands_whole_once_and_its_import_is_equal(page, server, tmp_path):
    source, target = server.namespace("export-source"), server.namespace("import-target")
    for number, key in enumerate(ODD):
        source.put(key, VALUES[number % len(VALUES)], metadata={"n": number})
    show(page, source).click("export")
    page.click("export-dialog-submit")
    done(page)
    file = page.landed(".ndjson")
    assert len(list(page.downloads.iterdir())) == 1
    assert len(file.read_bytes().splitlines()) == len(ODD)

    show(page, target).click("import")
    page.attach("import-file", file)
    page.click("import-dialog-submit")
    done(page)
    page.reads("key-count", f"{len(ODD)} keys")
    assert target.keys(limit=1000) == source.keys(limit=1000)
    assert [target.bytes(key) for key in ODD] == [source.bytes(key) for key in ODD]


@pytest.mark.parametrize("format", ["json", "csv", "wrangler"])
def test_each_format_can_be_exported_compressed(page, server, format):
    space = server.namespace().fill(20)
    show(page, space).click("export")
    page.click(f"format-{format}")
    page.click("gzip")
    page.click("export-dialog-submit")
    content = gzip.decompress(page.landed(".gz").read_bytes())
    assert content.count(b"key:0000") == 20
    if format != "csv":
        assert len(json.loads(content)) == 20


@pytest.mark.every_engine
def test_an_export_of_nothing_lands_too(page, namespace):
    show(page, namespace).click("export")
    page.click("format-json")
    page.click("export-dialog-submit")
    assert json.loads(page.landed(".json").read_bytes()) == []


def test_a_collision_is_decided_by_the_reader(page, server, tmp_path):
    space = server.namespace("collisions")
    space.put("key:000001", "kept")
    file = tmp_path / "two.ndjson"
    file.write_text('{"key":"key:000001","value":"new"}\n{"key":"key:000002","value":"new"}\n')
    show(page, space).click("import")
    page.attach("import-file", file)
    page.click("collision-skip")
    page.click("import-dialog-submit")
    page.says("job-title", "skipped 1")
    done(page)
    assert (space.read("key:000001")["value"], space.read("key:000002")["value"]) == ("kept", "new")


@pytest.mark.every_engine
def test_a_job_is_cancelled_half_way(page, many, server):
    space = server.namespace("half")
    show(page, many)
    copy_to(page, space)
    page.click("job-cancel")
    seen = watched(page, ended)
    assert seen[-1][1] == "Cancelled" and "Cancelled after" in seen[-1][3]
    page.click("job-close")
    page.gone("job-dialog")
    assert len(space.names()) < MANY


@pytest.mark.every_engine
def test_failures_keep_the_dialog_open_and_are_listed(page, server, tmp_path):
    space = server.namespace("failing")
    file = tmp_path / "bad.ndjson"
    file.write_text("\n".join(json.dumps({"key": f"k{n}", "value": "x", **({"ttl": 1} if n < 7 else {})}) for n in range(20)))
    show(page, space).click("import")
    page.attach("import-file", file)
    page.click("import-dialog-submit")
    page.reads("job-state", "Incomplete")
    page.wait(lambda: len(page.all("failure")) == 5)
    assert "7 of 20 keys could not be imported" in page.text("job-title")
    assert page.text("job-share") == "65%13 of 20" and page.one("job-bar").get_attribute("aria-valuenow") == "65"
    parts = "const [done, failed] = document.querySelectorAll('[data-testid=job-bar] i'); return done.offsetWidth / failed.offsetWidth"
    page.wait(lambda: abs(page.js(parts) - 13 / 7) < 0.1)
    # Quiet time is what is shown here: a dialog with failures does not leave.
    time.sleep(4)
    assert page.all("job-dialog")
    page.click("job-all-failures")
    page.wait(lambda: len(page.all("failure")) == 7)
    assert page.path.startswith("/jobs/")
    page.gone("job-dialog")
    assert not page.all("dock-job")
    page.says("timeline", "Created")


def test_a_dialog_that_has_left_leaves_the_way_to_its_job(page, server):
    space = server.namespace("told of").fill(3)
    show(page, space)
    delete_all(page, space)
    done(page)
    page.wait(lambda: page.all("toast") and "Deleted 3 keys from told of" in page.text("toast"))
    page.driver.find_element("css selector", "[data-testid=toast] a").click()
    page.says("job-title", "Deleted 3 keys from told of")
    assert page.path.startswith("/jobs/")



def test_success_stays_while_somebody_is_in_the_dialog(page, server):
    space = server.namespace().fill(5)
    show(page, space)
    delete_all(page, space)
    page.reads("job-state", "Completed")
    ActionChains(page.driver).move_to_element(page.one("job-bar")).move_by_offset(5, 3).perform()
    # Quiet time is what is shown here: the dialog would have left after three seconds.
    time.sleep(4)
    assert page.all("job-dialog")
    ActionChains(page.driver).move_by_offset(0, 400).perform()
    page.gone("job-dialog", within=10)


def test_a_job_goes_on_in_the_dock_on_every_view_and_comes_back(page, server):
    space = server.namespace("docked")
    # The job lasts longer than the clicks of a busy browser.
    show(page, server.namespace().fill(5 * MANY))
    copy_to(page, space)
    page.click("job-background")
    page.gone("job-dialog")
    page.one("dock-job")
    page.click("jobs-link")
    assert page.one("dock-job")
    page.click("dock-open")
    page.one("job-dialog")
    done(page)
    assert not page.all("dock-job")


def test_jobs_are_listed_running_first_and_live(page, many, server):
    server.run_job(server.namespace().fill(1).job("delete"))
    job = server.start_job({**many.job("copy"), "target": server.namespace("listed").as_target()})
    page.open("/jobs")
    assert page.wait(lambda: page.all("job-row")[0].get_attribute("data-id")) == job["id"]
    page.wait(lambda: "Completed" in [one for one in page.all("job-row") if one.get_attribute("data-id") == job["id"]][0].text, 60)
    page.open(f"/jobs/{job['id']}")
    assert f"Copied {MANY:,} keys to listed" in page.text("job-title")
    page.says("timeline", "Completed")


def test_the_page_of_an_unknown_job_says_so(page):
    page.open("/jobs/nonsense")
    page.wait(lambda: page.driver.find_element("css selector", "main .failed"))
    assert all("404" in error for error in page.errors())
