"""Live progress, as well-behaved clients see it."""
import asyncio
import json
import threading

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server import ENDED, expect
from sockets import RawWebSocket


@pytest.fixture(scope="module")
def large(server):
    return server.namespace("large").fill(60_000)


def copy(server, namespace):
    return server.start_job(namespace.job("copy", target=server.namespace().as_target()))


def watch(server, job, **options):
    return connect(f"{server.websocket_url}/api/jobs/{job['id']}/progress", proxy=None, max_size=1 << 20, **options)


def follow(socket):
    """All messages to the end, and the code of the close."""
    messages = []
    try:
        while True:
            messages.append(json.loads(socket.recv(timeout=60)))
    except ConnectionClosed as closed:
        return messages, closed.rcvd.code if closed.rcvd else None


def test_shows_a_job_from_the_present_to_the_end(server, large):
    job = copy(server, large)
    with watch(server, job) as socket:
        messages, code = follow(socket)
    assert code == 1000
    assert [message["type"] for message in messages] == ["progress"] * (len(messages) - 1) + ["finished"]
    assert len(messages) >= 4, "the present state, some in between, and the end"
    assert all(message["job"]["id"] == job["id"] for message in messages)
    progress = [message["job"]["progress"] for message in messages]
    sequences = [step["sequence"] for step in progress]
    assert sequences == sorted(sequences)
    processed = [step["processed"] for step in progress]
    assert processed == sorted(processed)
    assert any(0 < count < 60_000 for count in processed)
    last = messages[-1]["job"]
    assert last["state"] == "completed" and last["progress"]["percentage"] == 100
    assert last == server.get(f"/api/jobs/{job['id']}"), "the socket and the API tell the same"
    assert all(message["job"]["state"] not in ENDED for message in messages[:-1])


def test_the_first_message_comes_at_once(server, large):
    first = copy(server, large)
    waiting = [copy(server, large) for _ in range(3)]
    with watch(server, waiting[-1]) as socket:
        message = json.loads(socket.recv(timeout=5))
    assert message["type"] == "progress" and message["job"]["id"] == waiting[-1]["id"]
    for job in (first, *waiting):
        server.api("POST", f"/api/jobs/{job['id']}/cancel")
        server.wait_for_job(job["id"])


def test_sends_at_most_ten_a_second(server, large):
    import time
    job = copy(server, large)
    times = []
    with watch(server, job) as socket:
        try:
            while True:
                socket.recv(timeout=60)
                times.append(time.monotonic())
        except ConnectionClosed:
            pass
    for begin in range(len(times)):
        in_a_second = [moment for moment in times[begin:] if moment - times[begin] < 1.0]
        # The first and the last message wait for nothing.
        assert len(in_a_second) <= 10 + 2, [moment - times[0] for moment in times]


def test_a_job_that_has_ended_finishes_at_once(server, namespace):
    job = server.run_job(namespace.job("delete"))
    with watch(server, job) as socket:
        messages, code = follow(socket)
    assert [message["type"] for message in messages] == ["finished"] and code == 1000
    assert messages[0]["job"] == job


def test_cancels_over_the_socket(server, large):
    job = copy(server, large)
    with watch(server, job) as socket:
        while json.loads(socket.recv(timeout=60))["job"]["progress"]["processed"] == 0:
            pass
        socket.send('{"type":"cancel"}')
        messages, code = follow(socket)
    assert code == 1000 and messages[-1]["type"] == "finished" and messages[-1]["job"]["state"] == "cancelled"
    assert all(message["job"]["progress"]["processed"] > 0 for message in messages), "never back to nothing"
    assert server.get(f"/api/jobs/{job['id']}")["state"] == "cancelled"
    record, = server.get(f"/api/audit?job={job['id']}")["audit"]
    asked = (record["action"], record["via"], record["request"])
    assert asked == ("job_cancelled", "api", socket.response.headers["X-Request-Id"])


@pytest.mark.parametrize("said", ["", "nonsense", "{", "[]", "null", '{"type":"explode"}', '{"typ":"cancel"}', b"\x00\xff", '{"type":7}',
                                  "[" * 50_000], ids=lambda said: ascii(said)[:20])
def test_answers_nonsense_with_an_error_and_lives(server, large, said):
    job = copy(server, large)
    with watch(server, job) as socket:
        socket.send(said)
        while (message := json.loads(socket.recv(timeout=30)))["type"] == "progress":
            pass
        assert message["type"] == "error" and message["detail"], message
        socket.send('{"type":"cancel"}')
        messages, code = follow(socket)
    assert messages[-1]["type"] == "finished" and code == 1000


def test_many_watchers_see_one_job_end(server, large):
    job = copy(server, large)
    url = f"{server.websocket_url}/api/jobs/{job['id']}/progress"

    async def one():
        async with connect_async(url, proxy=None) as socket:
            last = None
            async for message in socket:
                last = message
            return json.loads(last)["type"], socket.close_code

    async def all_of_them():
        return await asyncio.gather(*(one() for _ in range(60)))
    assert set(asyncio.run(all_of_them())) == {("finished", 1000)}


def test_watchers_that_leave_do_not_disturb(server, large):
    job = copy(server, large)
    for _ in range(20):
        with watch(server, job) as socket:
            socket.recv(timeout=30)
    RawWebSocket(server, f"/api/jobs/{job['id']}/progress").connection.close()
    assert server.wait_for_job(job["id"])["state"] == "completed"


def test_a_watcher_that_does_not_read_costs_the_others_nothing(server, large):
    job = copy(server, large)
    with RawWebSocket(server, f"/api/jobs/{job['id']}/progress"), watch(server, job) as socket:
        messages, code = follow(socket)
    assert code == 1000 and messages[-1]["job"]["state"] == "completed"


def test_says_goodbye_when_the_server_ends(start):
    server = start()
    namespace = server.namespace().fill(60_000)
    job = copy(server, namespace)
    codes = []

    def one():
        with watch(server, job) as socket:
            opened.release()
            codes.append(follow(socket)[1])
    opened = threading.Semaphore(0)
    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert opened.acquire(timeout=20)
    server.wait_for_job(job["id"], until=lambda job: job["progress"]["processed"] > 0)
    assert server.terminate() == 0
    for thread in threads:
        thread.join(20)
    assert codes == [1001] * 5


def test_a_watched_job_that_was_cut_off_goes_on_and_can_be_watched_after_the_restart(start):
    server = start()
    namespace = server.namespace().fill(60_000)
    job = copy(server, namespace)
    with watch(server, job) as socket:
        socket.recv(timeout=30)
        server.kill()
    server.start()
    with watch(server, job) as socket:
        messages, code = follow(socket)
    assert code == 1000 and [message["type"] for message in messages].count("finished") == 1
    assert messages[-1]["type"] == "finished" and messages[-1]["job"]["state"] == "completed"
    assert messages[-1]["job"]["progress"]["succeeded"] == 60_000
    expect(server.api("GET", "/healthz"), 200)
