"""Pausing, resuming, retrying and undoing jobs over HTTP and WebSocket, and the kinds move, rename and expire."""
import json
import time

import pytest

from server import expect, problem
from test_jobs_bulk import counts
from test_websocket_progress import watch

COUNT = 60_000
FAR = 4_102_444_800


def path(job, rest=""):
    return f"/api/jobs/{job['id']}{rest}"


def ask(server, job, verb, status=202):
    return expect(server.api("POST", path(job, f"/{verb}")), status).json()


def types(server, job):
    return [event["type"] for event in server.get(path(job, "/events"))["events"] if event["type"] != "progress"]


def undo(server, job, query=""):
    made = expect(server.api("POST", path(job, f"/undo{query}")), 202).json()
    assert (made["kind"], made["undoOf"]) == ("undo", job["id"])
    assert [server.get(path(one))["undoneBy"] for one in (job, made)] == [made["id"], None]
    return server.wait_for_job(made["id"])


# MARK: pause, resume, cancel


def test_a_job_is_paused_between_batches_and_goes_on(server):
    source, target = server.namespace().fill(COUNT), server.namespace()
    job = server.start_job(source.job("copy", target=target.as_target()))
    ask(server, job, "pause")
    job = server.wait_for_job(job["id"], until=lambda job: job["state"] == "paused")
    assert counts(job)[0] < COUNT and job["finishedAt"] is None and job["progress"]["ratePerSecond"] is None
    assert server.get(target.path)["keyCount"] == job["progress"]["succeeded"]
    problem(server.api("POST", path(job, "/pause")), 409, "invalid_transition")
    problem(server.api("POST", path(job, "/retry")), 409, "invalid_transition")
    problem(server.api("POST", path(job, "/undo")), 409, "invalid_transition")
    assert ask(server, job, "resume")["state"] == "running"
    job = server.wait_for_job(job["id"])
    assert job["state"] == "completed" and target.export() == source.export()
    assert types(server, job) == ["created", "started", "paused", "resumed", "completed"]
    for verb in ("pause", "resume", "cancel"):
        problem(server.api("POST", path(job, f"/{verb}")), 409, "invalid_transition")


def test_a_paused_job_gives_up_its_place(fresh_server):
    server = fresh_server
    source = server.namespace().fill(COUNT)
    paused = []
    for _ in range(4):
        job = server.start_job(source.job("copy", target=server.namespace().as_target()))
        ask(server, job, "pause")
        paused.append(server.wait_for_job(job["id"], until=lambda job: job["state"] == "paused"))
    other = server.namespace().fill(10)
    assert server.run_job(other.job("delete"))["state"] == "completed"
    for job in paused:
        ask(server, job, "resume")
    assert {server.wait_for_job(job["id"])["state"] for job in paused} == {"completed"}


def test_a_paused_job_is_cancelled_and_what_it_did_is_undone(server):
    source, target = server.namespace().fill(COUNT), server.namespace().fill(10)
    before = target.export()
    job = server.start_job(source.job("copy", target=target.as_target()))
    server.wait_for_job(job["id"], until=lambda job: job["progress"]["processed"] > 0)
    ask(server, job, "pause")
    job = server.wait_for_job(job["id"], until=lambda job: job["state"] == "paused")
    assert ask(server, job, "cancel")["state"] == "cancelled"
    assert server.get(target.path)["keyCount"] == job["progress"]["succeeded"]
    undone = undo(server, job)
    assert undone["state"] == "completed" and undone["progress"]["succeeded"] == job["progress"]["succeeded"]
    assert target.export() == before


def test_a_watcher_pauses_and_resumes(server):
    source, target = server.namespace().fill(COUNT), server.namespace()
    job = server.start_job(source.job("copy", target=target.as_target()))
    states = []
    with watch(server, job) as socket:
        socket.send(json.dumps({"type": "pause"}))
        while True:
            message = json.loads(socket.recv(timeout=30))
            if message["type"] == "error":
                continue
            states.append(message["job"]["state"])
            if states[-1] == "paused" and "paused" not in states[:-1]:
                socket.send(json.dumps({"type": "resume"}))
            if message["type"] == "finished":
                break
    assert states[-1] == "completed" and "paused" in states and "running" in states[states.index("paused"):]


def test_a_namespace_that_is_deleted_ends_its_jobs(fresh_server):
    server = fresh_server
    source, target = server.namespace().fill(COUNT), server.namespace()
    running = server.start_job(source.job("copy", target=target.as_target()))
    paused = server.start_job(source.job("export"))
    ask(server, paused, "pause")
    server.wait_for_job(paused["id"], until=lambda job: job["state"] == "paused")
    waiting = [server.start_job(source.job("copy", target=server.namespace().as_target())) for _ in range(6)]
    expect(server.api("DELETE", source.path), 204)
    for job in [running, paused, *waiting]:
        job = server.wait_for_job(job["id"])
        assert job["state"] == "completed" or job["error"]["code"] == "namespace_not_found", job


