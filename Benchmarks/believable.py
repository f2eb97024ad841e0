"""Namespaces, entries and jobs as a team would have them, for pictures of the interface."""
import json
import random
import time

COUNTRIES = ("DE", "FR", "IN", "JP", "BR", "US", "KE", "PL")
NAMES = ("ada", "grace", "linus", "margaret", "edsger", "barbara", "donald", "radia")
RUNNING = 100_000


def entry(key, value, **fields):
    if not isinstance(value, str):
        value = json.dumps(value, indent=2)
    return json.dumps({"key": key, "value": value, **fields}, ensure_ascii=False)


def settings():
    for service in ("api", "billing", "checkout", "mail", "search", "web"):
        for place in ("production", "staging"):
            yield entry(f"{service}/{place}/limits", {"requestsPerMinute": 600, "burst": 50, "timeoutSeconds": 30}, tags=[place],
                        **({"color": "red"} if place == "production" else {}))
            yield entry(f"{service}/{place}/log-level", "info" if place == "production" else "debug", tags=[place])
            yield entry(f"{service}/{place}/allowed-origins", [f"https://{service}.example.com", "https://www.example.com"],
                        metadata={"owner": f"team-{service}", "reviewed": "2026-03-02"}, tags=[place, "reviewed"], color="green")
    banner = {"text": "Maintenance on Sunday, 02:00 to 04:00 UTC", "level": "info", "dismissible": True,
              "links": [{"label": "Status", "href": "https://status.example.com"}], "audience": {"countries": COUNTRIES}}
    yield entry("web/banner", banner, metadata={"owner": "team-web", "ticket": "WEB-2291"}, tags=["public", "seasonal", "reviewed"],
                color="orange", customMetadata={"until": "2026-12-27", "note": "remove after the sale"},
                expiration=int(time.time()) + 7200)
    yield entry("web/greeting/Καλημέρα", "Good morning", metadata={"language": "el"})
    yield entry("web/a rather long name that somebody made from the title of a page, its language and the moment of its last "
                "change/en-GB/2026-03-02T09:14:55Z", "…")


def sessions(count=40_000):
    chance, now = random.Random(11), int(time.time())
    for n in range(count):
        name, number = NAMES[n % len(NAMES)], chance.getrandbits(64)
        value = {"user": name, "country": chance.choice(COUNTRIES), "since": now - n}
        yield entry(f"session:{name}-{n // len(NAMES):05}:{number:016x}", value, expiration=now + 600 + n * 40,
                    metadata={"device": chance.choice(("phone", "laptop", "tablet")), "v": 3})


def flags():
    chance = random.Random(12)
    for area in ("billing", "checkout", "onboarding", "search"):
        for flag in ("new-layout", "faster-index", "trial", "dark-mode", "second-opinion"):
            yield entry(f"{area}.{flag}", {"enabled": chance.random() < 0.6, "rollout": chance.choice((5, 10, 25, 50, 100)),
                                           "countries": chance.sample(COUNTRIES, 3)}, metadata={"owner": area}, tags=[area])


def damaged():
    """What an import takes, with lines among it that it cannot."""
    for n in range(60):
        yield entry(f"user:{n:04}", {"name": NAMES[n % len(NAMES)]})
        if n % 9 == 4:
            yield '{"key":"user:' + f"{n:04}" + ':avatar","value":'
        if n % 17 == 3:
            yield entry("user:" + "x" * 520, "too long a name")


class Filled:
    """Two stores of a program, filled: a local one, and `production`, which is slow."""

    def __init__(self, program):
        self.program = program
        new = program.namespace
        self.settings, self.sessions, self.flags = (new(title) for title in ("settings", "sessions", "feature-flags"))
        self.users, self.empty, self.archive = (new(title) for title in ("users", "drafts", "settings, before the move to Frankfurt"))
        for namespace, lines in ((self.settings, settings()), (self.sessions, sessions()), (self.flags, flags())):
            self.load(namespace, lines)
        self.damaged = self.load(self.users, damaged(), completed=False)
        finish, start = program.finish, program.start
        finish(start("copy", self.settings, target=self.at(self.archive)))
        finish(start("export", self.settings, format="csv", gzip=True))
        finish(start("delete", self.sessions, {"prefix": "session:linus-000"}))
        finish(start("tag", self.flags, {"prefix": "billing."}, add=["reviewed"]))
        self.load(self.empty, [entry("draft", "…")])
        program.request("DELETE", f"/api/stores/local/namespaces/{self.empty}/entries/draft")
        finish(start("copy", self.flags, target=self.at(self.settings)))
        self.ended(start("copy", self.flags, target=self.at(self.settings), collision="fail"))
        program.json("PATCH", f"/api/stores/local/namespaces/{self.archive}", {"protected": True})
        self.edit("web/banner", "info", "notice")
        self.edit("api/production/log-level", "info", "notice")
        self.live, self.backup = new("sessions", "production"), new("sessions-backup", "production")
        self.load(self.live, sessions(RUNNING), "production")
        self.job = self.copying()
        time.sleep(2)
        program.request("POST", f"/api/jobs/{self.job['id']}/cancel")
        self.ended(self.job)

    def edit(self, name, before, after):
        path = f"/api/stores/local/namespaces/{self.settings}/entries/{name.replace('/', '%2F')}"
        found = self.program.json("GET", path)
        kept = {field: found[field] for field in ("metadata", "expiration") if field in found}
        self.program.request("PUT", path, {"value": found["value"].replace(before, after), **kept})

    @property
    def running(self):
        """A job that is at work for a minute or more; a new one when the last has ended."""
        self.job = self.program.json("GET", f"/api/jobs/{self.job['id']}")
        if self.job["finishedAt"] is not None:
            self.job = self.copying()
            time.sleep(4)
        return self.job

    def copying(self):
        return self.program.start("copy", self.live, {"prefix": "session:"}, "production", target=self.at(self.backup, "production"))

    @staticmethod
    def at(namespace, store="local"):
        return {"store": store, "namespace": namespace}

    def load(self, namespace, lines, store="local", completed=True):
        path = self.program.folder.parent / "lines.ndjson"
        path.write_text("\n".join(lines) + "\n")
        with open(path, "rb") as file:
            job = self.program.json("POST", f"/api/stores/{store}/namespaces/{namespace}/import?filename={path.name}", file,
                                    headers={"Content-Length": str(path.stat().st_size)})
        return self.program.finish(job) if completed else self.ended(job)

    def ended(self, job):
        """As it stands at its end, whatever that is."""
        while job["finishedAt"] is None:
            job = self.program.json("GET", f"/api/jobs/{job['id']}?after={job['progress']['sequence']}&wait=20")
        return job
