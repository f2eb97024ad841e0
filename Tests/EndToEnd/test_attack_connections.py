"""Connections that take what others need: idle ones, unfinished ones, slow ones, and those whose clients have gone."""
import contextlib
import json
import os
import re
import resource
import select
import shutil
import socket
import subprocess
import threading
import time

import pytest
import requests
from certificates import Issuer

from attack import open_files, request
from server import Server, binary, expect
from sockets import connect, read_answer

MIB = 1 << 20


class FewFiles(Server):
    """A server that may open only so many files."""

    def __init__(self, folder, files):
        super().__init__(folder)
        self.files = files

    def start(self, *options, **how):
        wrapper = self.folder / "program"
        wrapper.write_text(f"#!/bin/sh\nulimit -n {self.files}\nexec {binary()} \"$@\"\n")
        wrapper.chmod(0o755)
        before = os.environ.get("KV_MANAGER_BINARY")
        os.environ["KV_MANAGER_BINARY"] = str(wrapper)
        try:
            return super().start(*options, **how)
        finally:
            os.environ.pop("KV_MANAGER_BINARY")
            if before:
                os.environ["KV_MANAGER_BINARY"] = before


@pytest.fixture
def few_files(tmp_path):
    servers = []

    def start(files):
        servers.append(FewFiles(tmp_path, files))
        return servers[-1].start()

    yield start
    for server in servers:
        assert server.terminate() == 0, server.printed()


# MARK: descriptors

def test_does_not_start_with_too_few_files(tmp_path):
    done = subprocess.run(["sh", "-c", f"ulimit -n 127; exec {binary()} serve --port 0 --data {tmp_path}/data"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    assert "127" in done.stderr and "at least 128" in done.stderr and "LimitNOFILE" in done.stderr, done.stderr


def cpu_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_more_clients_than_files_wait_and_cost_nothing(few_files):
    """The connections that it accepts come out of the limit: descriptors for files are left."""
    server = few_files(160)
    namespace = server.namespace()
    idle = [connect(server) for _ in range(200)]
    try:
        assert open_files(server) < 160
        for connection in idle[:20]:
            connection.close()
        begin, used = time.monotonic(), cpu_seconds(server)
        expect(server.api("PUT", namespace.value("k"), data=os.urandom(3 * MIB), timeout=30), 201)
        while time.monotonic() - begin < 2:
            server.api("GET", "/healthz")
            time.sleep(0.1)
        assert cpu_seconds(server) - used < 1
    finally:
        for connection in idle:
            connection.close()
    expect(server.api("GET", "/healthz"), 200)


def test_without_a_descriptor_it_waits_and_says_so_once(few_files):
    server = few_files(400)
    expect(server.api("GET", "/healthz"), 200)
    held = open_files(server)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (held, 400))
    waiting = [connect(server, timeout=20) for _ in range(5)]
    try:
        begin, used = time.monotonic(), cpu_seconds(server)
        while time.monotonic() - begin < 3:
            # On the connection that there is.
            expect(server.api("GET", "/healthz"), 200)
            time.sleep(0.1)
        assert cpu_seconds(server) - used < 1
        assert server.printed().count("New connections cannot be accepted") == 1
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (400, 400))
        for connection in waiting:
            connection.sendall(request(server, "GET", "/healthz"))
            assert read_answer(connection)[0] == 200
    finally:
        for connection in waiting:
            connection.close()


# MARK: one address

def test_one_address_leaves_connections_to_others(few_files):
    """Three quarters of 128 are for one address; another one is served meanwhile."""
    server = few_files(96 + 192)
    held = []
    try:
        for _ in range(128):
            connection = connect(server, timeout=5)
            connection.sendall(request(server, "GET", "/healthz"))
            held.append(connection)
        # Those that are beyond the share are closed.
        closed = 0
        for connection in held:
            try:
                closed += connection.recv(1) == b""
            except ConnectionResetError:
                closed += 1
        assert closed == 128 - 96, closed
        with socket.create_connection(("127.0.0.1", server.port), timeout=10, source_address=("127.0.0.2", 0)) as other:
            other.sendall(request(server, "GET", "/healthz"))
            assert read_answer(other)[0] == 200
    finally:
        for connection in held:
            connection.close()