# MARK: failures and retry


def test_a_retry_does_just_what_failed(server):
    names = [f"key:{n:06}" for n in range(13)]
    source = server.namespace().fill(10).fill_tags(names[10:])
    job = server.run_job(source.job("tag", {"keys": names}, add=["x"]))
    assert job["state"] == "incomplete" and counts(job) == (10, 3, 0)
    for name in names[10:12]:
        expect(server.api("PUT", source.entry(name), json={"value": "v", "tags": []}), 200)
    made = ask(server, job, "retry")
    assert (made["kind"], made["retryOf"], made["add"]) == ("tag", job["id"], ["x"])
    again = server.wait_for_job(made["id"])
    assert (again["state"], counts(again)) == ("incomplete", (2, 1, 0))
    failures = server.get(path(again, "/failures"))["failures"]
    assert [(one["key"], one["code"]) for one in failures] == [("key:000012", "invalid_tags")]
    expect(server.api("DELETE", source.entry("key:000012")), 204)
    third = server.wait_for_job(ask(server, again, "retry")["id"])
    assert (third["state"], counts(third), third["progress"]["missing"]) == ("completed", (0, 0, 1), 1)
    problem(server.api("POST", path(third, "/retry")), 409, "nothing_to_retry")


def test_a_retry_of_an_import_reads_the_same_file(server):
    namespace = server.namespace()
    data = b'{"key":"a","value":"1"}\nbad\n{"key":"b","value":"2","ttl":5}\n{"key":"c","value":"3"}\n'
    job = namespace.load(data)
    assert counts(job) == (2, 2, 0)
    again = server.wait_for_job(ask(server, job, "retry")["id"])
    assert (again["state"], again["kind"], counts(again)) == ("incomplete", "import", (0, 2, 0))
    assert [one["line"] for one in server.get(path(again, "/failures"))["failures"]] == [2, 3]


def test_failures_are_downloaded_as_lines(server):
    names = [f'key "{n}" é\n' for n in range(2_500)]
    source = server.namespace()
    source.load("\n".join(json.dumps({"key": name, "value": "v"}) for name in names).encode())
    job = server.run_job(source.job("rename", {"keys": names}, oldPrefix="other", newPrefix="new"))
    answer = expect(server.api("GET", path(job, "/failures?format=ndjson")), 200)
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = [json.loads(line) for line in answer.text.split("\n")[:-1]]
    assert sorted(one["key"] for one in found) == sorted(names)
    assert {(one["code"], one["attempts"]) for one in found} == {("invalid_key", 1)}


# MARK: undo


@pytest.mark.parametrize("kind", ["delete", "copy", "move", "rename", "expire", "import"])
def test_every_kind_is_undone_and_done_again(server, kind):
    source, target = server.namespace().fill(50), server.namespace().fill(20, size=9)
    before = source.export(), target.export()
    if kind == "import":
        job = target.load(b'{"key":"key:000001","value":"new"}\n{"key":"z","value":"new"}\n')
    else:
        fields = {"copy": {"target": target.as_target()}, "move": {"target": target.as_target()},
                  "rename": {"newPrefix": "k:"}, "expire": {"expiration": FAR}}.get(kind, {})
        job = server.run_job(source.job(kind, {"prefix": "key:"}, **fields))
    assert job["state"] == "completed" and job["undoable"], job
    after = source.export(), target.export()
    assert after != before
    first = undo(server, job)
    assert first["state"] == "completed" and (source.export(), target.export()) == before
    second = undo(server, first)
    assert second["state"] == "completed" and (source.export(), target.export()) == after


def test_what_somebody_has_changed_since_is_left_alone_unless_forced(server):
    namespace = server.namespace().fill(20)
    before = namespace.export()
    job = server.run_job(namespace.job("delete"))
    namespace.put("key:000003", "newer")
    undone = undo(server, job)
    assert (undone["state"], counts(undone)) == ("incomplete", (19, 1, 0))
    failures = server.get(path(undone, "/failures"))["failures"]
    assert [(one["key"], one["code"]) for one in failures] == [("key:000003", "changed_since")]
    assert namespace.read("key:000003")["value"] == "newer"
    forced = undo(server, job, "?force=true")
    assert forced["state"] == "completed" and namespace.export() == before


def test_what_cannot_be_undone_says_so(server):
    namespace = server.namespace().fill(5)
    export = server.run_job(namespace.job("export"))
    declined = server.run_job(namespace.job("delete", undoable=False))
    nothing = server.run_job(namespace.job("delete"))
    for job in (export, declined, nothing):
        assert job["state"] == "completed" and not job["undoable"], job
        problem(server.api("POST", path(job, "/undo")), 409, "not_undoable")
    problem(server.api("POST", "/api/jobs/none/undo"), 404, "job_not_found")


