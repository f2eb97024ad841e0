"""The audit log: exactly one record of each change, none of what was refused or failed, and every way of asking for them."""
import csv
import io
import re
import json
import threading
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest

from gateway import Hosted, part, result
from server import expect, problem

FIELDS = {"at", "who", "via", "action", "store", "namespace", "namespaceTitle", "key", "count", "job", "jobKind", "detail", "request"}
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\tx", "\r\n", " \t=1+1", 'say "no", or\nnot', "a\0b", "'", "ключ", "plain"]



def path(**query):
    return f"/api/audit?{urlencode(query)}"


class Log:
    """What has been noted since the last look."""

    def __init__(self, server):
        self.server, self.seen = server, 0
        self.new()

    def new(self):
        rows, cursor = [], None
        while True:
            page = self.server.get(path(limit=1000, **({"cursor": cursor} if cursor else {})))
            rows, cursor = rows + page["audit"], page["cursor"]
            if cursor is None:
                break
        new = list(reversed(rows[:len(rows) - self.seen]))
        self.seen = len(rows)
        assert all(set(row) == FIELDS and row["at"].endswith("Z") for row in new)
        return new

    def one(self, action, **fields):
        (row,) = self.new()
        assert row["action"] == action, row
        fields = {"who": "local", "via": "api", "store": "local", "key": None, "job": None, "jobKind": None, **fields}
        assert {name: row[name] for name in fields} == fields
        return row


@pytest.fixture
def log(server):
    return Log(server)


def test_notes_each_change_of_a_namespace_once(server, log):
    namespace = server.namespace("first title")
    log.one("namespace_created", namespace=namespace.id, namespaceTitle="first title", count=0)
    expect(server.api("PATCH", namespace.path, json={"title": "second title"}), 200)
    assert "first title" in log.one("namespace_renamed", namespace=namespace.id, namespaceTitle="second title")["detail"]
    for protects, action in ((True, "namespace_protected"), (False, "namespace_unprotected")):
        expect(server.api("PATCH", namespace.path, json={"protected": protects}), 200)
        log.one(action, namespace=namespace.id, namespaceTitle="second title")
    namespace.put("a", "1")
    log.one("entry_written", namespace=namespace.id, namespaceTitle="second title", key="a", count=1)
    expect(server.api("DELETE", namespace.path), 204)
    log.one("namespace_deleted", namespace=namespace.id, namespaceTitle="second title", count=1)


def test_notes_each_change_of_an_entry_once(server, log, namespace):
    log.new()
    for key in HOSTILE:
        namespace.put(key, "1")
        log.one("entry_written", namespace=namespace.id, namespaceTitle=namespace.title, key=key, count=1)
        expect(server.api("PUT", namespace.value(key), data=b"2"), 200)
        log.one("entry_written", key=key, count=1)
        expect(server.api("DELETE", namespace.entry(key)), 204)
        log.one("entry_deleted", key=key, count=1)


def test_notes_nothing_of_what_changes_nothing(server, log, namespace):
    log.new()
    expect(server.api("PATCH", namespace.path, json={"title": namespace.title, "protected": False}), 200)
    problem(server.api("DELETE", namespace.entry("nothing")), 404, "key_not_found")
    problem(server.api("PUT", namespace.entry("a"), json={"value": "1"}, headers={"If-Match": '"1"'}), 412, "precondition_failed")
    problem(server.api("PUT", namespace.value("a"), data=b"1", headers={"If-Match": "*"}), 412, "precondition_failed")
    problem(server.api("PUT", namespace.entry("a"), json={"value": 1}), 400, "invalid_request")
    problem(server.api("POST", "/api/stores/local/namespaces", json={"title": namespace.title}), 409, "namespace_exists")
    problem(server.api("POST", "/api/jobs", json={"kind": "delete"}), 400, "invalid_request")
    problem(server.api("PUT", "/api/stores/local/namespaces/none/entries/a", json={"value": ""}), 404, "namespace_not_found")
    problem(server.api("PUT", namespace.entry("a"), json={"value": "1"}, headers={"Origin": "https://elsewhere.example"}), 403, "forbidden_origin")
    assert log.new() == []
    expect(server.api("PATCH", namespace.path, json={"protected": True}), 200)
    log.one("namespace_protected")
    for method, address, body in (("PUT", namespace.entry("a"), {"value": "1"}), ("DELETE", namespace.entry("a"), None),
                                  ("DELETE", namespace.path, None)):
        problem(server.api(method, address, json=body), 403, "namespace_protected")
    hosted = Hosted(server, id=namespace.id)
    assert hosted.put("a", b"1").status_code >= 400 and hosted.bulk_put([{"key": "a", "value": "1"}]).status_code >= 400
    assert log.new() == []


