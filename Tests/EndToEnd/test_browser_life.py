"""The life of a job in the browser: planned, paused, resumed, retried, undone and forgotten; and who did what."""
import json
import time

import pytest
from server import expect
from test_browser_jobs import copy_to, delete_all, done, select_all, show

pytest_plugins = ("browser",)
MANY = 60_000


@pytest.fixture(scope="module")
def many(server):
    """A namespace large enough that a job over it can be watched."""
    return server.namespace("many").fill(MANY)


@pytest.fixture(scope="module")
def has_tags(server):
    if server.api("PUT", server.namespace().entry("k"), json={"value": "v", "tags": ["a"]}).status_code >= 400:
        pytest.skip("this server knows no tags")


@pytest.fixture(scope="module")
def has_audit(server):
    if server.api("GET", "/api/audit").status_code == 404:
        pytest.skip("this server keeps no audit")


def more(page, kind):
    """What the bar of the selection has behind its menu."""
    page.click("more", "kv-bulk-bar")
    page.click(f"bulk-{kind}")


def incomplete_tagging(server, space):
    """A job that fails at three keys, which have as many tags as a key may have."""
    space.fill(10).fill_tags(["full 1", "full 2", "full 3"])
    job = server.run_job(space.job("tag", add=["x"]))
    assert job["state"] == "incomplete"
    return job


# MARK: plans


def test_the_plan_is_seen_before_a_job_can_be_started(page, server):
    space, target = server.namespace("planned").fill(12), server.namespace("overwritten").fill(5)
    show(page, space)
    select_all(page)
    page.click("bulk-delete")
    page.says("plan", "12 keys")
    page.says("plan", "It can be undone.")
    assert "Delete 12 keys" in page.one("delete-dialog-submit").text
    assert "key:000004" in page.one("delete-dialog").text and "and 7 more" in page.one("delete-dialog").text
    page.click("delete-dialog-dismiss")
    page.click("bulk-copy")
    page.one("copy-target").send_keys(target.title)
    page.says("plan", "5 keys in the target")
    page.click("collision-skip")
    page.wait(lambda: "5 keys in the target" not in page.text("plan"))
    assert [one for one in page.traffic() if one[1].endswith("/api/jobs")] and space.names()


def test_a_whole_namespace_asks_for_its_title(page, server):
    space = server.namespace("all of it").fill(2400)
    show(page, space)
    select_all(page)
    page.click("bulk-delete")
    page.says("plan", "2,400 keys")
    assert not page.one("delete-dialog-submit").is_enabled()
    page.type("typed-title", "all of")
    assert not page.one("delete-dialog-submit").is_enabled()
    page.one("typed-title").send_keys(" it")
    page.click("delete-dialog-submit")
    done(page)
    assert space.names() == []


def test_a_plan_that_fails_says_so_and_is_no_hindrance(page, server):
    space = server.namespace().fill(3)
    show(page, space)
    page.js("""const asked = fetch;
        window.fetch = (path, how) => how?.body?.includes?.('"plan":true')
            ? Promise.resolve(new Response('{"detail":"Not today."}', {status: 503})) : asked(path, how)""")
    select_all(page)
    page.click("bulk-delete")
    page.says("plan", "There is no plan: Not today.")
    page.click("delete-dialog-submit")
    done(page)
    assert space.names() == []


# MARK: pause and resume


def test_a_job_is_paused_and_resumed_in_its_dialog(page, many, server):
    target = server.namespace("paused")
    show(page, many)
    copy_to(page, target)
    page.click("job-pause")
    page.reads("job-state", "Paused")
    page.reads("job-pause", "Resume")
    assert page.text("job-cancel") == "Cancel job", "which closing the dialog does not do"
    page.says("job-throttled", "Resume to continue")
    job = page.one("job-dialog").get_attribute("data-job")
    assert server.get(f"/api/jobs/{job}")["state"] == "paused"
    page.click("job-pause")
    page.reads("job-state", "Completed", within=60)
    # Whoever has pressed a button is in the dialog still, so it waits.
    page.click("job-close")
    page.gone("job-dialog")
    assert len(target.names()) == MANY


def test_a_paused_job_is_resumed_on_its_page(page, many, server):
    job = server.start_job(many.job("copy", target=server.namespace("later").as_target()))
    expect(server.api("POST", f"/api/jobs/{job['id']}/pause"), 202)
    server.wait_for_job(job["id"], until=lambda job: job["state"] == "paused")
    page.open("/jobs?state=paused")
    assert page.wait(lambda: page.all("job-row")[0].get_attribute("data-id")) == job["id"]
    page.open(f"/jobs/{job['id']}").click("job-pause")
    page.says("job-title", f"Copied {MANY:,} keys to later", within=60)
    for words in ("Created", "Started", "Paused", "Resumed", "Completed"):
        page.says("timeline", words)


# MARK: failures


