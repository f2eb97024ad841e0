"""The web interface: when it paints first, what a view loads, what all of it weighs, and whether it asks anybody else for anything."""
import json
import os
import shutil
import statistics
import time

from program import ROOT, Program
from report import Row, megabytes

LOADS = 7


def interface(bench):
    weight = sum(path.stat().st_size for path in (ROOT / "Web").rglob("*") if path.is_file())
    folder = bench.folder / "interface"
    shutil.rmtree(folder, ignore_errors=True)
    with Program(folder) as program:
        for number in range(20):
            namespace = program.namespace(f"namespace {number}")
        program.request("PUT", f"/api/stores/local/namespaces/{namespace}/entries/folder%2Fkey", {"value": "x"})
        job = program.finish(program.start("copy", namespace, target={"store": "local", "namespace": program.namespace("target")}))
        views = {"namespaces": "/", "keys": f"/s/local/n/{namespace}", "jobs": "/jobs", "job": f"/jobs/{job['id']}"}
        driver = chromium(bench)
        try:
            paints = [first_paint(driver, program.url) for _ in range(LOADS)]
            loads = {name: load(driver, program.url + path) for name, path in views.items()}
            foreign = foreign_requests(driver, program.url)
        finally:
            driver.quit()
        peak = program.peak()
    paint = statistics.median(paints)
    requests, loaded = (max(figures) for figures in zip(*loads.values()))
    return Row("web interface: first paint, heaviest view, all of it",
               f"{paint:.0f} ms, {requests} requests with {loaded / 1000:.0f} KB, {weight / 1000:.0f} KB",
               goal="< 300 ms, < 150 KB, asks nobody else, < 25 requests", memory=megabytes(peak),
               met=paint < 300 and requests < 25 and loaded < 150_000 and not foreign,
               runs={"paints": paints, "views": loads, "bytes": weight, "foreign": sorted(foreign)})


def chromium(bench):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    options.add_argument("--headless=new")
    options.add_argument("--window-size=1200,900")
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver"), log_output=str(bench.folder / "chromedriver.log")))


def first_paint(driver, url):
    """Milliseconds from the start of the navigation, nothing cached."""
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get("about:blank")
    driver.get(url)
    driver.set_script_timeout(20)
    return driver.execute_async_script("""
        const done = arguments[0];
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") done(entry.startTime);
        }).observe({ type: "paint", buffered: true });""")


def load(driver, address):
    """Of a first visit to a view: requests, those for data among them, and the bytes of the interface's own files, uncompressed."""
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get(address)
    deadline = time.monotonic() + 20
    while driver.execute_script("return document.body.dataset.ready") != "1" and time.monotonic() < deadline:
        time.sleep(0.02)
    return driver.execute_script("""
        const all = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
        const files = all.filter((one) => !one.name.includes("/api/"));
        return [all.length, files.reduce((sum, one) => sum + one.decodedBodySize, 0)];""")


def foreign_requests(driver, url):
    """What these pages asked of anybody else; the browser's own pages are not it."""
    asked = set()
    for line in driver.get_log("performance"):
        message = json.loads(line["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"])
    return {address for address in asked if not address.startswith((url, "data:", "blob:", "about:", "chrome"))}