def test_notes_nothing_on_a_protected_store(start, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"stores": [{"name": "local", "engine": "sqlite", "protected": True}]}))
    server = start("--config", str(config))
    problem(server.api("POST", "/api/stores/local/namespaces", json={"title": "t"}), 403, "store_protected")
    assert server.get("/api/audit") == {"audit": [], "cursor": None}


def test_a_record_names_its_request(server, log, namespace):
    log.new()
    answer = namespace.put("a", "1")
    assert log.one("entry_written", key="a")["request"] == answer.headers["X-Request-Id"]
    job = server.run_job(namespace.job("delete"))
    assert log.one("job_completed", via="job", job=job["id"], jobKind="delete", key="a")["request"] is None


def test_notes_each_change_through_the_gateway_once(server, log):
    hosted = Hosted(server)
    log.one("namespace_created", via="gateway", namespace=hosted.id)
    result(server.api("PUT", hosted.path, json={"title": "renamed there"}))
    log.one("namespace_renamed", via="gateway", namespaceTitle="renamed there")
    expect(hosted.put("a", b"1"), 200)
    log.one("entry_written", via="gateway", key="a", count=1)
    expect(hosted.put_form("a", part("value", b"2"), part("metadata", b"{}")), 200)
    log.one("entry_written", via="gateway", key="a", count=1)
    expect(server.api("DELETE", hosted.value("a")), 200)
    log.one("entry_deleted", via="gateway", key="a", count=1)
    expect(server.api("DELETE", hosted.value("a")), 200)
    assert log.new() == [], "it was not there any more"
    pairs = [{"key": f"k{number}", "value": "v"} for number in range(30)]
    result(hosted.bulk_put(pairs))
    log.one("entries_written", via="gateway", count=30, namespace=hosted.id)
    result(hosted.bulk_put(pairs[:1]))
    log.one("entry_written", via="gateway", count=1, key="k0")
    result(hosted.call("POST", "/bulk/delete", json=["k0", "k1", "not there"]))
    log.one("entries_deleted", via="gateway", count=2)
    result(hosted.call("DELETE", "/bulk", json=["k2", "k3"]))
    log.one("entries_deleted", via="gateway", count=2)
    result(hosted.bulk_get(["k4"]))
    assert log.new() == []
    result(server.api("DELETE", hosted.path))
    log.one("namespace_deleted", via="gateway", namespace=hosted.id, namespaceTitle="renamed there", count=26)


def test_notes_a_bulk_request_of_many_batches_once(server, log):
    hosted = Hosted(server)
    log.new()
    result(hosted.bulk_put([{"key": f"large{number}", "value": "x" * (5 << 20)} for number in range(12)]))
    log.one("entries_written", via="gateway", count=12)


def test_notes_each_job_once_at_its_end(server, log):
    source, target = server.namespace("job source"), server.namespace("job target")
    full = server.namespace().fill_tags(["full"])
    full.put("k", "v")
    log.new()
    job = source.load(b'{"key":"a","value":"1"}\n{"key":"b","value":"2"}\n')
    fields = {"via": "job", "count": 2}
    log.one("job_completed", job=job["id"], jobKind="import", namespace=source.id, namespaceTitle="job source", **fields)
    job = server.run_job(source.job("copy", target=target.as_target()))
    row = log.one("job_completed", job=job["id"], jobKind="copy", namespace=target.id, namespaceTitle="job target", **fields)
    assert source.id in row["detail"] and "job source" in row["detail"]
    job = server.run_job(source.job("export"))
    log.one("job_completed", job=job["id"], jobKind="export", namespace=source.id, **fields)
    job = server.run_job(source.job("copy", target=target.as_target(), collision="fail"))
    log.one("job_failed", job=job["id"], jobKind="copy", via="job", count=0)
    job = server.run_job(full.job("tag", add=["more"]))
    log.one("job_incomplete", job=job["id"], via="job", count=1, jobKind="tag")
    job = server.run_job(source.job("delete"))
    log.one("job_completed", job=job["id"], jobKind="delete", namespace=source.id, **fields)


def test_a_job_of_one_key_is_found_by_it(server, log, namespace):
    for key in HOSTILE:
        namespace.put(key, "1")
        log.new()
        job = server.run_job(namespace.job("tag", selection={"keys": [key]}, add=["a"]))
        log.one("job_completed", via="job", job=job["id"], jobKind="tag", key=key, count=1)
        assert job["id"] in [row["job"] for row in server.get(path(key=key, namespace=namespace.id))["audit"]]


