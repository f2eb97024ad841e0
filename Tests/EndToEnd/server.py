"""The real program, started on a port and in a data folder of its own, and a small client for its API."""
import base64
import json as jsonlib
import os
import pathlib
import queue
import re
import signal
import subprocess
import threading
import time
import urllib.parse

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY = re.compile(r"^KV Manager is ready at (https?://\S+)$")
ENDED = {"completed", "incomplete", "failed", "cancelled"}


def binary():
    return os.environ.get("KV_MANAGER_BINARY") or str(ROOT / ".build/debug/kv-manager")


def quoted(key):
    """A key as it stands in a path: percent-encoded once, `/` too. Bytes that are not text go as they are."""
    return urllib.parse.quote(key, safe="")


class Server:
    """One run of the program. `start` after `kill` or `terminate` goes on with the same data folder."""

    def __init__(self, folder, *options, environment=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.options = options
        self.environment = environment or {}
        self.process, self.url, self.log = None, None, []
        self.session = requests.Session()

    # MARK: the process

    def start(self, *options, port=0, ready_within=60):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KV_MANAGER_")} | self.environment
        self.process = subprocess.Popen(
            [binary(), "serve", "--host", "127.0.0.1", "--port", str(port), "--data", str(self.data),
             *self.options, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=self.folder,
            text=True, encoding="utf-8", errors="replace")
        lines = queue.Queue()
        self.readers = [threading.Thread(target=self._read, args=(self.process.stdout, lines), daemon=True),
                        threading.Thread(target=self._read, args=(self.process.stderr, None), daemon=True)]
        for reader in self.readers:
            reader.start()
        line = lines.get(timeout=ready_within)
        ready = READY.match(line or "")
        if not ready:
            self.process.wait(timeout=10)
            for reader in self.readers:
                reader.join(timeout=10)
            raise AssertionError(f"expected the ready line, not {line!r}:\n{self.printed()}")
        self.url = ready.group(1)
        return self

    def _read(self, stream, lines):
        for line in stream:
            self.log.append(line)
            if lines:
                lines.put(line.rstrip("\n"))
        if lines:
            lines.put(None)

    def printed(self):
        return "".join(self.log)

    def kill(self):
        """As a power cut would, as far as the program can tell."""
        self._end(signal.SIGKILL)

    def terminate(self, within=10):
        """Asks it to end; the exit status."""
        return self._end(signal.SIGTERM, within)

    def _end(self, number, within=30):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=within)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            for reader in self.readers:
                reader.join(timeout=10)
            self.session.close()
            self.session = requests.Session()

    @property
    def port(self):
        return urllib.parse.urlsplit(self.url).port

    @property
    def websocket_url(self):
        return "ws" + self.url.removeprefix("http")

    # MARK: requests

    def api(self, method, path, json=None, data=None, headers=None, files=None, timeout=60, **rest):
        """Any request; the path goes on the wire as it is given, `..` and `%2F` too."""
        headers = dict(headers or {})
        if json is not None:
            data, headers["Content-Type"] = jsonlib.dumps(json).encode(), "application/json"
        request = requests.Request(method, self.url + "/", data=data, files=files, headers=headers)
        prepared = self.session.prepare_request(request)
        prepared.url = self.url + path
        return self.session.send(prepared, timeout=timeout, **rest)

    def get(self, path, status=200, **options):
        return expect(self.api("GET", path, **options), status).json()

    # MARK: namespaces and entries

    def namespace(self, title=None, store="local"):
        """A new namespace, as something to speak to."""
        title = title or f"n{os.urandom(6).hex()}"
        answer = expect(self.api("POST", f"/api/stores/{store}/namespaces", json={"title": title}), 201).json()
        return NamespaceClient(self, answer["id"], title, store)

    # MARK: jobs

    def start_job(self, request, status=202, headers=None):
        return expect(self.api("POST", "/api/jobs", json=request, headers=headers), status).json()

    def run_job(self, request, within=120):
        return self.wait_for_job(self.start_job(request)["id"], within=within)

    def wait_for_job(self, job, within=120, until=None):
        """Follows a job by long polling until it has ended, or `until` holds of it. No clock but the server's."""
        until = until or (lambda state: state["state"] in ENDED)
        deadline = time.monotonic() + within
        state = self.get(f"/api/jobs/{job}")
        while not until(state):
            assert state["state"] not in ENDED, f"the job ended before what was waited for: {state}"
            assert time.monotonic() < deadline, f"the job does not get there within {within} s: {state}"
            after = state["progress"]["sequence"]
            state = self.get(f"/api/jobs/{job}?after={after}&wait=20", timeout=40)
        return state


class NamespaceClient:
    def __init__(self, server, id, title, store="local"):
        self.server, self.id, self.title, self.store = server, id, title, store
        self.path = f"/api/stores/{store}/namespaces/{id}"

    def entry(self, key):
        return f"{self.path}/entries/{quoted(key)}"

    def value(self, key):
        return f"{self.path}/values/{quoted(key)}"

    def put(self, key, value, **fields):
        field = "valueBase64" if isinstance(value, bytes) else "value"
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        return expect(self.server.api("PUT", self.entry(key), json={field: value, **fields}), 200, 201)

    def read(self, key):
        return self.server.get(self.entry(key))

    def bytes(self, key):
        return expect(self.server.api("GET", self.value(key)), 200).content

    def keys(self, **query):
        """The whole list, page by page."""
        found, cursor = [], None
        while True:
            page = self.page(**query, **({"cursor": cursor} if cursor else {}))
            found += page["keys"]
            cursor = page["cursor"]
            if cursor is None:
                return found

    def names(self, **query):
        return [key["name"] for key in self.keys(**{"limit": 1000, **query})]

    def page(self, **query):
        return self.server.get(f"{self.path}/keys?{urllib.parse.urlencode(query)}")

    def start_import(self, data, status=202, headers=None, **query):
        answer = self.server.api("POST", f"{self.path}/import?{urllib.parse.urlencode(query)}", data=data,
                                 headers=headers, timeout=600)
        return expect(answer, status).json()

    def load(self, data, **query):
        """Imports a file and waits for its end."""
        return self.server.wait_for_job(self.start_import(data, **query)["id"], within=600)

    def fill(self, count, prefix="key:", size=20):
        """Many entries in one import: `prefix` and a number of six digits."""
        lines = (jsonlib.dumps({"key": f"{prefix}{n:06}", "value": f"{n:0{size}}"}) for n in range(count))
        job = self.load("\n".join(lines).encode())
        assert job["state"] == "completed", job
        return self

    def fill_tags(self, names):
        """Keys with as many tags as a key may have: a job that adds one fails at them."""
        tags = [f"t{n}" for n in range(50)]
        job = self.load("\n".join(jsonlib.dumps({"key": name, "value": "v", "tags": tags}) for name in names).encode())
        assert job["state"] == "completed", job
        return self

    def job(self, kind, selection=None, **fields):
        return {"kind": kind, "store": self.store, "namespace": self.id, "selection": selection or {"all": True}, **fields}

    def as_target(self):
        return {"store": self.store, "namespace": self.id}

    def export(self, **fields):
        """The bytes of an export of everything."""
        job = self.server.run_job(self.job("export", **fields))
        assert job["state"] == "completed", job
        return expect(self.server.api("GET", job["download"]["url"]), 200).content


def expect(answer, *statuses):
    """The answer, if it has one of these statuses."""
    assert answer.status_code in statuses, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code}, not {statuses}: {answer.text[:500]}")
    return answer


def problem(answer, status, code):
    """Checks that an answer is a problem as RFC 9457 has it, with our stable code; its body."""
    expect(answer, status)
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json", answer.headers
    body = answer.json()
    assert set(body) >= {"type", "title", "status", "detail", "code", "requestId"}, body
    assert (body["status"], body["code"]) == (status, code), body
    assert body["detail"].strip() and body["title"].strip()
    assert body["requestId"] == answer.headers["X-Request-Id"]
    return body