def test_what_failed_is_retried_from_the_page_of_the_job(page, server):
    space = server.namespace("retried")
    job = incomplete_tagging(server, space)
    page.open(f"/jobs/{job['id']}")
    page.wait(lambda: len(page.all("failure")) == 3)
    assert page.one("failures-file").get_attribute("href").endswith(f"/api/jobs/{job['id']}/failures?format=ndjson")
    page.click("failures-file")
    lines = page.landed(".ndjson").read_text().splitlines()
    assert {json.loads(line)["code"] for line in lines} == {"invalid_tags"} and len(lines) == 3
    for n in range(1, 4):
        expect(server.api("PUT", space.entry(f"full {n}"), json={"value": "v", "tags": []}), 200)
    page.click("job-retry")
    page.reads("job-state", "Completed")
    again = page.one("job-dialog").get_attribute("data-job")
    done(page)
    assert all(one["tags"] == ["x"] for one in server.get(f"{space.path}/keys")["keys"])
    page.open(f"/jobs/{again}").click("job-origin")
    page.wait(lambda: page.path == f"/jobs/{job['id']}")


def test_what_failed_is_retried_from_the_dialog(page, server, tmp_path):
    space = server.namespace()
    file = tmp_path / "bad.ndjson"
    file.write_text('{"key":"a","value":"1"}\n{"key":"b","value":"2","ttl":1}\n')
    show(page, space).click("import")
    page.attach("import-file", file)
    page.click("import-dialog-submit")
    page.reads("job-state", "Incomplete")
    first = page.one("job-dialog").get_attribute("data-job")
    page.click("job-retry")
    page.wait(lambda: page.one("job-dialog").get_attribute("data-job") != first)
    page.reads("job-state", "Incomplete")
    page.says("job-title", "1 of 1 key could not be imported")
    page.wait(lambda: len(page.all("failure")) == 1)
    page.click("job-close")
    page.gone("job-dialog")
    assert not page.all("dock-job")


def test_a_job_says_how_many_of_its_named_keys_existed(page, server):
    space = server.namespace("named").fill(3)
    job = server.run_job(space.job("delete", {"keys": ["key:000001", "none"]}))
    page.open(f"/jobs/{job['id']}").says("job-title", "Deleted 1 key from named, skipped 1 (1 of 2 keys existed)")


# MARK: undo


def test_a_deletion_is_undone_from_its_dialog(page, server):
    space = server.namespace("undone").fill(50)
    before = space.export()
    show(page, space)
    delete_all(page, space)
    page.reads("job-state", "Completed")
    page.click("job-undo")
    page.says("job-title", "Undid changes to 50 keys in undone")
    done(page)
    page.reads("key-count", "50 keys")
    assert space.export() == before


def test_a_deletion_is_undone_from_the_list_of_jobs(page, server):
    space = server.namespace().fill(20)
    before = space.export()
    job = server.run_job(space.job("delete"))
    page.open(f"/jobs?id={job['id']}").click("row-undo")
    page.says("undo-job", "Deleted 20 keys")
    page.click("undo-job-submit")
    done(page)
    assert space.export() == before
    page.wait(lambda: page.all("row-delete") and not page.all("row-undo"))
    page.js("document.querySelector('[data-testid=job-row] .num').click()")
    page.says("job-undone", "By a later job")
    assert page.text("job-undo") == "Undo again"


def test_what_was_changed_since_is_undone_only_on_demand(page, server):
    space = server.namespace().fill(5)
    before = space.export()
    job = server.run_job(space.job("delete"))
    space.put("key:000003", "newer")
    page.open(f"/jobs/{job['id']}").click("job-undo")
    page.reads("job-state", "Incomplete")
    assert space.read("key:000003")["value"] == "newer"
    page.click("job-force", '[data-testid="job-dialog"]')
    page.click("force-undo-submit")
    page.reads("job-state", "Completed")
    done(page)
    assert space.export() == before


def test_an_ended_job_is_taken_from_the_history(page, server):
    job = server.run_job(server.namespace().fill(2).job("delete"))
    page.open(f"/jobs/{job['id']}").click("job-delete")
    page.click("delete-job-submit")
    page.wait(lambda: page.path == "/jobs")
    assert server.api("GET", f"/api/jobs/{job['id']}").status_code == 404


# MARK: the other kinds


def test_keys_are_moved(page, server):
    source, target = server.namespace("move-source").fill(8), server.namespace("move-target")
    before = source.export()
    show(page, source)
    select_all(page)
    page.click("bulk-move")
    page.one("copy-target").send_keys(target.title)
    page.click("move-dialog-submit")
    done(page)
    assert (source.names(), target.export()) == ([], before)


def test_a_folder_is_renamed(page, server):
    space = server.namespace().fill(6, prefix="user:").fill(2, prefix="team:")
    show(page, space, "user:")
    select_all(page)
    more(page, "rename")
    page.type("rename-to", "person:")
    page.says("plan", "6 keys")
    page.click("rename-dialog-submit")
    done(page)
    assert space.names() == [f"person:{n:06}" for n in range(6)] + [f"team:{n:06}" for n in range(2)]


