"""A prepared data folder, jobs of every kind over it, and what they leave, told from the files themselves."""
import base64
import hashlib
import json
import random
import shutil
import sqlite3
import threading

import websockets.sync.client
from websockets.exceptions import WebSocketException

from server import Server, expect

FAR = 4_102_444_800
# The jobs of a template.
NAMES = ["delete", "delete of keys", "copy", "copy of keys", "copy that skips", "move", "move of keys that skips", "rename",
         "expire", "tag", "export", "export in gzip", "import", "import that skips", "import in gzip"]


def entry(n, key, salt):
    """Of every sort: text and binary values, with and without metadata, expiration and annotation."""
    line = {"key": key}
    value = hashlib.sha256(f"{salt}{n}".encode()).digest() * (1 + n % 7)
    if n % 3:
        line["value"] = value.hex()
    else:
        line["valueBase64"] = base64.b64encode(value).decode()
    if n % 4 == 0:
        line["metadata"] = {"n": n}
    if n % 5 == 0:
        line["expiration"] = FAR + n
    if n % 6 == 0:
        line |= {"tags": [salt, "six"], "color": "blue"}
    if n % 9 == 0:
        line["customMetadata"] = {"salt": salt, "n": n}
    return line


def lines(count, prefix, salt, step=1):
    return [entry(n, f"{prefix}{n:06}", salt) for n in range(0, count, step)]


def ndjson(records):
    return "".join(json.dumps(record) + "\n" for record in records).encode()


class Template:
    """Two namespaces, of which the second holds every third key of the first already; copies start with the same."""

    def __init__(self, folder, count):
        self.folder, self.count = folder, count
        server = Server(folder).start()
        source, target = server.namespace("source"), server.namespace("target")
        assert source.load(ndjson(lines(count, "key:", "s")))["state"] == "completed"
        assert source.load(ndjson(lines(100, "other:", "s")))["state"] == "completed"
        assert target.load(ndjson(lines(count, "key:", "t", step=3)))["state"] == "completed"
        self.source, self.target = source.id, target.id
        assert server.terminate() == 0
        shutil.rmtree(server.data / "jobs")

    def copy(self, folder):
        folder.mkdir(parents=True)
        shutil.copytree(self.folder / "data", folder / "data")
        return Server(folder).start()

    # MARK: jobs

    def jobs(self):
        """name: how to start it."""
        keys, prefix, everything = {"keys": self.named()}, {"prefix": "key:"}, {"all": True}
        target = {"target": {"store": "local", "namespace": self.target}}
        return {
            "delete": self.job("delete", prefix),
            "delete of keys": self.job("delete", keys),
            "copy": self.job("copy", everything, **target),
            "copy of keys": self.job("copy", keys, **target),
            "copy that skips": self.job("copy", prefix, collision="skip", **target),
            "move": self.job("move", prefix, **target),
            "move of keys that skips": self.job("move", keys, collision="skip", **target),
            "rename": self.job("rename", prefix, newPrefix="key:new:"),
            "expire": self.job("expire", prefix, expiration=FAR + 9),
            "tag": self.job("tag", keys, add=["new"], remove=["six"]),
            "export": self.job("export", everything, format="json"),
            "export in gzip": self.job("export", prefix, format="csv", gzip=True),
            "import": self.upload(""),
            "import that skips": self.upload("&collision=skip"),
            "import in gzip": self.upload("", zipped=True),
        }

    def named(self):
        """Some of which are not there."""
        return [f"key:{n:06}" for n in range(0, self.count + 300, 2)]

    def job(self, kind, selection, **fields):
        request = {"kind": kind, "store": "local", "namespace": self.source, "selection": selection, **fields}
        return lambda server: server.start_job(request)

    def upload(self, query, zipped=False):
        """With lines that cannot be read, and keys that come twice."""
        # More than one batch.
        records = lines(self.count * 3, "key:", "i")
        data = ndjson(records[: self.count]) + b"not json\n" + ndjson(records[self.count - 50:]) + b'{"key":""}\n'
        if zipped:
            import gzip
            data = gzip.compress(data, 1)
        path = f"/api/stores/local/namespaces/{self.target}/import?format=auto{query}"
        return lambda server: expect(server.api("POST", path, data=data), 202).json()


