"""Copy and delete: what they take, what they leave, and that their counts are true."""
import pytest

import odd
from server import expect, problem

IN_2100 = 4102444800


def counts(job):
    progress = job["progress"]
    assert progress["processed"] == progress["succeeded"] + progress["failed"] + progress["skipped"]
    if job["state"] in ("completed", "incomplete"):
        assert progress["processed"] == progress["total"] and progress["percentage"] == 100
    return progress["succeeded"], progress["failed"], progress["skipped"]


def contents(namespace):
    """Everything in a namespace, by name: value, metadata and expiration."""
    return {key["name"]: (namespace.bytes(key["name"]), key.get("metadata"), key.get("expiration"))
            for key in namespace.keys(limit=1000)}


@pytest.fixture
def rich(namespace):
    for number, key in enumerate(odd.KEYS):
        namespace.put(key, odd.VALUES[number % len(odd.VALUES)],
                      **({"metadata": {"n": number}} if number % 2 else {}),
                      **({"expiration": IN_2100 + number} if number % 3 == 0 else {}))
    return namespace


def test_copies_everything_of_an_entry(server, rich):
    target = server.namespace()
    job = server.run_job(rich.job("copy", target=target.as_target()))
    assert job["state"] == "completed" and job["error"] is None
    assert counts(job) == (len(odd.KEYS), 0, 0)
    assert contents(target) == contents(rich)
    assert job["progress"]["bytes"] >= sum(len(value) for value, _, _ in contents(rich).values())


def test_describes_the_job(server, rich):
    target = server.namespace()
    job = server.start_job(rich.job("copy", target=target.as_target()))
    assert (job["kind"], job["store"], job["namespace"], job["namespaceTitle"]) == ("copy", "local", rich.id, rich.title)
    assert job["target"]["namespace"] == target.id and job["target"]["store"] == "local"
    assert job["state"] in ("queued", "running", "completed")
    ended = server.wait_for_job(job["id"])
    assert ended["createdAt"] <= ended["startedAt"] <= ended["finishedAt"]
    progress = ended["progress"]
    assert progress["percentage"] == 100 and progress["total"] == progress["processed"] == len(odd.KEYS)
    assert {"sequence", "bytes", "currentKey", "ratePerSecond", "etaSeconds", "requests", "throttledUntil"} <= set(progress)


def test_answers_with_the_place_of_the_job(server, namespace):
    answer = expect(server.api("POST", "/api/jobs", json=namespace.job("delete")), 202)
    assert answer.headers["Location"] == f"/api/jobs/{answer.json()['id']}"


def test_copies_by_prefix_into_what_is_there_already(server):
    source, target = server.namespace().fill(300), server.namespace()
    target.put("key:000001", "mine", metadata={"m": 1})
    target.put("other", "mine")
    job = server.run_job(source.job("copy", {"prefix": "key:0000"}, target=target.as_target()))
    assert job["state"] == "completed" and counts(job) == (100, 0, 0)
    assert target.names() == [f"key:{n:06}" for n in range(100)] + ["other"]
    entry = target.read("key:000001")
    assert entry["value"] == f"{1:020}" and not entry.get("metadata"), "overwriting leaves nothing of the old entry"


def test_skips_what_is_there_when_asked_to(server):
    source, target = server.namespace().fill(10), server.namespace()
    target.put("key:000003", "mine", metadata={"m": 1})
    job = server.run_job(source.job("copy", target=target.as_target(), collision="skip"))
    assert job["state"] == "completed" and counts(job) == (9, 0, 1)
    entry = target.read("key:000003")
    assert (entry["value"], entry["metadata"]) == ("mine", {"m": 1})


def test_fails_at_what_is_there_when_asked_to(server):
    source, target = server.namespace().fill(10), server.namespace()
    target.put("key:000003", "mine")
    job = server.run_job(source.job("copy", target=target.as_target(), collision="fail"))
    assert job["state"] == "failed" and job["error"]["code"] == "key_exists"
    assert "key:000003" in job["error"]["detail"]
    assert target.read("key:000003")["value"] == "mine"
    counts(job)
    assert "key:000003" not in server.printed(), "names of keys stay out of the log"


def test_takes_keys_one_by_one_and_skips_those_that_do_not_exist(server):
    source, target = server.namespace().fill(10), server.namespace()
    keys = ["key:000001", "missing", "key:000003", "also missing"]
    job = server.run_job(source.job("copy", {"keys": keys}, target=target.as_target()))
    assert job["state"] == "completed" and counts(job) == (2, 0, 2) and job["progress"]["missing"] == 2
    assert target.names() == ["key:000001", "key:000003"]


def test_a_key_given_twice_is_done_once_or_counted_twice_but_adds_up(server):
    source, target = server.namespace().fill(3), server.namespace()
    job = server.run_job(source.job("copy", {"keys": ["key:000001"] * 3 + ["key:000002"]}, target=target.as_target()))
    assert job["state"] == "completed"
    assert counts(job)[0] in (2, 4)
    assert target.names() == ["key:000001", "key:000002"]


def test_deletes_by_prefix_and_leaves_the_rest(server):
    namespace = server.namespace().fill(1_200, prefix="go:").fill(40, prefix="stay:")
    namespace.put("go", "not under the prefix")
    job = server.run_job(namespace.job("delete", {"prefix": "go:"}))
    assert job["state"] == "completed" and counts(job) == (1_200, 0, 0)
    assert namespace.names() == ["go"] + [f"stay:{n:06}" for n in range(40)]
    assert server.get(namespace.path)["keyCount"] == 41