@pytest.mark.parametrize("how", ["In", "Never"])
def test_keys_get_another_expiration(page, server, how):
    space = server.namespace()
    for n in range(3):
        space.put(f"k{n}", "v", ttl=600)
    show(page, space)
    select_all(page)
    more(page, "expire")
    page.one("expiration-kind", "dialog").send_keys(how)
    if how == "In":
        page.type("expiration-in", "2h")
    page.says("plan", "3 keys")
    page.click("expire-dialog-submit")
    done(page)
    ends = {key.get("expiration") for key in space.keys()}
    assert ends == {None} if how == "Never" else all(7100 < end - time.time() <= 7200 for end in ends)


def test_a_namespace_is_copied_from_its_menu(page, server):
    source, target = server.namespace("from-menu").fill(4), server.namespace("to-menu")
    page.open("/").type("namespace-filter", "from-menu")
    page.click("more")
    page.click("menu-copy")
    page.one("copy-target").send_keys(target.title)
    page.click("copy-dialog-submit")
    done(page)
    assert target.export() == source.export()


# MARK: tags and audit


def test_keys_are_tagged_together_and_one_by_one(page, server, has_tags):
    space = server.namespace().fill(2)
    show(page, space)
    select_all(page)
    more(page, "tag")
    page.type("tags-field", "red, blue")
    page.click("tag-dialog-submit")
    done(page)
    page.wait(lambda: len(page.all("key-tag")) == 4)
    page.open(f"/s/local/n/{space.id}/k/key%3A000000")
    page.click("tag-remove")
    page.type("tags", "green")
    page.click("entry-save")
    page.reads("entry-state", "No changes")
    assert space.read("key:000000")["tags"] == ["green", "red"]
    assert sorted(space.read("key:000001")["tags"]) == ["blue", "red"]


def test_keys_get_a_colour_together_and_one_by_one(page, server):
    space = server.namespace().fill(2)
    show(page, space)
    select_all(page)
    more(page, "tag")
    page.click("tagging-color")
    page.one("color-field").send_keys("green")
    page.click("tag-dialog-submit")
    done(page)
    page.wait(lambda: [dot.get_attribute("title") for dot in page.all("key-color")] == ["green", "green"])
    page.open(f"/s/local/n/{space.id}/k/key%3A000000").one("color").send_keys("blue")
    page.type("custom-metadata", '{"owner": 1.0')
    page.wait(lambda: not page.one("entry-save").is_enabled())
    page.says("custom-metadata-words", "line 1")
    page.type("custom-metadata", '{"owner": 1.0}')
    page.click("entry-save")
    page.reads("entry-state", "No changes")
    assert '"color":"blue","customMetadata":{"owner": 1.0}' in server.api("GET", space.entry("key:000000")).text
    page.one("color").send_keys("No")
    page.type("custom-metadata", "")
    page.click("entry-save")
    page.wait(lambda: not {"color", "customMetadata"} & set(space.read("key:000000")))
    assert space.read("key:000001")["color"] == "green"


def test_the_audit_says_who_did_what(page, server, has_audit):
    space = server.namespace("audited").fill(3)
    server.run_job(space.job("delete"))
    page.click("audit-link")
    page.wait(lambda: page.all("audit-row"))
    page.one("filter-namespace").send_keys(space.title)
    page.wait(lambda: f"namespace={space.id}" in page.path)
    page.wait(lambda: all("audited" in row.text for row in page.all("audit-row")) and page.all("audit-row"))
    assert f"namespace={space.id}" in page.one("audit-csv").get_attribute("href")
    assert "format=csv" in page.one("audit-csv").get_attribute("href")
    page.open(page.path)
    assert page.one("filter-namespace").get_attribute("value") == space.id


def test_the_audit_names_the_key_of_a_job_and_cuts_nothing_on_a_narrow_screen(page, server, has_audit):
    space, key = server.namespace("audited narrowly"), "one/" + "long" * 40
    space.put(key, "1")
    job = server.run_job(space.job("tag", selection={"keys": [key]}, add=["a"]))
    page.size(390, 844)
    page.open(f"/audit?job={job['id']}")
    row = page.one("audit-row")
    for words in ("Job completed", "audited narrowly", "local user", "tag"):
        assert words in row.text
    assert row.find_element("css selector", "bdi").get_attribute("title") == key
    assert page.js("return [...document.querySelectorAll('main *')].every((one) => one.getBoundingClientRect().right <= innerWidth)")


def test_the_keys_fill_a_narrow_screen_to_its_lower_end(page, server):
    page.size(390, 844)
    page.open(f"/s/local/n/{server.namespace('to the end').fill(100).id}")
    page.wait(lambda: page.names())
    assert page.js("return document.querySelector('kv-key-table').getBoundingClientRect().bottom - innerHeight") == 0


def test_the_jobs_page_says_what_the_data_folder_takes(page, server):
    page.open("/jobs")
    page.sees("The data folder takes")
    assert len([one for one in page.traffic() if one[1].endswith("/api/storage")]) == 1
