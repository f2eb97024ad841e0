"""Pages of the list of jobs and of the audit log, of a million rows each: single filters, pairs of them, every order, first and deep."""
import http.client
import itertools
import json
import shutil
import statistics
import time
import urllib.parse

from list_rows import NAMESPACES, STORES, USERS, fill
from program import Program
from report import Row, megabytes

GOAL = 20
TIMES = 3
SORTS = ("createdAt", "startedAt", "finishedAt", "processed", "failed", "kind", "state")
DEEP = 100


def lists(bench):
    folder = bench.folder / f"lists-{bench.count}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        with Program(folder):
            pass
        bench.note(f"filling a ledger with {bench.count:,} jobs and as many records")
        fill(folder / "ledger.sqlite", bench.count)
        (folder / "done").touch()
    with Program(folder) as program:
        pages = Pages(program)
        begin = time.perf_counter()
        newest = pages.get("/api/jobs?limit=1")["jobs"][0]
        ready = time.perf_counter() - begin
        bench.note(f"the first page after {ready:.1f} s")
        rows = [measure(bench, pages, "jobs", job_queries(newest)), measure(bench, pages, "audit", audit_queries(newest))]
        for row in rows:
            row.memory = megabytes(program.peak())
            row.runs["firstPageSeconds"] = ready
    return rows


class Pages:
    """One connection that stays, as a browser's does."""

    def __init__(self, program):
        self.connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=600)

    def get(self, path):
        return json.loads(self.raw(path)[1])

    def raw(self, path):
        begin = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - begin
        if answer.status != 200:
            raise SystemExit(f"GET {path}: {answer.status} {content[:300]!r}")
        return seconds * 1000, content


def measure(bench, pages, name, queries):
    figures = {}
    for query in queries:
        path = f"/api/{name}?{urllib.parse.urlencode(query)}"
        figures[path] = statistics.median(pages.raw(path)[0] for _ in range(TIMES))
    for query in [{}, *({"sort": sort, "order": order} for sort in SORTS for order in ("asc", "desc") if name == "jobs"),
                  {"store": STORES[0]}, {"namespace": NAMESPACES[0]}]:
        path = deep(pages, name, query)
        figures[path] = statistics.median(pages.raw(path)[0] for _ in range(TIMES))
    median, worst = statistics.median(figures.values()), max(figures, key=figures.get)
    slow = sum(value >= GOAL for value in figures.values())
    bench.note(f"{name}: {len(figures)} queries, median {median:.1f} ms, {slow} at {GOAL} ms or above, the worst {figures[worst]:.1f} ms: {worst}")
    return Row(f"a page of 100 {'jobs' if name == 'jobs' else 'audit records'} of {bench.count:,}, {len(figures)} filters and orders",
               f"{median:.1f} ms, worst {figures[worst]:.1f} ms", goal=f"each < {GOAL} ms", met=slow == 0,
               runs={"milliseconds": figures})


def deep(pages, name, query):
    """The address of a page far behind the first."""
    cursor = None
    for _ in range(DEEP):
        page = pages.get(f"/api/{name}?{urllib.parse.urlencode(query | {'limit': 1000} | ({'cursor': cursor} if cursor else {}))}")
        if page["cursor"] is None:
            break
        cursor = page["cursor"]
    return f"/api/{name}?{urllib.parse.urlencode(query | {'cursor': cursor})}"


def days_ago(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - days * 86_400))


def combined(filters):
    """None of the filters, each, and each two of them that are of different fields."""
    singles = [{name: value} for name, values in filters.items() for value in values]
    pairs = [one | other for one, other in itertools.combinations(singles, 2) if not set(one) & set(other)]
    return [{}, *singles, *pairs]


def job_queries(newest):
    filters = {
        "state": ("completed", "failed", "cancelled", "queued", "failed,incomplete"), "kind": ("copy", "import"),
        "store": STORES, "namespace": (NAMESPACES[0], NAMESPACES[20], NAMESPACES[-1], "none"),
        "since": (days_ago(1), days_ago(40)), "until": (days_ago(75), days_ago(40)),
        "id": ("a", "b7", newest["id"]), "minFailures": (1, 1000),
    }
    return [query | {"sort": sort, "order": order} for query in combined(filters) for sort in SORTS for order in ("desc", "asc")]


def audit_queries(newest):
    filters = {
        "who": ("local", USERS[3], "nobody"), "action": ("entry_written", "namespace_deleted", "entry_deleted,job_failed"),
        "store": STORES, "namespace": (NAMESPACES[0], NAMESPACES[20], NAMESPACES[-1]), "since": (days_ago(1), days_ago(200)),
        "until": (days_ago(300), days_ago(200)), "job": (newest["id"],), "key": ("settings", "user:77", "no such key"),
    }
    return combined(filters)
