"""kill -9 at work, then a start: nothing that was acknowledged is lost, and no job tells what is not so.

A job that the end of the program cut off is `failed` with the code `interrupted`: what it says to have done is done, and
the same job once more brings everything to the end.
"""
import gzip
import json
import threading

import pytest
import requests

from server import ENDED, expect
from test_jobs_bulk import counts

COUNT = 40_000
# More than one batch of an import.
MANY = 150_000
POINTS = [1, COUNT // 2]


def kill_at_work(server, job, processed=1):
    """Kills the server once the job has got so far, and starts it again; the job as it stands then."""
    server.wait_for_job(job["id"], until=lambda job: job["progress"]["processed"] >= processed or job["state"] in ENDED)
    server.kill()
    server.start()
    job = server.wait_for_job(job["id"], within=20)
    kinds = [event["type"] for event in server.get(f"/api/jobs/{job['id']}/events")["events"]]
    assert kinds[0] == "created" and kinds[-1] == job["state"] and kinds.count(job["state"]) == 1, kinds
    counts(job)
    if job["state"] == "failed":
        assert job["error"]["code"] == "interrupted" and job["finishedAt"]
        assert job["progress"]["percentage"] is None or job["progress"]["percentage"] < 100
    else:
        assert job["state"] == "completed", job
    return job


def again(server, request):
    job = server.run_job(request)
    assert job["state"] == "completed" and counts(job)[1] == 0, job
    return job


@pytest.mark.parametrize("processed", POINTS)
def test_a_copy_that_was_cut_off(fresh_server, processed):
    server = fresh_server
    source, target = server.namespace().fill(COUNT), server.namespace()
    request = source.job("copy", target=target.as_target())
    job = kill_at_work(server, server.start_job(request), processed)
    arrived = target.names()
    assert arrived == source.names()[: len(arrived)], "whole batches, in order"
    assert len(arrived) >= job["progress"]["succeeded"] >= processed, "what it says to have done is done"
    assert server.get(target.path)["keyCount"] == len(arrived)
    skipping = again(server, request | {"collision": "skip"})
    assert skipping["progress"]["skipped"] == len(arrived)
    assert target.export() == source.export()


@pytest.mark.parametrize("processed", POINTS)
def test_a_deletion_that_was_cut_off(fresh_server, processed):
    server = fresh_server
    namespace = server.namespace().fill(COUNT).fill(10, prefix="stay:")
    request = namespace.job("delete", {"prefix": "key:"})
    job = kill_at_work(server, server.start_job(request), processed)
    left = server.get(namespace.path)
    assert left["keyCount"] == len(namespace.names()) <= COUNT + 10 - job["progress"]["succeeded"]
    again(server, request)
    assert namespace.names() == [f"stay:{n:06}" for n in range(10)]
    left = server.get(namespace.path)
    assert (left["keyCount"], left["valueBytes"]) == (10, 200)


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_an_export_that_was_cut_off(fresh_server, zipped):
    server = fresh_server
    source = server.namespace().fill(COUNT)
    whole = source.export()
    request = source.job("export", gzip=zipped)
    job = kill_at_work(server, server.start_job(request))
    if job["state"] == "failed":
        assert job["download"] is None
        expect(server.api("GET", f"/api/jobs/{job['id']}/download"), 404)
    content = server.api("GET", again(server, request)["download"]["url"]).content
    assert (gzip.decompress(content) if zipped else content) == whole


@pytest.mark.parametrize("collision", ["overwrite", "skip"])
def test_an_import_that_was_cut_off(fresh_server, collision):
    server = fresh_server
    namespace = server.namespace()
    data = "".join(json.dumps({"key": f"key:{n:06}", "value": f"{n}"}) + "\n" for n in range(MANY)).encode()
    job = kill_at_work(server, namespace.start_import(data, collision=collision))
    assert len(namespace.names()) >= job["progress"]["succeeded"]
    repeated = namespace.load(data, collision=collision)
    assert repeated["state"] == "completed"
    assert [(line["key"], line["value"]) for line in map(json.loads, namespace.export().splitlines())] == [
        (f"key:{n:06}", f"{n}") for n in range(MANY)]
    assert server.get(namespace.path)["keyCount"] == MANY


def test_jobs_that_waited_say_so_too(fresh_server):
    server = fresh_server
    source = server.namespace().fill(20_000)
    jobs = [server.start_job(source.job("copy", target=server.namespace().as_target())) for _ in range(8)]
    server.kill()
    server.start()
    for job in jobs:
        job = server.wait_for_job(job["id"], within=20)
        assert job["state"] == "completed" or job["error"]["code"] == "interrupted"
        arrived = server.get(f"/api/stores/local/namespaces/{job['target']['namespace']}")["keyCount"]
        assert arrived >= job["progress"]["succeeded"]


def test_what_was_acknowledged_is_there(fresh_server):
    server = fresh_server
    namespace = server.namespace()
    acknowledged, enough = {}, threading.Event()

    def write(writer):
        session = requests.Session()
        for n in range(100_000):
            key, value = f"{writer}/{n}", f"value {n}"
            try:
                answer = session.put(server.url + namespace.value(key), data=value, timeout=10)
            except requests.RequestException:
                return
            assert answer.status_code == 201
            acknowledged[key] = value
            if len(acknowledged) >= 600:
                enough.set()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    server.kill()
    for writer in writers:
        writer.join(30)
    server.start()
    stored = {line["key"]: line["value"] for line in map(json.loads, namespace.export().splitlines())}
    assert {key: stored.get(key) for key in acknowledged} == acknowledged
    assert len(stored) <= len(acknowledged) + len(writers), "at most one request each was under way"
    assert server.get(namespace.path)["keyCount"] == len(stored)


def test_a_large_value_that_was_under_way_leaves_nothing(fresh_server):
    server = fresh_server
    namespace = server.namespace()
    value = bytes(range(256)) * 4096 * 20

    def put():
        try:
            requests.put(server.url + namespace.value("large"), data=value, timeout=30)
        except requests.RequestException:
            pass
    sender = threading.Thread(target=put)
    sender.start()
    namespace.put("small", "v")
    server.kill()
    sender.join(30)
    server.start()
    names = namespace.names()
    assert names in (["small"], ["large", "small"])
    if "large" in names:
        assert namespace.bytes("large") == value
    assert server.get(namespace.path)["valueBytes"] == 1 + (len(value) if "large" in names else 0)


def test_what_was_acknowledged_as_deleted_is_gone(fresh_server):
    server = fresh_server
    namespace = server.namespace().fill(100)
    for n in range(0, 100, 2):
        expect(server.api("DELETE", namespace.entry(f"key:{n:06}")), 204)
    server.kill()
    server.start()
    assert namespace.names() == [f"key:{n:06}" for n in range(1, 100, 2)]


def test_ends_in_good_order_in_the_middle_of_a_job(fresh_server):
    server = fresh_server
    source, target = server.namespace().fill(COUNT), server.namespace()
    job = server.start_job(source.job("copy", target=target.as_target()))
    server.wait_for_job(job["id"], until=lambda job: job["progress"]["processed"] > 0)
    assert server.terminate() == 0
    server.start()
    job = server.wait_for_job(job["id"], within=20)
    assert job["state"] == "completed" or job["error"]["code"] == "interrupted"
    arrived = target.names()
    assert arrived == source.names()[: len(arrived)] and len(arrived) == job["progress"]["succeeded"]
