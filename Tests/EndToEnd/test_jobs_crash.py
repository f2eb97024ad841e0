"""kill -9 at work, then a start: nothing that was acknowledged is lost, and jobs go on."""
import json
import threading

import requests

from server import expect

COUNT = 40_000


def test_jobs_that_waited_go_on_in_their_order(fresh_server):
    server = fresh_server
    source = server.namespace().fill(20_000)
    jobs = [server.start_job(source.job("copy", target=server.namespace().as_target())) for _ in range(8)]
    server.kill()
    server.start()
    for job in jobs:
        job = server.wait_for_job(job["id"])
        assert job["state"] == "completed" and job["progress"]["succeeded"] == 20_000
        assert server.get(f"/api/stores/local/namespaces/{job['target']['namespace']}")["keyCount"] == 20_000


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


def test_ends_in_good_order_in_the_middle_of_a_job_and_goes_on(fresh_server):
    server = fresh_server
    source, target = server.namespace().fill(COUNT), server.namespace()
    job = server.start_job(source.job("copy", target=target.as_target()))
    server.wait_for_job(job["id"], until=lambda job: job["progress"]["processed"] > 0)
    assert server.terminate() == 0
    server.start()
    job = server.wait_for_job(job["id"])
    assert job["state"] == "completed" and job["progress"]["succeeded"] == COUNT
    assert target.export() == source.export()


def test_a_paused_job_stays_paused_over_a_restart(fresh_server):
    server = fresh_server
    source, target = server.namespace().fill(COUNT), server.namespace()
    job = server.start_job(source.job("copy", target=target.as_target()))
    expect(server.api("POST", f"/api/jobs/{job['id']}/pause"), 202)
    paused = server.wait_for_job(job["id"], until=lambda job: job["state"] == "paused")
    server.kill()
    server.start()
    assert server.get(f"/api/jobs/{job['id']}")["state"] == "paused"
    assert server.get(target.path)["keyCount"] == paused["progress"]["succeeded"] < COUNT
    resumed = expect(server.api("POST", f"/api/jobs/{job['id']}/resume"), 202).json()
    assert resumed["state"] == "running"
    assert server.wait_for_job(job["id"])["state"] == "completed"
    assert target.export() == source.export()
    types = [event["type"] for event in server.get(f"/api/jobs/{job['id']}/events")["events"]]
    assert [one for one in types if one != "progress"] == ["created", "started", "paused", "resumed", "completed"]