def test_deletes_odd_names_and_skips_a_missing_key(server, rich):
    keys = odd.KEYS[:20] + ["never was"]
    job = server.run_job(rich.job("delete", {"keys": keys}))
    assert job["state"] == "completed" and counts(job) == (20, 0, 1)
    assert rich.names() == odd.by_bytes(odd.KEYS[20:])


def test_deletes_everything(server, rich):
    job = server.run_job(rich.job("delete", {"all": True}))
    assert job["state"] == "completed" and counts(job) == (len(odd.KEYS), 0, 0)
    known = server.get(rich.path)
    assert (rich.names(), known["keyCount"], known["valueBytes"]) == ([], 0, 0)


def test_prefixes_of_odd_names_take_no_more_than_they_say(server, rich):
    for prefix in ("é", "%", "_", "..", "\u0000"):
        target = server.namespace()
        server.run_job(rich.job("copy", {"prefix": prefix}, target=target.as_target()))
        assert target.names() == odd.by_bytes(key for key in odd.KEYS if key.startswith(prefix)), prefix


def test_jobs_over_nothing_complete(server, namespace):
    for job in (namespace.job("delete"), namespace.job("copy", target=server.namespace().as_target()),
                namespace.job("delete", {"prefix": "none"}), namespace.job("export")):
        ended = server.run_job(job)
        assert ended["state"] == "completed" and counts(ended) == (0, 0, 0), ended


def test_carries_many_large_values_in_flat_batches(server):
    source, target = server.namespace(), server.namespace()
    value = bytes(range(256)) * 4096 * 12
    for n in range(6):
        expect(server.api("PUT", source.value(f"large {n}"), data=value + bytes([n])), 201)
    job = server.run_job(source.job("copy", target=target.as_target()))
    assert job["state"] == "completed" and counts(job) == (6, 0, 0)
    assert target.bytes("large 5") == value + b"\x05"


def refused(server, request, status, *codes):
    answer = server.api("POST", "/api/jobs", json=request)
    body = problem(answer, status, answer.json().get("code"))
    assert body["code"] in codes, body


def test_refuses_requests_that_make_no_job(server, namespace):
    good = namespace.job("delete")
    copy = namespace.job("copy", target=server.namespace().as_target())
    for change in (
        {"kind": None}, {"kind": 7}, {"selection": None}, {"selection": {}}, {"selection": {"all": False}}, {"selection": {"everything": True}},
        {"selection": {"all": True, "prefix": "a"}}, {"selection": {"keys": "a"}}, {"selection": {"keys": [7]}},
        {"selection": {"prefix": 7}}, {"namespace": None}, {"namespace": 7}, {"store": None}, {"seletion": {"all": True}},
    ):
        refused(server, {**good, **change}, 400, "invalid_request")
    for key in good:
        refused(server, {name: value for name, value in good.items() if name != key}, 400, "invalid_request")
    for change in ({"target": None}, {"target": {}}, {"target": {"store": "local"}}, {"collision": "merge"},
                   {"target": {"store": 7, "namespace": 7}}):
        refused(server, {**copy, **change}, 400, "invalid_request")
    refused(server, namespace.job("export", format="xlsx"), 400, "invalid_request", "unknown_format")
    refused(server, namespace.job("format-the-disk"), 400, "invalid_request")
    refused(server, namespace.job("delete", {"keys": ["ok", ""]}), 400, "invalid_key")
    refused(server, namespace.job("delete", {"keys": ["k" * 513]}), 400, "invalid_key")
    refused(server, {**good, "store": "elsewhere"}, 404, "store_not_found")
    refused(server, {**good, "namespace": "0" * 32}, 404, "namespace_not_found")
    refused(server, {**copy, "target": {"store": "local", "namespace": "0" * 32}}, 404, "namespace_not_found")
    refused(server, {**copy, "target": {"store": "elsewhere", "namespace": "0" * 32}}, 404, "store_not_found")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"kind":"delete"} x', b"[" * 100_000])
def test_refuses_what_is_no_json_object(server, body):
    problem(server.api("POST", "/api/jobs", data=body, headers={"Content-Type": "application/json"}), 400, "invalid_request")


def test_does_not_touch_a_protected_namespace(server):
    source, protected = server.namespace().fill(5), server.namespace().fill(5)
    expect(server.api("PATCH", protected.path, json={"protected": True}), 200)
    for request in (protected.job("delete"), source.job("copy", target=protected.as_target())):
        problem(server.api("POST", "/api/jobs", json=request), 403, "namespace_protected")
    problem(server.api("POST", f"{protected.path}/import", data=b'{"key":"a","value":"b"}\n'), 403, "namespace_protected")
    assert len(protected.names()) == 5
    assert server.run_job(protected.job("copy", target=source.as_target()))["state"] == "completed", "reading is allowed"


def test_takes_a_hundred_thousand_explicit_keys(server):
    namespace = server.namespace().fill(3_000)
    keys = [f"key:{n:06}" for n in range(100_000)]
    job = server.run_job(namespace.job("delete", {"keys": keys}))
    assert job["state"] == "completed" and counts(job) == (3_000, 0, 97_000) and namespace.names() == []