def test_one_address_leaves_bodies_to_others(few_files):
    server = few_files(96 + 192)
    namespace = server.namespace()
    held = []
    try:
        for number in range(24):
            connection = connect(server, timeout=10)
            connection.sendall(request(server, "PUT", namespace.value(f"k{number}"), length=10) + b"12345")
            held.append(connection)
        # An eighth of 128 is received; the others are told so at once.
        refused, deadline = [], time.monotonic() + 20
        while len(refused) < 8:
            assert time.monotonic() < deadline, len(refused)
            for connection in select.select(held, [], [], 1)[0]:
                status, headers, body = read_answer(connection)
                assert (status, json.loads(body)["code"], headers["connection"]) == (503, "server_busy", "close")
                assert int(headers["retry-after"]) > 0
                held.remove(connection)
                refused.append(connection)
        with socket.create_connection(("127.0.0.1", server.port), timeout=10, source_address=("127.0.0.2", 0)) as other:
            other.sendall(request(server, "PUT", namespace.value("other"), length=2) + b"1")
            other.sendall(b"2")
            assert read_answer(other)[0] == 201
        assert len(held) == 16
        for connection in held:
            connection.sendall(b"67890")
            assert read_answer(connection)[0] == 201
    finally:
        for connection in held:
            connection.close()


# MARK: long polls

def test_a_long_poll_ends_with_its_client(server):
    """Its descriptor is free long before the poll would have ended."""
    running = server.start_job(server.namespace().fill(100_000).job("delete"))
    expect(server.api("POST", f"/api/jobs/{running['id']}/pause"), 202)
    paused = server.wait_for_job(running["id"], until=lambda state: state["state"] == "paused")
    after = paused["progress"]["sequence"] + 1_000_000
    before = open_files(server)
    polls = [connect(server) for _ in range(50)]
    for poll in polls:
        poll.sendall(request(server, "GET", f"/api/jobs/{running['id']}?after={after}&wait=20"))
    in_flight(server, lambda count: count >= 50)
    begin = time.monotonic()
    for poll in polls:
        poll.close()
    in_flight(server, lambda count: count < 50)
    assert time.monotonic() - begin < 10
    assert open_files(server) <= before + 5


def in_flight(server, reached, within=15):
    """Waits for a number of requests that are not answered yet, by the server's own figures."""
    deadline = time.monotonic() + within
    while True:
        text = server.api("GET", "/metrics").text
        count = int(float(re.search(r"^kv_http_requests_in_flight (\S+)", text, re.MULTILINE).group(1)))
        if reached(count):
            return count
        assert time.monotonic() < deadline, count


# MARK: readers

def test_a_slow_reader_gets_all_of_a_large_entry(server):
    """At 300 KiB/s a third of a minute of it; what a reader took before does not count against it."""
    namespace = server.namespace()
    value = os.urandom(5 * MIB)
    expect(server.api("PUT", namespace.value("k"), data=value), 201)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(request(server, "GET", namespace.entry("k"), ["Connection: close"]))
    received, begin = 0, time.monotonic()
    pause = threading.Event()
    while piece := connection.recv(32 << 10):
        received += len(piece)
        pause.wait(max(0.0, received / (700 << 10) - (time.monotonic() - begin)))
    assert received > 5 * MIB * 4 / 3


# MARK: the local door of a server with HTTPS

@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
def test_idle_connections_do_not_block_the_door_of_commands(tmp_path):
    issuer = Issuer(tmp_path)
    certificate, key = issuer.issue("door")
    server = Server(tmp_path, "--tls-cert", str(certificate), "--tls-key", str(key)).start()
    server.session.verify = str(issuer.authority)
    try:
        _, door, secret = (server.data / "lock").read_text().split("\n")
        port = int(door.rpartition(":")[2])
        idle = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(600)]
        begin = time.monotonic()
        answer = requests.get(door + "/api/stores", headers={"X-Command-Key": secret}, timeout=10)
        assert answer.status_code == 200 and time.monotonic() - begin < 5
        # Those that say nothing are closed soon.
        for connection in idle:
            try:
                assert connection.recv(1) == b""
            except ConnectionResetError:
                pass
            connection.close()
        assert time.monotonic() - begin < 20
    finally:
        assert server.terminate() == 0, server.printed()


def test_a_body_that_comes_too_slowly_is_refused_and_its_connection_closed(server):
    """All four kinds at the same time: each is watched for the half minute in which a body must bring some bytes."""
    namespace = server.namespace()
    targets = [("PUT", namespace.value("slow")), ("PUT", namespace.entry("slow")), ("POST", f"{namespace.path}/import"),
               ("POST", "/api/key-lists")]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(server, timeout=60)) for _ in targets]
        for connection, (method, path) in zip(connections, targets):
            connection.sendall(request(server, method, path, length=MIB) + b"a few bytes")
        for connection in connections:
            status, _, body = read_answer(connection)
            assert status == 408 and json.loads(body)["code"] == "body_too_slow", body
            assert connection.recv(1) == b""
    assert namespace.names() == []
