"""A browser as the tests use it: Chromium without a window, driven by Selenium, with its console and requests in sight."""
import importlib.util
import json
import os
import pathlib
import urllib.parse

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from gate import Gate

AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0], "axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then(
    (result) => done(result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target + " " + node.failureSummary))),
    (error) => done([String(error)]));
"""


class Browser:
    def __init__(self, folder):
        self.downloads = pathlib.Path(folder)
        self.downloads.mkdir(parents=True, exist_ok=True)
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        options.add_argument("--headless=new")
        if os.getuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        options.add_experimental_option("prefs", {"download.default_directory": str(self.downloads)})
        service = Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_script_timeout(60)
        self.base = ""
        self.size(1440, 900)

    def quit(self):
        self.driver.quit()

    # MARK: going somewhere

    def open(self, path):
        self.driver.get(self.base + path)
        self.ready()
        return self

    def ready(self):
        """Waits until the view has loaded what it shows."""
        self.wait(lambda: self.js("return document.body.dataset.ready === '1'"))

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def theme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"features": [{"name": "prefers-color-scheme", "value": name}]})

    @property
    def path(self):
        address = urllib.parse.urlsplit(self.driver.current_url)
        return address.path + ("?" + address.query if address.query else "")

    # MARK: looking and acting

    def js(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def wait(self, test, within=20):
        """Until something holds; a page that is being rebuilt meanwhile counts as not yet."""
        waiting = WebDriverWait(self.driver, within, 0.03, ignored_exceptions=[WebDriverException, IndexError])
        return waiting.until(lambda _: test())

    def all(self, name, inside=""):
        return self.driver.find_elements(By.CSS_SELECTOR, f'{inside} [data-testid="{name}"]')

    def one(self, name, inside="", within=20):
        return self.wait(lambda: [one for one in self.all(name, inside) if one.is_displayed()][0], within)

    def click(self, name, inside=""):
        self.wait(lambda: self._free(name, inside).click() or True)

    def _free(self, name, inside=""):
        """The first that can be seen and used."""
        return [one for one in self.all(name, inside) if one.is_displayed() and one.is_enabled()][0]

    def type(self, name, text):
        field = self.one(name)
        field.clear()
        field.send_keys(text)

    def attach(self, name, file):
        """Gives a file to a field for one, which may be out of sight."""
        self.wait(lambda: self.all(name)[0].send_keys(str(file)) or True)

    def text(self, name):
        """What an element says, or nothing when there is none."""
        return self.js("return document.querySelector(`[data-testid='${arguments[0]}']`)?.textContent ?? ''", name)

    def says(self, name, words, within=20):
        self.wait(lambda: words in self.text(name), within)

    def sees(self, words, within=20):
        """Until the view shows some words."""
        self.wait(lambda: words in self.js("return document.querySelector('main').innerText"), within)

    def reads(self, name, words, within=20):
        self.wait(lambda: self.text(name) == words, within)

    def gone(self, name, within=20):
        self.wait(lambda: not self.all(name), within)

    def names(self):
        """The keys whose rows are in the page, in their order."""
        return self.js("""return [...document.querySelectorAll('[data-testid="key-row"]')]
            .sort((a, b) => a.dataset.index - b.dataset.index).map((row) => row.dataset.key)""")

    def landed(self, end, within=60):
        """The whole of a downloaded file, by the end of its name."""
        def whole():
            return [one for one in self.downloads.iterdir() if one.name.endswith(end) and one.stat().st_size > 0]

        return self.wait(lambda: whole()[0], within)

    # MARK: what went on behind

    def errors(self):
        """What the console held against us since the last call."""
        return [one["message"] for one in self.driver.get_log("browser") if one["level"] in ("SEVERE", "WARNING")]

    def traffic(self):
        """Requests and WebSockets since the last call, as method and address. A data: address holds its own content
        (Chromium draws the icons of its date fields so) and asks nobody for anything."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                request = message["params"]["request"]
                if not request["url"].startswith("data:"):
                    found.append((request["method"], request["url"]))
            elif message["method"] == "Network.webSocketCreated":
                found.append(("WEBSOCKET", message["params"]["url"]))
        return found

    def axe(self):
        """What axe finds wrong with the page as it stands."""
        self.js(AXE.read_text())
        return self.driver.execute_async_script(RUN_AXE, RULES)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser") / "downloads")
    yield browser
    browser.quit()


@pytest.fixture
def page(browser, server):
    """The browser before the module's server, light, wide, its storage empty; the console must stay clean."""
    yield from _before(browser, server.url)


@pytest.fixture
def gate(server):
    gate = Gate(server)
    yield gate
    gate.close()


@pytest.fixture
def gated(browser, gate):
    """The same behind a gate. A cut connection is an error to the console, so nothing is asked of that here."""
    yield from _before(browser, gate.url, strict=False)


def _before(browser, url, strict=True):
    browser.base = url
    browser.size(1440, 900)
    browser.theme("light")
    for one in browser.downloads.iterdir():
        one.unlink()
    browser.open("/")
    browser.js("sessionStorage.clear(); localStorage.clear()")
    browser.open("/")
    browser.errors()
    browser.traffic()
    yield browser
    errors = browser.errors()
    # A page that is left with unsaved changes asks; this one does not stay for the next test.
    browser.js("window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")
    browser.driver.get("about:blank")
    assert not strict or errors == []
