"""The memory that clients can make the server hold, and the time that it takes to answer others meanwhile.

The reference of each row is the same server before: its resident memory, after one client of the same sort has come and
gone, and its answer time with nothing else to do.
"""
import concurrent.futures
import contextlib
import io
import os
import shutil
import socket
import statistics
import time

from operating import resident
from program import Program
from report import Row, megabytes

CLIENTS = 60
VALUE_BYTES = 25 << 20
UNFINISHED_BYTES = 60 << 20
NAMES = 1_000_000
MOST_MORE = 16e6
# Time for which clients that do nothing are watched.
WATCHED_SECONDS = 3


def readers(bench):
    """Clients that ask for the largest value as JSON, and read nothing of the answer."""
    def prepare(program):
        namespace = program.namespace("large")
        path = f"/api/stores/local/namespaces/{namespace}"
        program.request("PUT", f"{path}/values/large", os.urandom(VALUE_BYTES))
        return f"GET {path}/entries/large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    return _watched(bench, f"{CLIENTS} readers that do not read", prepare)


def bodies(bench):
    """Clients that send almost all of a large body, and not its end."""
    def prepare(program):
        namespace = program.namespace("unfinished")
        path = f"/api/stores/local/namespaces/{namespace}/entries/large"
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {UNFINISHED_BYTES}\r\n\r\n"
        return head.encode() + b'{"value": "' + b"x" * (UNFINISHED_BYTES - 100)

    return _watched(bench, f"{CLIENTS} unfinished bodies", prepare)


def key_list(bench):
    """A list of names that is uploaded."""
    names = b"".join(b"key:%07d\n" % number for number in range(NAMES))

    def upload(program):
        program.json("POST", "/api/key-lists", io.BytesIO(names), headers={"Content-Length": str(len(names))})

    with _program(bench) as program:
        program.json("POST", "/api/key-lists", b"one\ntwo\n")
        return _row(f"{NAMES:,} names in a key list", program, lambda: upload(program))


def _watched(bench, work, prepare):
    with _program(bench) as program, contextlib.ExitStack() as clients:
        request = prepare(program)
        _client(program, request).close()
        _answers(program, 1)

        def act():
            for _ in range(CLIENTS):
                clients.enter_context(_client(program, request))
            time.sleep(WATCHED_SECONDS)

        return _row(work, program, act)


def _client(program, request):
    """A client that sends this, and then nothing."""
    client = socket.create_connection(("127.0.0.1", program.port))
    client.sendall(request)
    return client


@contextlib.contextmanager
def _program(bench):
    folder = bench.folder / "bounded"
    shutil.rmtree(folder, ignore_errors=True)
    with Program(folder) as program:
        yield program


def _row(work, program, act):
    """Runs `act`, and reports how much more memory was held during it, and the answer times of others."""
    quiet, before = _answers(program, WATCHED_SECONDS), resident(program)
    times, peak = [], before
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        while not acting.done() or not times:
            times += _answers(program, 0.1)
            peak = max(peak, resident(program))
        acting.result()
    more, slowest = peak - before, _slowest(times)
    return Row(work, f"{megabytes(more)} more, /healthz {slowest * 1000:.0f} ms (p99)",
               f"{megabytes(before)}, {_slowest(quiet) * 1000:.0f} ms", f"{peak / before:.2f} ×", "≤ 16 MB more, < 1 s",
               megabytes(peak), more <= MOST_MORE and slowest < 1,
               {"moreBytes": more, "seconds": times, "quietSeconds": quiet})


def _slowest(times):
    return statistics.quantiles(times, n=100)[-1] if len(times) > 1 else times[0]


def _answers(program, seconds):
    """The answer times of another client for a while, each in a connection of its own."""
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        begin = time.perf_counter()
        with socket.create_connection(("127.0.0.1", program.port), timeout=60) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            while client.recv(65536):
                pass
        times.append(time.perf_counter() - begin)
    return times