def test_large_values_come_back(server):
    namespace = server.namespace()
    value = bytes(range(256)) * 4096 * 3
    expect(server.api("PUT", namespace.value("large"), data=value), 201)
    namespace.put("empty", "", metadata={"a": 1}, expiration=FAR)
    before = namespace.export()
    job = server.run_job(namespace.job("delete"))
    assert undo(server, job)["state"] == "completed"
    assert namespace.export() == before and namespace.bytes("large") == value


# MARK: two at once


def test_two_jobs_on_the_same_keys_both_tell_the_truth(server):
    source, target = server.namespace().fill(30_000), server.namespace()
    copy = server.start_job(source.job("copy", target=target.as_target()))
    delete = server.start_job(source.job("delete"))
    skipping = server.start_job(source.job("copy", target=target.as_target(), collision="skip"))
    copy, delete, skipping = (server.wait_for_job(job["id"]) for job in (copy, delete, skipping))
    for job in (copy, delete, skipping):
        assert job["state"] == "completed" and counts(job)[1] == 0
    assert source.names() == []
    # What the one brought the other may have met, and either skipped or written again.
    done = [job["progress"]["succeeded"] for job in (copy, skipping)]
    assert max(done) <= len(target.names()) <= sum(done)


# MARK: files of keys


def key_list(server, data, status=201, **query):
    fields = "&".join(f"{name}={value}" for name, value in query.items())
    return expect(server.api("POST", f"/api/key-lists?{fields}", data=data), status).json()


def test_a_file_of_keys_selects_them(server):
    namespace = server.namespace().fill(10)
    made = key_list(server, "key:000001\r\n\nkey:000003\nmissing é\nkey:000003\n".encode())
    assert made["keys"] == 3
    selection = {"list": made["list"]}
    assert expect(server.api("POST", "/api/jobs", json=namespace.job("delete", selection, plan=True)), 200).json()["keys"] == 3
    copy = server.run_job(namespace.job("copy", selection, target=server.namespace().as_target()))
    assert (copy["state"], counts(copy)) == ("completed", (2, 0, 1))
    server.run_job(namespace.job("delete", selection))
    assert len(namespace.names()) == 8 and "key:000003" not in namespace.names()
    expect(server.api("DELETE", f"/api/jobs/{copy['id']}"), 204)


@pytest.mark.parametrize("file, keys", [
    (b"\xef\xbb\xbfkey1\r\nkey2\r\n", ["key1", "key2"]), (b"\xef\xbb\xbfkey1", ["key1"]),
    (b"\xef\xbb\xbf\r\n\nkey1\n", ["key1"]), (b"key1\n\xef\xbb\xbfkey2\n", ["key1", "\ufeffkey2"]),
    (b"\xef\xbb\xbf\xef\xbb\xbfkey1\n", ["\ufeffkey1"])])
def test_a_byte_order_mark_at_the_start_is_not_part_of_the_first_key(server, file, keys):
    namespace = server.namespace()
    for key in ("key1", "key2", "\ufeffkey1", "\ufeffkey2"):
        namespace.put(key, "v")
    job = server.run_job(namespace.job("delete", {"list": key_list(server, file)["list"]}))
    assert job["state"] == "completed"
    assert set(namespace.names()) == {"key1", "key2", "\ufeffkey1", "\ufeffkey2"} - set(keys)


def test_a_file_of_only_a_byte_order_mark_names_no_key(server):
    assert key_list(server, b"\xef\xbb\xbf", 400)["code"] == "invalid_request"


def test_a_file_of_entries_selects_their_keys(server):
    namespace = server.namespace().fill(5)
    made = key_list(server, namespace.export(format="csv"), format="csv")
    assert made["keys"] == 5
    server.run_job(namespace.job("delete", {"list": made["list"]}))
    assert namespace.names() == []


@pytest.mark.parametrize("data, query, code", [
    (b"", {}, "invalid_request"), (b"a\n" + b"x" * 600, {}, "invalid_key"), (b"ok\n\xff\n", {}, "invalid_key"),
    (b"just text", {"format": "ndjson"}, "unknown_format"), (b"a", {"format": "xml"}, "invalid_request")])
def test_a_file_that_names_no_keys_is_refused(server, data, query, code):
    assert key_list(server, data, 400, **query)["code"] == code


def test_a_list_that_is_not_there_is_refused(server):
    for wrong in ("999999", "x"):
        problem(server.api("POST", "/api/jobs", json=server.namespace().job("delete", {"list": wrong})), 400, "invalid_request")


