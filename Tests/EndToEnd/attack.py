"""A server under attack: its memory, and what other clients see of it, watched while a block of a test runs.

    with attack(server) as watch:
        ...
    # The server lives, held less memory than the limit, and answered other clients in time, and the next request.

`memory_limit` puts the server into a memory cgroup where this machine has one that may be written; elsewhere the watch alone
notices what the limit would end."""
import contextlib
import os
import pathlib
import re
import socket
import threading
import time
import uuid

from server import expect
from sockets import connect

LIMIT = 1 << 30
MOST_MEMORY = 450 << 20
LONGEST_ANSWER = 1.0
GROUPS = pathlib.Path("/sys/fs/cgroup")


def resident(server):
    """Bytes that the server's process holds in memory."""
    text = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) << 10


@contextlib.contextmanager
def memory_limit(server, limit=LIMIT):
    """Ends the server, as systemd would with MemoryMax=, when it takes more. Nothing where there is no cgroup v2 to write to."""
    group = GROUPS / f"kv-manager-{uuid.uuid4().hex}"
    try:
        if "memory" not in (GROUPS / "cgroup.controllers").read_text().split():
            raise OSError("no memory controller")
        group.mkdir()
        (group / "memory.max").write_text(str(limit))
        (group / "memory.swap.max").write_text("0")
        (group / "cgroup.procs").write_text(str(server.process.pid))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        if server.process.poll() is None:
            (GROUPS / "cgroup.procs").write_text(str(server.process.pid))
        group.rmdir()


class Watch(threading.Thread):
    """Samples the server's memory and asks it for /healthz, on a connection of its own, until it is told to end."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.ended = server, threading.Event()
        self.before, self.peak, self.times, self.failures = resident(server), 0, [], []

    def run(self):
        request = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n\r\n".encode()
        connection = None
        while not self.ended.wait(0.02):
            begin = time.monotonic()
            try:
                self.peak = max(self.peak, resident(self.server))
                connection = connection or connect(self.server, timeout=10)
                connection.sendall(request)
                if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                    raise OSError("no answer to /healthz")
            except (OSError, AttributeError) as error:
                self.failures.append(repr(error))
                connection = None
            self.times.append(time.monotonic() - begin)
        if connection:
            connection.close()

    def observe(self, count=60):
        """Goes on until other clients have asked so many times."""
        wanted = len(self.times) + count
        while len(self.times) < wanted and self.is_alive():
            self.join(timeout=0.02)
        return self

    @property
    def p99(self):
        """Of fewer than 100, the slowest but one."""
        times = sorted(self.times)
        slower = max(1, len(times) // 100)
        return times[-1 - slower] if len(times) > slower else 0.0

    @property
    def grown(self):
        """Bytes that the server holds more than before, now."""
        return resident(self.server) - self.before

    def check(self, most_memory=MOST_MEMORY, longest_answer=LONGEST_ANSWER):
        assert self.server.process.poll() is None, f"the server ended:\n{self.server.printed()[-4000:]}"
        expect(self.server.api("GET", "/healthz", timeout=10), 200)
        figures = f"peak {self.peak >> 20} MiB, before {self.before >> 20} MiB, p99 {self.p99:.3f} s of {len(self.times)}"
        assert self.peak < most_memory, figures
        assert self.p99 < longest_answer, figures
        assert not self.failures, (figures, self.failures[:3])


@contextlib.contextmanager
def attack(server, **bounds):
    """Runs a block while the server is limited and watched, and checks at its end that it held; see Watch.check."""
    with memory_limit(server):
        watch = Watch(server)
        watch.start()
        try:
            yield watch
        finally:
            watch.ended.set()
            watch.join(timeout=30)
        watch.check(**bounds)


def request(server, method, path, headers=(), length=None, host=None):
    """The head of a request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{server.port}'}", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Readers:
    """Clients that ask and do not read: what the system's buffers hold is all that they take."""

    def __init__(self, server, requests):
        self.connections = []
        for asked in requests:
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
            connection.settimeout(30)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(asked)
            self.connections.append(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()

    def statuses(self):
        """The status of each answer: what has come of it is the first line at least."""
        return [int(connection.recv(12, socket.MSG_PEEK | socket.MSG_WAITALL).split()[1]) for connection in self.connections]


def settle(server, below, within=30):
    """Waits until the server holds less memory than `below` bytes: what has been freed is given back in steps."""
    deadline = time.monotonic() + within
    while (held := resident(server)) > below:
        assert time.monotonic() < deadline, f"{held >> 20} MiB, more than {below >> 20} MiB"
        expect(server.api("GET", "/healthz"), 200)
    return held


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))
