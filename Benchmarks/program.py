"""The release build, run for one measurement in a data folder of its own, and the requests that measurements need."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = pathlib.Path(os.environ.get("KV_MANAGER_BINARY") or ROOT / ".build/release/kv-manager")
ENDED = {"completed", "incomplete", "failed", "cancelled"}


class Server:
    """The requests that measurements need."""

    def reach(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
        return self

    def request(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if method in ("GET", "DELETE"):
            # The one before may have been idle for so long that the server has closed it.
            self.connection.close()
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def json(self, method, path, body=None, **rest):
        return json.loads(self.request(method, path, body, **rest))

    def namespace(self, title, store="local"):
        return self.json("POST", f"/api/stores/{store}/namespaces", {"title": title})["id"]

    def find(self, title):
        found = self.json("GET", f"/api/stores/local/namespaces?query={title}")["namespaces"]
        return next(namespace for namespace in found if namespace["title"] == title)

    def start(self, kind, namespace, selection=None, store="local", **fields):
        return self.json("POST", "/api/jobs", {"kind": kind, "store": store, "namespace": namespace,
                                               "selection": selection or {"all": True}, **fields})

    def finish(self, job):
        while job["state"] not in ENDED:
            job = self.json("GET", f"/api/jobs/{job['id']}?after={job['progress']['sequence']}&wait=20")
        if job["state"] != "completed":
            raise SystemExit(f"the job did not complete: {job}")
        return job

    def load(self, namespace, path):
        with open(path, "rb") as file:
            size = pathlib.Path(path).stat().st_size
            job = self.json("POST", f"/api/stores/local/namespaces/{namespace}/import", file, headers={"Content-Length": str(size)})
        return self.finish(job)

    def download(self, url, path):
        self.connection.request("GET", url)
        answer = self.connection.getresponse()
        with open(path, "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)


class Program(Server):
    """`with Program(folder) as program:` starts it fresh, and so with a fresh peak of memory."""

    def __init__(self, folder, *options, environment=None):
        self.folder, self.options, self.environment = pathlib.Path(folder), options, environment or {}

    def __enter__(self):
        self.log = open(self.folder.parent / f"{self.folder.name}.log", "w")
        self.process = subprocess.Popen([BINARY, "serve", "--port", "0", "--data", self.folder, *self.options],
                                        env=os.environ | self.environment,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if "ready at" not in line:
            raise SystemExit(f"the server did not start; see {self.log.name}")
        self.url = line.split()[-1]
        self.reach(int(self.url.rpartition(":")[2]))
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.log.close()

    def peak(self):
        """The most memory that it has held so far, in bytes."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024


def timed(work):
    """How many seconds `work` takes, and what it returns."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result
