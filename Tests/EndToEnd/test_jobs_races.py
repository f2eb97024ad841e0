"""Requests that change jobs, sent by many clients at once: each answer agrees with how the job ends."""
import collections
import concurrent.futures
import json
import threading

import requests

from server import ENDED, expect, problem

CLIENTS = 24
JOBS = 120
KEYS = 400
local = threading.local()


def post(server, path, body=None):
    """A POST over a connection of the calling thread."""
    if not hasattr(local, "session"):
        local.session = requests.Session()
    return local.session.post(server.url + path, json=body, timeout=60)


def fill(server):
    namespace = server.namespace()
    lines = [json.dumps({"key": f"{job:03}:{key:03}", "value": "x"}) for job in range(JOBS) for key in range(KEYS)]
    namespace.load("\n".join(lines).encode())
    return namespace


def ends_of(server):
    """By job: the final records in the audit log, with the requests that they name."""
    ends, cursor = collections.defaultdict(list), ""
    actions = ",".join(f"job_{state}" for state in sorted(ENDED))
    while cursor is not None:
        page = server.get(f"/api/audit?action={actions}&limit=1000{cursor and '&cursor=' + cursor}")
        for one in page["audit"]:
            ends[one["job"]].append((one["action"].removeprefix("job_"), one["request"]))
        cursor = page["cursor"]
    return ends


def under_load(server, kind, verb, fields):
    """Creates jobs, each changed at once by its client. Returns each with its prefix, the answer, its ID, and the job's end."""
    namespace = fill(server)

    def client(number):
        prefix = f"{number:03}:"
        body = namespace.job(kind, {"prefix": prefix}, **fields(prefix))
        job = expect(post(server, "/api/jobs", body), 202).json()
        answer = expect(post(server, f"/api/jobs/{job['id']}/{verb}"), 202, 409)
        return prefix, answer.json(), answer.headers["X-Request-Id"], job["id"]

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(client, range(JOBS)))
    stop = ENDED | {"paused"}
    found = [(prefix, answer, request, server.wait_for_job(job, until=lambda job: job["state"] in stop))
             for prefix, answer, request, job in answers]
    left = collections.Counter(name[:4] for name in namespace.names())
    return namespace, found, left


def test_a_job_that_was_answered_cancelled_does_not_go_on(fresh_server):
    _, found, left = under_load(fresh_server, "delete", "cancel", lambda prefix: {})
    ends, wrong = ends_of(fresh_server), []
    for prefix, answer, request, job in found:
        # 409: the job had ended before. Otherwise it ends as cancelled: at once, or after its batch.
        refused = answer.get("code") == "invalid_transition"
        state = "completed" if refused else "cancelled"
        kept = KEYS if answer.get("state") == "cancelled" else KEYS - job["progress"]["succeeded"]
        if (job["state"], left[prefix]) != (state, kept) or ends[job["id"]] != [(state, None if refused else request)]:
            wrong.append((answer, job["state"], left[prefix], ends[job["id"]]))
    assert not wrong, f"{len(wrong)} of {JOBS}: {wrong[:3]}"
    assert {answer.get("state") for _, answer, _, _ in found} & {"cancelled", "running"}


def test_a_job_that_was_answered_paused_waits_to_be_resumed(fresh_server):
    server = fresh_server
    namespace, found, _ = under_load(server, "rename", "pause", lambda prefix: {"newPrefix": "new:" + prefix})
    states = collections.Counter((answer.get("code", "accepted"), job["state"]) for _, answer, _, job in found)
    assert set(states) <= {("accepted", "paused"), ("invalid_transition", "completed")} and states["accepted", "paused"]
    for _, _, _, job in found:
        if job["state"] == "paused":
            expect(post(server, f"/api/jobs/{job['id']}/resume"), 202)
    assert {server.wait_for_job(job["id"])["state"] for _, _, _, job in found} == {"completed"}
    ends = ends_of(server)
    assert all(ends[job["id"]] == [("completed", None)] for _, _, _, job in found)
    assert namespace.page(limit=1, prefix="new:")["keys"] and len(namespace.names()) == JOBS * KEYS


def test_requests_survive_a_kill(fresh_server):
    server = fresh_server
    source = server.namespace().fill(60_000)
    jobs = [server.start_job(source.job("copy", target=server.namespace().as_target())) for _ in range(4)]
    for job in jobs:
        server.wait_for_job(job["id"], until=lambda job: job["state"] == "running")
    requests_made = {}
    for job, verb in zip(jobs, ("cancel", "pause", "cancel", "pause")):
        answer = expect(post(server, f"/api/jobs/{job['id']}/{verb}"), 202)
        requests_made[job["id"]] = (verb, answer.headers["X-Request-Id"])
    server.kill()
    server.start()
    for job in jobs:
        verb, request = requests_made[job["id"]]
        expected = "cancelled" if verb == "cancel" else "paused"
        assert server.wait_for_job(job["id"], until=lambda job: job["state"] in ENDED | {"paused"})["state"] == expected
        record, = server.get(f"/api/audit?job={job['id']}")["audit"]
        assert (record["action"], record["via"], record["request"]) == (f"job_{expected}", "api", request)


# MARK: Idempotency keys


def test_a_key_used_again_with_another_request_is_refused(server):
    namespace = server.namespace().fill(3)
    headers = {"Idempotency-Key": "one request"}
    body = namespace.job("delete", {"keys": ["key:000000"]})
    first = server.start_job(body, headers=headers)
    assert server.start_job(body, headers=headers)["id"] == first["id"]
    for other in (namespace.job("delete", {"keys": ["key:000001"]}), namespace.job("export"), {**body, "undoable": False}):
        problem(server.api("POST", "/api/jobs", json=other, headers=headers), 422, "idempotency_key_reused")
    problem(server.api("POST", f"/api/jobs/{first['id']}/undo", headers=headers), 422, "idempotency_key_reused")
    server.wait_for_job(first["id"])
    assert namespace.names() == ["key:000001", "key:000002"]


def test_a_key_used_again_with_another_file_is_refused(server):
    namespace = server.namespace()
    headers = {"Idempotency-Key": "one file"}
    first = namespace.start_import(b'{"key":"a","value":"1"}\n', headers=headers)
    assert namespace.start_import(b'{"key":"a","value":"1"}\n', headers=headers)["id"] == first["id"]
    for data, query in ((b'{"key":"a","value":"2"}\n', ""), (b'{"key":"a","value":"1"}\n', "?collision=skip")):
        answer = server.api("POST", f"{namespace.path}/import{query}", data=data, headers=headers)
        problem(answer, 422, "idempotency_key_reused")
    server.wait_for_job(first["id"])
    assert namespace.read("a")["value"] == "1"


def test_retries_and_undos_have_keys_too(server):
    namespace = server.namespace().fill(2)
    job = server.run_job(namespace.job("rename", {"keys": ["key:000000", "key:000001"]}, oldPrefix="key:000000", newPrefix="new"))
    for verb in ("retry", "undo"):
        headers, path = {"Idempotency-Key": f"one {verb}"}, f"/api/jobs/{job['id']}/{verb}"
        first = expect(server.api("POST", path, headers=headers), 202).json()
        server.wait_for_job(first["id"])
        assert expect(server.api("POST", path, headers=headers), 202).json()["id"] == first["id"]
        problem(server.api("POST", f"{path}?force=true", headers=headers), 422, "idempotency_key_reused")
