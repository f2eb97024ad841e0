"""Going from one version to the next by `release activate`, under a job: for how long nobody answers."""
import http.client
import os
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time

from program import BINARY, Server
from report import Row

MARK = b"KV Manager version "


def switch(bench):
    pauses = []
    for run in range(bench.runs):
        pauses.append(switched(bench))
        bench.note(f"switch-over, run {run + 1}: {pauses[-1]:.3f} s")
    return Row("switch-over: the longest without an answer", f"{statistics.median(pauses):.2f} s", goal="< 1 s",
               met=statistics.median(pauses) < 1, runs={"seconds": pauses})


def switched(bench):
    folder = bench.folder / "switched"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    deployment = Deployment(folder, port)
    former = deployment.release("--version").strip()
    # Of the same length: it stands within the program.
    latter = former[:-1] + ("8" if former.endswith("9") else "9")
    deployment.install(BINARY)
    deployment.activate(former)
    try:
        server = Server().reach(port)
        deployment.install(renamed(former, latter, folder / "latter"))
        job = busy(server, bench.data.ordered().ndjson)
        with Prober(port) as prober:
            deployment.activate(latter)
        events = [event["type"] for event in server.json("GET", f"/api/jobs/{job['id']}/events")["events"]]
        assert "recovered" in events, "the job was over before the switch"
        return prober.longest
    finally:
        deployment.end()


def renamed(former, latter, path):
    """This very program under another version."""
    program = BINARY.read_bytes()
    assert program.count(MARK + former.encode()) == 1
    path.write_bytes(program.replace(MARK + former.encode(), MARK + latter.encode()))
    path.chmod(0o755)
    return path


def busy(server, lines):
    """Leaves a copy of all of them under way."""
    source = server.namespace("source")
    server.load(source, lines)
    return server.start("copy", source, target={"store": "local", "namespace": server.namespace("target")})


class Deployment:
    """Versions below a root, the active one of which a shell starts and stops."""

    def __init__(self, folder, port):
        self.root, self.data, self.pid = folder / "root", folder / "data", folder / "pid"
        for new in (self.root, self.data):
            new.mkdir(mode=0o700)
        program, data, pid = (shlex.quote(str(path)) for path in (self.root / "current/kv-manager", self.data, self.pid))
        self.hooks = ["--start", f"{program} serve --port {port} --data {data} > /dev/null 2>&1 & echo $! > {pid}",
                      "--stop", f"test ! -e {pid} || kill $(cat {pid})"]

    @staticmethod
    def release(*words):
        return subprocess.run([BINARY, *words], check=True, stdout=subprocess.PIPE, text=True).stdout

    def install(self, program):
        self.release("release", "install", program, "--root", self.root)

    def activate(self, version):
        self.release("release", "activate", version, "--root", self.root, "--data", self.data, "--watch", "0", *self.hooks)

    def end(self):
        os.kill(int(self.pid.read_text()), signal.SIGKILL)


class Prober:
    """Asks every few milliseconds, by a new connection each time, and knows the longest stretch without an answer."""

    def __init__(self, port):
        self.port, self.ended, self.longest = port, threading.Event(), 0.0
        self.thread = threading.Thread(target=self._probe)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def _probe(self):
        last = time.perf_counter()
        while not self.ended.wait(0.005):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status != 200:
                    continue
            except (OSError, http.client.HTTPException):
                continue
            finally:
                connection.close()
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now
        self.longest = max(self.longest, time.perf_counter() - last)