def test_notes_a_change_whose_answer_is_lost(start):
    server = start("--gateway-faults", "1", "--gateway-seed", "7")
    namespace = server.namespace()
    log, lost = Log(server), 0
    for number in range(40):
        try:
            server.api("PUT", f"{Hosted(server, id=namespace.id).path}/values/k{number}", data=b"1")
        except Exception:  # the connection drops, as it is told to
            lost += 1
    written = set(namespace.names())
    assert lost and written
    assert {row["key"] for row in log.new()} == written


def test_notes_every_change_of_many_at_once(server, log, namespace):
    log.new()

    def write(worker):
        for number in range(25):
            expect(server.api("PUT", namespace.value(f"{worker}/{number}"), data=b"x"), 200, 201)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row["key"] for row in log.new()) == sorted(f"{worker}/{number}" for worker in range(8) for number in range(25))


def test_is_on_the_disk_when_the_change_is_answered(start):
    server = start()
    namespace = server.namespace()
    namespace.put("a", "1")
    server.kill()
    server.start()
    assert [row["action"] for row in server.get("/api/audit")["audit"]] == ["entry_written", "namespace_created"]


@pytest.fixture(scope="module")
def history(server):
    """A few records of different kinds, in two namespaces."""
    one, two = server.namespace("history one"), server.namespace("history two")
    for namespace in (one, two):
        namespace.put("shared", "1")
        expect(server.api("DELETE", namespace.entry("shared")), 204)
    Hosted(server, id=one.id).put("by gateway", b"1")
    return one, two, server.run_job(one.job("export"))


def test_filters_by_each_field(server, history):
    one, two, job = history

    def actions(**query):
        return [row["action"] for row in server.get(path(**query))["audit"]]

    assert actions(namespace=two.id) == ["entry_deleted", "entry_written", "namespace_created"]
    assert actions(namespace=one.id, action="entry_written,job_completed") == ["job_completed", "entry_written", "entry_written"]
    assert actions(key="shared", namespace=one.id) == ["entry_deleted", "entry_written"]
    assert {row["namespace"] for row in server.get(path(key="shared"))["audit"]} == {one.id, two.id}
    assert actions(job=job["id"]) == ["job_completed"]
    assert actions(who="nobody") == actions(store="elsewhere") == actions(key="no such key") == []
    assert len(actions(who="local", store="local", namespace=two.id)) == 3
    now = datetime.now(timezone.utc)
    hour = timedelta(hours=1)
    assert actions(since=(now + hour).isoformat()) == actions(until=(now - hour).isoformat()) == []
    assert len(actions(namespace=two.id, since=(now - hour).isoformat(), until=f"{now:%Y-%m-%d}")) == 3


def test_pages_the_newest_first(server, history):
    rows, cursor = [], None
    while True:
        page = server.get(path(limit=2, namespace=history[0].id, **({"cursor": cursor} if cursor else {})))
        assert len(page["audit"]) <= 2
        rows, cursor = rows + page["audit"], page["cursor"]
        if cursor is None:
            break
    assert [row["action"] for row in rows] == ["job_completed", "entry_written", "entry_deleted", "entry_written", "namespace_created"]
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)


@pytest.mark.parametrize("query, code", [
    ("action=renamed", "invalid_request"), ("since=yesterday", "invalid_request"), ("limit=0", "invalid_request"),
    ("cursor=x", "invalid_cursor"), ("format=xml", "invalid_request"), ("who=a&who=b", "invalid_request"),
])
def test_refuses_what_it_does_not_understand(server, query, code):
    problem(server.api("GET", f"/api/audit?{query}"), 400, code)


def test_gives_a_table_that_no_spreadsheet_runs(server, namespace):
    for key in HOSTILE:
        namespace.put(key, "1")
    expect(server.api("PATCH", namespace.path, json={"title": "=HYPERLINK(1)"}), 200)
    answer = expect(server.api("GET", path(format="csv", namespace=namespace.id)), 200)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    text = answer.content.decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == "at,who,via,action,store,namespace,namespaceTitle,key,count,job,jobKind,detail,request".split(",")
    assert all(len(row) == len(header) for row in rows)
    records = [dict(zip(header, row)) for row in rows]
    keys = [record["key"] for record in reversed(records) if record["action"] == "entry_written"]
    assert [key.replace("'", "") for key in keys] == [key.replace("'", "") for key in HOSTILE]
    # Wherever a spreadsheet may begin a cell, and whatever it passes over there.
    starts = re.compile(r"(?:^|[;\t\r\n])[\s\"\ufeff\u200b]*[=+\-@＝＋－＠]")
    assert not [key for key in keys if starts.search(key)]
    assert records[0]["namespaceTitle"] == "'=HYPERLINK(1)"
    assert not any(cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r") for row in rows for cell in row)
    assert text.startswith("at,who,") and text.endswith("\r\n")
