"""The upgrade and the frames, as no well-behaved client would send them."""
import base64
import hashlib
import json
import os
import struct

import pytest

from server import expect, problem
from sockets import BINARY, CLOSE, PING, PONG, TEXT, RawWebSocket, connect, exchange, read_answer


@pytest.fixture(scope="module")
def large(server):
    return server.namespace().fill(100_000)


@pytest.fixture
def job(server, large):
    """One that is at work as long as a test talks about it."""
    job = server.start_job(large.job("copy", target=server.namespace().as_target()))
    yield job
    server.api("POST", f"/api/jobs/{job['id']}/cancel")
    server.wait_for_job(job["id"])


def next_answer(socket):
    """The next frame that is no news of the job."""
    while True:
        opcode, payload = socket.receive()
        if opcode != TEXT or json.loads(payload)["type"] != "progress":
            return opcode, payload


def path(job):
    return f"/api/jobs/{job['id']}/progress"


def upgrade(server, target, headers=None, drop=(), method="GET", version="HTTP/1.1"):
    lines = {"Host": f"127.0.0.1:{server.port}", "Connection": "Upgrade", "Upgrade": "websocket",
             "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), "Sec-WebSocket-Version": "13"} | (headers or {})
    text = f"{method} {target} {version}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items() if k not in drop) + "\r\n"
    return exchange(server, text.encode())


def test_shakes_hands(server, job):
    key = base64.b64encode(b"0123456789abcdef").decode()
    status, headers, _ = upgrade(server, path(job), {"Sec-WebSocket-Key": key})
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    assert status == 101 and headers["sec-websocket-accept"] == accept
    assert headers["upgrade"].lower() == "websocket" and "sec-websocket-extensions" not in headers
    assert headers["x-request-id"]


@pytest.mark.parametrize("headers", [
    {"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket"}, {"Origin": "own"},
    {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}])
def test_takes_what_browsers_send(server, job, headers):
    headers = {k: server.url if v == "own" else v for k, v in headers.items()}
    assert upgrade(server, path(job), headers)[0] == 101


@pytest.mark.parametrize("case", ["not an upgrade", "no key", "short key", "version 8", "no version", "no Connection", "POST"])
def test_refuses_what_is_no_upgrade(server, job, case):
    changes = {
        "not an upgrade": {"drop": ("Connection", "Upgrade")}, "no key": {"drop": ("Sec-WebSocket-Key",)},
        "short key": {"headers": {"Sec-WebSocket-Key": "c2hvcnQ="}}, "version 8": {"headers": {"Sec-WebSocket-Version": "8"}},
        "no version": {"drop": ("Sec-WebSocket-Version",)}, "no Connection": {"drop": ("Connection",)},
        "POST": {"method": "POST", "headers": {"Content-Length": "0"}}}[case]
    status, headers, body = upgrade(server, path(job), **changes)
    if case == "not an upgrade":
        assert (status, json.loads(body)["code"]) == (426, "upgrade_required") and headers["upgrade"].lower() == "websocket"
    else:
        assert status in (400, 405, 426), (status, body)
    if case == "version 8":
        assert status == 426 and headers["sec-websocket-version"] == "13"


def test_checks_before_it_upgrades(server, job):
    def refused(status, code, target=path(job), **headers):
        told, answered, body = upgrade(server, target, headers)
        assert (told, json.loads(body)["code"]) == (status, code)
        assert answered["content-type"].startswith("application/problem+json")
    refused(404, "job_not_found", "/api/jobs/nothing/progress")
    refused(403, "forbidden_origin", Origin="https://evil.example")
    refused(403, "forbidden_origin", Origin="null")
    refused(421, "host_not_allowed", Host="evil.example")
    refused(421, "host_not_allowed", Host="evil.example", Origin="http://evil.example")
    problem(server.api("GET", path(job)), 426, "upgrade_required")
    problem(server.api("GET", "/api/jobs/nothing/progress"), 404, "job_not_found")


def test_a_refused_upgrade_ends_its_connection(server):
    with connect(server) as connection:
        connection.sendall((f"GET /api/jobs/nothing/progress HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\n"
                            "Upgrade: websocket\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        status, headers, _ = read_answer(connection)
        assert status == 404 and headers["connection"].lower() == "close" and connection.recv(1) == b""


def test_sends_the_present_state_at_once(server, job):
    with RawWebSocket(server, path(job)) as socket:
        opcode, payload = socket.receive()
        message = json.loads(payload)
        assert opcode == TEXT and message["type"] == "progress" and message["job"]["id"] == job["id"]


def test_answers_pings(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(PING, b"are you there")
        assert next_answer(socket) == (PONG, b"are you there")


def test_puts_fragments_together_and_answers_pings_between_them(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(TEXT, b'{"type":', final=False)
        socket.send(PING, b"!")
        socket.send(0x0, b'"nonsense"}')
        assert next_answer(socket) == (PONG, b"!")
        opcode, payload = next_answer(socket)
        assert opcode == TEXT and json.loads(payload)["type"] == "error"


def test_lets_a_code_point_span_two_fragments(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(TEXT, "é".encode()[:1], final=False)
        socket.send(0x0, "é".encode()[1:])
        assert json.loads(next_answer(socket)[1])["type"] == "error"


@pytest.mark.parametrize("payload", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"ok\xf5", b'{"type":"\xfe"}'])
def test_closes_with_1007_at_text_that_is_none(server, job, payload):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(TEXT, payload)
        assert socket.until_close()[0] == 1007


def test_takes_64_kib_and_closes_with_1009_beyond(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(TEXT, b"x" * 65536)
        assert json.loads(next_answer(socket)[1])["type"] == "error"
        socket.send(TEXT, b"x" * 65537)
        assert socket.until_close()[0] == 1009


def test_closes_with_1009_when_fragments_add_up(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(TEXT, b"x" * 40000, final=False)
        socket.send(0x0, b"x" * 40000, final=False)
        assert socket.until_close()[0] == 1009


def test_closes_with_1009_by_the_announced_length_alone(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.connection.sendall(bytes([0x81, 0x80 | 127]) + struct.pack("!Q", 1 << 40) + b"mask")
        assert socket.until_close()[0] == 1009


@pytest.mark.parametrize("what", ["reserved bit", "reserved opcode", "unmasked", "long ping", "fragmented ping", "lone continuation",
                                  "text within text", "length with the top bit"])
def test_closes_with_1002_at_what_the_protocol_forbids(server, job, what):
    with RawWebSocket(server, path(job)) as socket:
        if what == "reserved bit":
            socket.send(TEXT, b"{}", reserved=0x40)
        elif what == "reserved opcode":
            socket.send(0x3, b"")
        elif what == "unmasked":
            socket.send(TEXT, b"{}", masked=False)
        elif what == "long ping":
            socket.send(PING, b"x" * 126)
        elif what == "fragmented ping":
            socket.send(PING, b"x", final=False)
        elif what == "lone continuation":
            socket.send(0x0, b"{}")
        elif what == "text within text":
            socket.send(TEXT, b"{", final=False)
            socket.send(TEXT, b"}")
        else:
            socket.connection.sendall(bytes([0x81, 0x80 | 127]) + struct.pack("!Q", 1 << 63) + b"mask")
        code, _ = socket.until_close()
        assert code in ((1002, 1009) if what == "length with the top bit" else (1002,))


@pytest.mark.parametrize("payload, answered", [
    (struct.pack("!H", 1000), 1000), (struct.pack("!H", 3000) + b"why not", 3000), (b"", None),
    (b"\x03", 1002), (struct.pack("!H", 1005), 1002), (struct.pack("!H", 999), 1002), (struct.pack("!H", 1000) + b"\xff", 1007)])
def test_answers_a_close(server, job, payload, answered):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(CLOSE, payload)
        while (frame := socket.receive()) and frame[0] != CLOSE:
            pass
        assert frame, "no close frame came back"
        code = struct.unpack("!H", frame[1][:2])[0] if frame[1] else None
        assert code == answered or (answered is None and code in (None, 1000)) or (answered == 3000 and code == 1000)
        assert socket.receive() is None, "and the connection ends"


def test_binary_messages_are_an_error_and_it_lives(server, job):
    with RawWebSocket(server, path(job)) as socket:
        socket.send(BINARY, b'{"type":"nonsense"}')
        opcode, payload = next_answer(socket)
        assert opcode == TEXT and json.loads(payload)["type"] == "error"


def test_a_flood_does_not_swell_the_server(server, job):
    def resident():
        with open(f"/proc/{server.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    before = resident()
    with RawWebSocket(server, path(job), timeout=5) as socket:
        try:
            for _ in range(3_000):
                socket.send(TEXT, b"x" * 16_000)
        except (TimeoutError, ConnectionError):
            pass  # it stops reading, or ends the connection: both will do
    assert resident() - before < 60_000
    expect(server.api("GET", "/healthz"), 200)


def test_a_hundred_sockets_an_address(fresh_server):
    server = fresh_server
    namespace = server.namespace().fill(100_000)
    job = server.start_job(namespace.job("copy", target=server.namespace().as_target()))
    sockets = [RawWebSocket(server, path(job)) for _ in range(100)]
    assert {socket.status for socket in sockets} == {101}
    more = RawWebSocket(server, path(job))
    assert more.status == 503 and more.headers["retry-after"] and b"too_many_sockets" in more.buffer
    more.connection.close()
    for socket in sockets:
        socket.send(CLOSE, struct.pack("!H", 1000))
        assert socket.until_close()[0] == 1000
        assert socket.receive() is None
        socket.connection.close()
    with RawWebSocket(server, path(job)) as again:
        assert again.receive()
    server.api("POST", f"/api/jobs/{job['id']}/cancel")
