"""Clients that hold large bodies or answers: the server's memory does not grow with them, and others are served."""
import concurrent.futures
import json
import os

import pytest

from attack import Readers, attack, request, resident, settle
from server import expect
from sockets import connect

MIB = 1 << 20
MOST_GROWTH = 16 * MIB


@pytest.fixture(scope="module")
def namespace(server):
    """With values of 25 MiB, as bytes and as text, and 1,000 keys with as much metadata as there may be."""
    namespace = server.namespace()
    large = os.urandom(25 * MIB)
    expect(server.api("PUT", namespace.value("bytes"), data=large), 201)
    expect(server.api("PUT", namespace.value("text"), data=b"0123456789abcdef" * (25 * MIB // 16)), 201)
    metadata = {"m": "x" * 1000}
    namespace.load("\n".join(json.dumps({"key": f"key:{n:04}", "value": "v", "metadata": metadata}) for n in range(1000)).encode())
    namespace.gateway = f"/client/v4/accounts/local/storage/kv/namespaces/{namespace.id}"
    return namespace


def large_answers(server, namespace):
    body = json.dumps({"keys": ["text"]}).encode()
    return {
        "entry of bytes": request(server, "GET", namespace.entry("bytes")),
        "entry of text": request(server, "GET", namespace.entry("text")),
        "value": request(server, "GET", namespace.value("bytes")),
        "part of a value": request(server, "GET", namespace.value("bytes"), ["Range: bytes=1000-20000000"]),
        "keys": request(server, "GET", f"{namespace.path}/keys?prefix=key:&limit=1000"),
        "gateway keys": request(server, "GET", f"{namespace.gateway}/keys?prefix=key:", ["Authorization: Bearer t"]),
        "gateway value": request(server, "GET", f"{namespace.gateway}/values/bytes", ["Authorization: Bearer t"]),
        "bulk get": request(server, "POST", f"{namespace.gateway}/bulk/get",
                            ["Authorization: Bearer t", "Content-Type: application/json"], len(body)) + body,
    }


def warm_up(server, namespace):
    """Returns the memory of a server that has done each of these: with its threads, caches and buffers."""
    if hasattr(server, "warm"):
        return server.warm
    for asked in large_answers(server, namespace).values():
        # Several at once, so that each connection to the store has filled its cache.
        with Readers(server, [asked] * 12) as readers:
            readers.statuses()
    server.warm = resident(server)
    return server.warm


KINDS = ["entry of bytes", "entry of text", "value", "part of a value", "keys", "gateway keys", "gateway value", "bulk get"]


@pytest.mark.parametrize("kind", KINDS)
def test_60_clients_that_do_not_read_hold_little(server, namespace, kind):
    idle = warm_up(server, namespace)
    with attack(server) as watch, Readers(server, [large_answers(server, namespace)[kind]] * 60) as readers:
        statuses = readers.statuses()
        watch.observe()
        # Values of a bulk get are in memory while its answer is made: when many ask at once, the last may not have their turn in time.
        assert set(statuses) <= ({200, 503} if kind == "bulk get" else {200, 206}) and statuses[0] != 503, statuses
        settle(server, idle + MOST_GROWTH)


def test_40_clients_of_each_kind_that_do_not_read_end_nothing(server, namespace):
    asked = [one for one in large_answers(server, namespace).values() for _ in range(40)]
    with attack(server) as watch, Readers(server, asked) as readers:
        assert set(readers.statuses()) <= {200, 206, 503}
        watch.observe()
        assert namespace.names(prefix="key:0")


def test_400_streamed_values_that_nobody_reads_end_nothing(server, namespace):
    with attack(server) as watch, Readers(server, [large_answers(server, namespace)["value"]] * 400) as readers:
        assert set(readers.statuses()) == {200}
        watch.observe(100)


@pytest.mark.parametrize("method, what", [("PUT", "entry"), ("PUT", "value")])
def test_60_unfinished_bodies_hold_little(server, namespace, method, what):
    """60 MiB each, of which the last byte does not come."""
    warm_up(server, namespace)
    path = getattr(namespace, what)("unfinished")
    size = 60 * MIB if what == "entry" else 25 * MIB
    piece = (b'{"value":"' if what == "entry" else b"") + b"x" * MIB
    before = resident(server)

    def send():
        connection = connect(server, timeout=60)
        connection.sendall(request(server, method, path, length=size))
        for sent in range(8):
            connection.sendall(piece if sent == 0 else b"x" * MIB)
        return connection

    with attack(server), concurrent.futures.ThreadPoolExecutor(8) as pool:
        connections = list(pool.map(lambda _: send(), range(60)))
        try:
            settle(server, before + (MOST_GROWTH if what == "entry" else 128 * MIB + MOST_GROWTH))
            expect(server.api("PUT", namespace.entry("other"), json={"value": "v"}), 200, 201)
        finally:
            for connection in connections:
                connection.close()


@pytest.mark.parametrize("path, headers", [
    ("{gateway}/bulk", ["Content-Type: application/json"]), ("{gateway}/values/k", ["Content-Type: multipart/form-data; boundary=b"]),
    ("{gateway}/bulk/delete", []), ("/api/key-lists", []), ("{path}/import", []), ("/api/jobs", []),
])
def test_60_unfinished_files_hold_little(server, namespace, path, headers):
    """6 MiB each in chunks without an end, so that no length is known."""
    warm_up(server, namespace)
    idle = resident(server)
    method = "PUT" if path.endswith(("bulk", "k")) else "POST"
    head = request(server, method, path.format(gateway=namespace.gateway, path=namespace.path),
                   ["Authorization: Bearer t", "Transfer-Encoding: chunked", *headers])
    chunk = b"100000\r\n" + b"[" + b" " * (MIB - 1) + b"\r\n"

    def send():
        connection = connect(server, timeout=60)
        connection.sendall(head + chunk * 6)
        return connection

    with attack(server) as watch, concurrent.futures.ThreadPoolExecutor(8) as pool:
        connections = list(pool.map(lambda _: send(), range(60)))
        try:
            watch.observe()
            settle(server, idle + MOST_GROWTH)
        finally:
            for connection in connections:
                connection.close()


def test_large_entries_at_the_same_time_wait_for_each_other(server, namespace):
    body = b'{"value":"' + b"y" * (24 * MIB) + b'"}'

    def put(number):
        return server.api("PUT", namespace.entry(f"large:{number % 4}"), data=body, timeout=120).status_code

    with attack(server), concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(put, range(16)))
    assert set(statuses) <= {200, 201, 503} and 201 in statuses, statuses