def state(server):
    """Everything that is stored, and what the store says of it, as one digest of each."""
    database = sqlite3.connect(f"file:{server.data}/stores/local.sqlite?mode=ro", uri=True)
    try:
        digest = hashlib.sha256()
        database.execute("ATTACH ? AS ledger", (f"file:{server.data}/ledger.sqlite?mode=ro",))
        for row in database.execute(
                "SELECT entry.namespace, entry.key, entry.size, metadata, expires, group_concat(hex(bytes), ''),"
                " tags, color, custom_metadata FROM entry JOIN namespace ON number = entry.namespace"
                " LEFT JOIN annotation ON annotation.namespace = namespace.id AND annotation.key = entry.key AND store = 'local'"
                " LEFT JOIN value ON value.id BETWEEN value_id AND value_id + (entry.size - 1) / 1048576"
                " GROUP BY entry.namespace, entry.key ORDER BY entry.namespace, entry.key"):
            digest.update(repr(row).encode())
        counts = database.execute("SELECT id, key_count, value_bytes FROM namespace ORDER BY id").fetchall()
        orphans = database.execute(
            "SELECT count(*) FROM value WHERE id NOT IN (SELECT value_id FROM entry WHERE size > 0)").fetchone()
        return digest.hexdigest(), counts, orphans
    finally:
        database.close()


def outcome(server, job):
    """How a job ended: its state, its counts, its failures, its file."""
    progress = job["progress"]
    kept = {name: progress[name] for name in ("total", "processed", "succeeded", "failed", "skipped", "bytes")}
    failures, cursor = [], ""
    while cursor is not None:
        page = server.get(f"/api/jobs/{job['id']}/failures?limit=1000{cursor and '&cursor=' + cursor}")
        failures += [(one["key"], one.get("line"), one["code"]) for one in page["failures"]]
        cursor = page["cursor"]
    file = None
    if job["download"]:
        file = hashlib.sha256(expect(server.api("GET", job["download"]["url"]), 200).content).hexdigest()
    return job["state"], kept, sorted(failures, key=str), file


def seeded(name, number):
    return random.Random(f"{name} {number}")


class Watcher:
    """Watches a job over all runs of the program, and checks every snapshot that is published of it."""

    def __init__(self, server, job):
        self.server, self.path = server, f"/api/jobs/{job['id']}/progress"
        self.last, self.finished, self.wrong = None, 0, []
        self.thread = None

    def begin(self):
        self.thread = threading.Thread(target=self._watch, args=(self.server.websocket_url + self.path,))
        self.thread.start()

    def end(self):
        """Call it when the program is down, or the job has ended."""
        self.thread.join(30)
        assert not self.wrong, self.wrong

    def _watch(self, url):
        try:
            with websockets.sync.client.connect(url, open_timeout=20) as socket:
                for message in socket:
                    self._check(json.loads(message))
        except (OSError, EOFError, WebSocketException):
            pass  # the program was killed

    def _check(self, message):
        job, last = message["job"], self.last
        progress = job["progress"]
        percentage = progress["percentage"]
        rules = {
            "counts add up": progress["processed"] == progress["succeeded"] + progress["failed"] + progress["skipped"],
            "100 only at the end": (percentage == 100) == (job["state"] in ("completed", "incomplete")),
            "finished tells the end": (message["type"] == "finished") == (job["finishedAt"] is not None),
        }
        if last:
            before = last["progress"]
            rules |= {
                "the sequence does not fall": progress["sequence"] >= before["sequence"],
                "what is processed does not fall": progress["processed"] >= before["processed"],
                "the percentage does not fall": percentage is None or percentage >= (before["percentage"] or 0),
            }
        self.wrong += [(rule, job, last) for rule, holds in rules.items() if not holds]
        self.finished += message["type"] == "finished"
        self.last = job