# MARK: kinds


def test_a_move_takes_everything_along(server):
    source, target = server.namespace().fill(100), server.namespace()
    source.put("key:000005", b"\x00\xff", metadata={"a": [1]}, expiration=FAR)
    before = source.export()
    job = server.run_job(source.job("move", target=target.as_target()))
    assert (job["state"], counts(job)) == ("completed", (100, 0, 0))
    assert source.names() == [] and target.export() == before


def test_a_move_that_skips_leaves_what_is_there(server):
    source, target = server.namespace().fill(10), server.namespace()
    target.put("key:000003", "stays")
    job = server.run_job(source.job("move", target=target.as_target(), collision="skip"))
    assert (job["state"], counts(job)) == ("completed", (9, 0, 1))
    assert source.names() == ["key:000003"] and target.read("key:000003")["value"] == "stays"


def test_a_rename_to_a_longer_prefix_takes_no_key_twice(server):
    namespace = server.namespace().fill(30, prefix="a:")
    namespace.put("a:b:kept", "v")
    job = server.run_job(namespace.job("rename", {"prefix": "a:"}, newPrefix="a:b:"))
    assert (job["state"], counts(job)) == ("completed", (30, 0, 0))
    assert namespace.names() == [f"a:b:{n:06}" for n in range(30)] + ["a:b:kept"]


def test_a_rename_takes_named_keys_that_begin_as_is_said(server):
    namespace = server.namespace().fill(4, prefix="a:")
    namespace.put("other", "v")
    job = server.run_job(namespace.job("rename", {"keys": ["a:000001", "a:000003", "other", "gone"]}, oldPrefix="a:", newPrefix="b:"))
    assert (job["state"], counts(job)) == ("incomplete", (2, 1, 1))
    assert namespace.names() == ["a:000000", "a:000002", "b:000001", "b:000003", "other"]
    undo = server.wait_for_job(expect(server.api("POST", f"/api/jobs/{job['id']}/undo"), 202).json()["id"])
    assert undo["state"] == "completed"
    assert namespace.names() == [f"a:{n:06}" for n in range(4)] + ["other"]


def test_a_whole_name_renames_one_key_and_no_other(server):
    namespace = server.namespace()
    for name in ("a", "ab", "abc"):
        namespace.put(name, name)
    job = server.run_job(namespace.job("rename", {"keys": ["a"]}, oldPrefix="a", newPrefix="abcd", collision="fail"))
    assert job["state"] == "completed"
    assert namespace.names() == ["ab", "abc", "abcd"] and namespace.read("abcd")["value"] == "a"


def test_a_rename_to_a_shorter_prefix_lists_what_it_could_take_twice(server):
    namespace = server.namespace().fill(3, prefix="a:b:")
    namespace.put("a:b:a:b:x", "v")
    job = server.run_job(namespace.job("rename", {"prefix": "a:b:"}, newPrefix=""))
    assert (job["state"], counts(job)) == ("incomplete", (3, 1, 0))
    assert namespace.names() == ["000000", "000001", "000002", "a:b:a:b:x"]


@pytest.mark.parametrize("life", [{"expiration": FAR}, {"ttl": 3600}, {"never": True}])
def test_keys_expire_as_told(server, life):
    namespace = server.namespace()
    namespace.put("a", b"\xff\x00", metadata={"m": 1}, expiration=FAR + 1)
    namespace.put("b", "text")
    before = time.time()
    job = server.run_job(namespace.job("expire", **life))
    assert (job["state"], counts(job)) == ("completed", (2, 0, 0))
    first, second = namespace.read("a"), namespace.read("b")
    assert (first["valueBase64"], first["metadata"], second["value"]) == ("/wA=", {"m": 1}, "text")
    times = {entry.get("expiration") for entry in (first, second)}
    assert len(times) == 1
    time_set = times.pop()
    if "ttl" in life:
        assert before + 3599 <= time_set <= time.time() + 3601
    else:
        assert time_set == life.get("expiration")


@pytest.mark.parametrize("fields", [
    {"kind": "expire"}, {"kind": "expire", "ttl": 5}, {"kind": "expire", "expiration": 1}, {"kind": "expire", "never": False},
    {"kind": "expire", "ttl": 600, "never": True}, {"kind": "move"}, {"kind": "rename"}, {"kind": "rename", "newPrefix": "a"},
    {"kind": "undo"}, {"kind": "delete", "newPrefix": "a"}, {"kind": "export", "undoable": True},
])
def test_what_a_kind_lacks_or_has_no_use_for_is_refused(server, fields):
    namespace = server.namespace().fill(1)
    answer = server.api("POST", "/api/jobs", json=namespace.job(**fields))
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid_request", "invalid_expiration")
    assert namespace.names() == ["key:000000"]
