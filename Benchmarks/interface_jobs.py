"""What the interface holds after an hour of watching a job, and that it asks for nothing while it is idle."""
import time

from report import Row

MESSAGES_A_SECOND = 10
# Stands in for the page's WebSocket, so that an hour's messages arrive in seconds. What it is given it hands on as text.
STAND_IN = """
window.WebSocket = class extends EventTarget {
    static OPEN = 1;
    readyState = 1;
    constructor(address) {
        super();
        window.standIn = this;
        setTimeout(() => this.onopen?.({}));
    }
    close() {}
    send() {}
};"""
REPLAY = """
const [job, from, to] = given, {progress} = job;
for (let number = from; number < to; number += 1) {
    const moved = {...progress, sequence: progress.sequence + number, total: 10_000_000, processed: number * 100, succeeded: number * 100,
        bytes: number * 4096, currentKey: `account:${number}`, percentage: Math.floor(number / 1000), ratePerSecond: 1000 + number % 50,
        etaSeconds: 3600 - Math.floor(number / 10), requests: number};
    standIn.onmessage({data: JSON.stringify({type: "progress", job: {...job, state: "running", progress: moved}})});
    if (number % 40 === 0) await new Promise(requestAnimationFrame);
}
await new Promise((resolve) => setTimeout(resolve, 300));"""


def memory(bench, browser, program):
    """A page of a job with its dialog open over it, before and after the messages of an hour."""
    job = paused(bench, program)
    injected = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=STAND_IN)
    browser.open(program.url)
    browser.js("sessionStorage.setItem('followed-jobs', arguments[0])", job["id"])
    browser.open(f"{program.url}/jobs/{job['id']}")
    browser.click("dock-open")
    browser.until("window.standIn && document.querySelector('dialog[open]')")
    # The first of them bring what is made once: compiled code, elements that were hidden.
    warm, hour = 2000, 2000 + (3600 if bench.count >= 1_000_000 else 360) * MESSAGES_A_SECOND
    browser.later(REPLAY, job, 1, warm)
    before = held(browser)
    browser.later(REPLAY, job, warm, hour)
    after = held(browser)
    said = browser.js("return document.querySelector('dialog [data-testid=job-state]').textContent")
    browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=injected["identifier"])
    browser.js("sessionStorage.clear()")
    browser.driver.get("about:blank")
    program.request("POST", f"/api/jobs/{job['id']}/cancel")
    heap, nodes, listeners = (after[name] - before[name] for name in ("heap", "nodes", "listeners"))
    return Row(f"interface: {hour - warm:,} messages of a job's progress",
               f"{heap / 1e6:+.2f} MB, {nodes:+} nodes, {listeners:+} listeners", goal="< 2 MB more, no more nodes",
               met=heap < 2e6 and nodes <= 10 and said == "Running", runs={"before": before, "after": after})


def held(browser):
    """What the page holds once nothing is left to collect."""
    for _ in range(3):
        browser.cdp("HeapProfiler.collectGarbage")
        time.sleep(0.2)
    counters = browser.cdp("Memory.getDOMCounters")
    return {"heap": browser.cdp("Runtime.getHeapUsage")["usedSize"], "nodes": counters["nodes"], "listeners": counters["jsEventListeners"]}


def paused(bench, program):
    """A job that stays unfinished for as long as it is wanted."""
    lines = bench.folder / "paused.ndjson"
    lines.write_text("".join(f'{{"key":"account:{n}","value":"x"}}\n' for n in range(50_000)))
    namespace = program.namespace("paused")
    program.load(namespace, lines)
    lines.unlink()
    job = program.start("delete", namespace, undoable=False)
    return program.json("POST", f"/api/jobs/{job['id']}/pause")


def idle(bench, browser, program, views):
    """Requests and WebSockets of views that stand."""
    seconds, asked = 10 if bench.count >= 1_000_000 else 3, {}
    for name, path in views.items():
        browser.open(program.url + path)
        time.sleep(0.5)
        browser.traffic()
        time.sleep(seconds)
        asked[name] = browser.traffic()
    total = sum(len(addresses) for addresses in asked.values())
    return Row(f"interface: idle for {seconds} s", f"{total} requests and WebSockets in {len(views)} views", goal="0",
               met=total == 0, runs=asked)
