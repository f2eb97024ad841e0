"""Chromium without a window, driven by Selenium: what the measurements and the pictures of the interface need of it."""
import json
import os
import shutil
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from websockets.sync.client import connect

# In every page: which scripts had a part in frames that took more than 50 ms.
NOTE_LONG_FRAMES = """
window.longFrames = [];
new PerformanceObserver((list) => {
    for (const {startTime, duration, styleAndLayoutStart, scripts} of list.getEntries()) {
        const told = scripts.map((one) => `${one.sourceURL.split("/").pop()} ${one.sourceFunctionName || one.invoker}: ` +
            `${Math.round(one.duration)} ms, ${Math.round(one.forcedStyleAndLayoutDuration)} of them layout`);
        const layout = styleAndLayoutStart && Math.round(startTime + duration - styleAndLayoutStart);
        longFrames.push({duration: Math.round(duration), layout, scripts: told});
    }
}).observe({type: "long-animation-frame"});"""


class Chromium:
    """`with Chromium(folder) as browser:`"""

    def __init__(self, folder, width=1200, height=900):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        options.add_argument("--headless=new")
        options.add_argument(f"--window-size={width},{height}")
        if os.getuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        options.add_experimental_option("prefs", {"download.default_directory": str(folder / "downloads")})
        service = Service(shutil.which("chromedriver"), log_output=str(folder / "chromedriver.log"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_script_timeout(120)
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=NOTE_LONG_FRAMES)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def fresh(self, address):
        """As on a first visit: nothing cached."""
        self.cdp("Network.clearBrowserCache")
        self.driver.get("about:blank")
        self.driver.get(address)

    def open(self, address):
        self.driver.get(address)
        self.ready()

    def ready(self):
        """Waits until the view has loaded what it shows."""
        self.until("document.body.dataset.ready === '1'")

    def until(self, condition, within=20):
        deadline = time.monotonic() + within
        while not self.js(f"return Boolean({condition})"):
            if time.monotonic() > deadline:
                raise SystemExit(f"the page does not get to {condition}")
            time.sleep(0.02)

    def js(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def later(self, code, *arguments):
        """The body of an asynchronous function, and what it returns."""
        return self.driver.execute_async_script(
            f"const done = arguments[arguments.length - 1]; (async (...given) => {{ {code} }})(...arguments).then(done)", *arguments)

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def click(self, name):
        self.until(f"document.querySelector('[data-testid={name}]')")
        self.js("document.querySelector(`[data-testid=${arguments[0]}]`).click()", name)

    def long_tasks(self, work):
        """What kept the page busy for more than 50 ms at a stretch in `work`, with the time that it really had the processor: on a
        machine with other work, the rest is theirs. And what took the time in long frames."""
        self.js("longFrames.length = 0")
        with connect(self.devtools(), max_size=None) as browser:
            browser.send(json.dumps({"id": 1, "method": "Tracing.start", "params": {
                "transferMode": "ReportEvents", "traceConfig": {"includedCategories": ["toplevel"]}}}))
            browser.recv()
            work()
            self.later("await new Promise((resolve) => setTimeout(resolve, 300))")
            browser.send(json.dumps({"id": 2, "method": "Tracing.end"}))
            events, said = [], {}
            while said.get("method") != "Tracing.tracingComplete":
                said = json.loads(browser.recv())
                if said.get("method") == "Tracing.dataCollected":
                    events += said["params"]["value"]
        pages = {(one["pid"], one["tid"]) for one in events if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"}
        tasks = [one for one in events if one["name"] == "ThreadControllerImpl::RunTask" and (one["pid"], one["tid"]) in pages]
        assert tasks, "the trace tells of no tasks"
        long = [{"wall": task["dur"] // 1000, "processor": task["tdur"] // 1000} for task in tasks
                if task.get("dur", 0) > 50_000]
        return long, self.js("return longFrames")

    def devtools(self):
        address = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        with urllib.request.urlopen(f"http://{address}/json/version") as answer:
            return json.load(answer)["webSocketDebuggerUrl"]

    def traffic(self):
        """The addresses of requests and WebSockets since the last call."""
        asked = []
        for line in self.driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                asked.append(message["params"]["url"])
        return [address for address in asked if not address.startswith(("data:", "blob:", "about:", "chrome"))]
