"""Requests that change jobs, sent by many clients at once: each answer must agree with how the job ends."""
import collections
import concurrent.futures
import json
import threading

import pytest
import requests

from server import ENDED, expect

CLIENTS = 24
JOBS = 300
KEYS = 400
local = threading.local()


def post(server, path, body=None):
    """A POST over a connection of the calling thread."""
    if not hasattr(local, "session"):
        local.session = requests.Session()
    return local.session.post(server.url + path, json=body, timeout=60)


def fill(server, jobs):
    namespace = server.namespace()
    lines = [json.dumps({"key": f"{job:03}:{key:03}", "value": "x"}) for job in range(jobs) for key in range(KEYS)]
    namespace.load("\n".join(lines).encode())
    return namespace


def ends_of(server, job):
    """The final events of a job, and the final records in the audit log."""
    events = [one["type"] for one in server.get(f"/api/jobs/{job}/events")["events"] if one["type"] in ENDED]
    audit = server.get(f"/api/audit?job={job}")["audit"]
    return events, [one["action"].removeprefix("job_") for one in audit if one["action"].removeprefix("job_") in ENDED]


def test_a_job_answered_cancelled_changes_nothing(fresh_server):
    server = fresh_server
    namespace = fill(server, JOBS)

    def create_and_cancel(number):
        job = expect(post(server, "/api/jobs", namespace.job("delete", {"prefix": f"{number:03}:"})), 202).json()
        answer = expect(post(server, f"/api/jobs/{job['id']}/cancel"), 202, 409)
        return number, job["id"], answer.json()

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(create_and_cancel, range(JOBS)))
    left = collections.Counter(name[:3] for name in namespace.names())
    found = []
    for number, job, answer in answers:
        ended = server.wait_for_job(job)
        # 409: the job had ended before. Otherwise it is cancelled, at once or after its batch.
        expected = ended["state"] if answer.get("code") == "invalid_transition" else "cancelled"
        kept = KEYS - ended["progress"]["succeeded"]
        if answer.get("state") == "cancelled":
            kept = KEYS
        wrong = (ended["state"] != expected or ends_of(server, job) != ([expected], [expected])
                 or namespace.names(prefix=f"{number:03}:") != [f"{number:03}:{key:03}" for key in range(KEYS)][KEYS - kept:])
        if wrong:
            found.append((answer.get("state") or answer["code"], ended["state"], ends_of(server, job), kept, left[f"{number:03}"]))
    assert not found, f"{len(found)} of {JOBS}: {found[:3]}"
