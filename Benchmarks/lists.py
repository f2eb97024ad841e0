"""Pages of the list of jobs and of the audit log: single filters, pairs of them, every order, first and deep. And how fast a list of keys is received.

The goals are for 100,000 rows of each. A million is measured too, at full scale, without a goal.
"""
import http.client
import io
import itertools
import json
import shutil
import statistics
import time
import urllib.parse

from list_rows import NAMESPACES, STORES, USERS, fill
from program import Program
from report import Row, megabytes

COUNT = 100_000
# Milliseconds: with at most one filter in the usual order, and with any filters in any order.
COMMON_GOAL, GOAL = 20, 100
TIMES = 3
SORTS = ("createdAt", "startedAt", "finishedAt", "processed", "failed", "kind", "state")
DEEP = 100
NAMES = 1_000_000


def lists(bench):
    return [row for count in sorted({COUNT, bench.count}) for row in measured(bench, count)]


def measured(bench, count):
    folder = bench.folder / f"lists-{count}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        with Program(folder):
            pass
        bench.note(f"filling a ledger with {count:,} jobs and as many records")
        fill(folder / "ledger.sqlite", count)
        (folder / "done").touch()
    with Program(folder) as program:
        pages = Pages(program)
        begin = time.perf_counter()
        newest = pages.get("/api/jobs?limit=1")["jobs"][0]
        ready = time.perf_counter() - begin
        bench.note(f"the first page after {ready:.1f} s")
        rows = [measure(bench, pages, count, "jobs", job_queries(newest)),
                measure(bench, pages, count, "audit", audit_queries(newest))]
        for row in rows:
            row.memory = megabytes(program.peak())
            row.runs["firstPageSeconds"] = ready
    return rows


def key_list_receive(bench):
    """The time in which a list of names is received and stored."""
    names = b"".join(b"key:%07d\n" % number for number in range(NAMES))
    folder = bench.folder / "key-list-receive"
    shutil.rmtree(folder, ignore_errors=True)
    with Program(folder) as program:
        seconds = [received(bench, program, names) for _ in range(bench.runs)]
        return Row(f"{NAMES:,} names received as a key list", f"{statistics.median(seconds):.2f} s",
                   memory=megabytes(program.peak()), runs={"ours": seconds})


def received(bench, program, names):
    begin = time.perf_counter()
    program.json("POST", "/api/key-lists", io.BytesIO(names), headers={"Content-Length": str(len(names))})
    seconds = time.perf_counter() - begin
    bench.note(f"a key list after {seconds:.2f} s")
    return seconds


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


def measure(bench, pages, count, name, queries):
    figures, common = {}, set()

    def time_of(path, query):
        figures[path] = statistics.median(pages.raw(path)[0] for _ in range(TIMES))
        if is_common(query):
            common.add(path)

    for query in queries:
        time_of(f"/api/{name}?{urllib.parse.urlencode(query)}", query)
    for query in [{}, *({"sort": sort, "order": order} for sort in SORTS for order in ("asc", "desc") if name == "jobs"),
                  {"store": STORES[0]}, {"namespace": NAMESPACES[0]}]:
        time_of(deep(pages, name, query), query)
    median, worst = statistics.median(figures.values()), max(figures, key=figures.get)
    worst_common = max(common, key=figures.get)
    bench.note(f"{name} of {count:,}: {len(figures)} queries, median {median:.1f} ms; the slowest common one {figures[worst_common]:.1f} ms: "
               f"{worst_common}; the slowest of all {figures[worst]:.1f} ms: {worst}")
    met = figures[worst_common] < COMMON_GOAL and figures[worst] < GOAL
    return Row(f"a page of 100 {'jobs' if name == 'jobs' else 'audit records'} of {count:,}, {len(figures)} filters and orders",
               f"{median:.1f} ms, at most {figures[worst_common]:.1f} ms (common), {figures[worst]:.1f} ms (any)",
               goal=f"common < {COMMON_GOAL} ms, any < {GOAL} ms" if count == COUNT else "", met=met if count == COUNT else None,
               runs={"milliseconds": figures})


def is_common(query):
    """Whether the interface shows this without more than one filter: the newest first."""
    filters = set(query) - {"sort", "order"}
    return len(filters) <= 1 and "minFailures" not in filters and query.get("sort", "createdAt") == "createdAt"


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
