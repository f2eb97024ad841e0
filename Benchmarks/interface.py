"""The web interface in Chromium: when it paints, what it loads, how it scrolls, what it holds, and that idle means idle."""
import shutil
import statistics

from chromium import Chromium
from interface_jobs import idle, memory
from interface_keys import filtering, folders, scrolling
from program import Program
from report import Row, megabytes

LOADS = 7


def interface(bench):
    folder = bench.folder / "interface"
    shutil.rmtree(folder, ignore_errors=True)
    with Program(folder) as program, Chromium(bench.folder) as browser:
        for number in range(20):
            namespace = program.namespace(f"namespace {number}")
        program.request("PUT", f"/api/stores/local/namespaces/{namespace}/entries/folder%2Fkey", {"value": "x"})
        job = program.finish(program.start("copy", namespace, target={"store": "local", "namespace": program.namespace("target")}))
        views = {"namespaces": "/", "keys": f"/s/local/n/{namespace}", "jobs": "/jobs", "job": f"/jobs/{job['id']}", "audit": "/audit"}
        rows = [*paints(browser, program, views["keys"]), *loads(browser, program, views)]
        rows += [memory(bench, browser, program), idle(bench, browser, program, views)]
    for measure in (scrolling, folders, filtering):
        bench.note(f"{measure.__name__} in the interface")
        rows.append(measure(bench))
    return rows


def paints(browser, program, path):
    """Medians of first visits to the list of keys."""
    first, largest = [], []
    for _ in range(LOADS):
        browser.fresh(program.url + path)
        browser.ready()
        times = browser.later("""
            const of = (type) => new Promise((found) => new PerformanceObserver((list) => found(list.getEntries()))
                .observe({type, buffered: true}));
            await new Promise((resolve) => setTimeout(resolve, 200));
            const [paints, largest] = await Promise.all([of("paint"), of("largest-contentful-paint")]);
            return [paints.find(({name}) => name === "first-contentful-paint").startTime, largest.at(-1).startTime];""")
        first.append(round(times[0]))
        largest.append(round(times[1]))
    median = statistics.median
    return [Row("interface: first contentful paint", f"{median(first)} ms", goal="< 300 ms", memory=megabytes(program.peak()),
                met=median(first) < 300, runs={"milliseconds": first}),
            Row("interface: largest contentful paint", f"{median(largest)} ms", runs={"milliseconds": largest})]


def loads(browser, program, views):
    """Of first visits: requests, and the bytes of the interface's own files as they are and on the wire."""
    seen = {name: load(browser, program.url + path) for name, path in views.items()}
    foreign = [address for address in browser.traffic() if not address.startswith(program.url)]
    requests, loaded, wire = (max(figures) for figures in zip(*seen.values()))
    runs = {"views": seen, "foreign": foreign}
    return [Row("interface: requests of the heaviest view", f"{requests}, {len(foreign)} of them to others", goal="< 25, none to others",
                met=requests < 25 and not foreign, runs=runs),
            Row("interface: bytes of the heaviest view",
                f"{wire / 1000:.0f} KB compressed, {loaded / 1000:.0f} KB uncompressed", goal="≤ 80 KB compressed",
                met=wire <= 80_000)]


def load(browser, address):
    browser.fresh(address)
    browser.ready()
    return browser.js("""
        const all = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
        const files = all.filter((one) => !one.name.includes("/api/"));
        const sum = (size) => files.reduce((sum, one) => sum + one[size], 0);
        return [all.length, sum("decodedBodySize"), sum("encodedBodySize")];""")
