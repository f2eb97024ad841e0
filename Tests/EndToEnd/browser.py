"""A browser as the tests use it, of any engine: driven by Selenium without a window, its console and requests in sight.

A test runs in Chromium; one that is marked `every_engine` in each. KV_MANAGER_BROWSERS ("chromium,firefox") names fewer."""
import importlib.util
import os
import pathlib
import urllib.parse

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from engines import ENGINES, WIDE
from gate import Gate

AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0], "axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A dialog is looked at by itself, for the page behind it cannot be used; what still fades in would have too little contrast.
RUN_AXE = """
const done = arguments[arguments.length - 1];
const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
Promise.allSettled(moving.map((one) => one.finished))
    .then(() => axe.run(document.querySelector("dialog:modal") ?? document, {runOnly: arguments[0], resultTypes: ["violations"]}))
    .then(({violations}) => violations.map((one) => one.id + ": " + one.nodes.map((node) => node.target + " " + node.failureSummary)))
    .then(done, (error) => done([String(error)]));
"""


class Browser:
    def __init__(self, engine, folder):
        self.name, self.downloads = engine, folder / "downloads"
        self.downloads.mkdir()
        self.engine = ENGINES[engine](folder, self.downloads)
        self.driver = self.engine.driver
        self.driver.set_script_timeout(60)
        self.gate, self.base = None, ""

    def quit(self):
        self.engine.quit()

    # MARK: going somewhere

    def open(self, path):
        self.driver.get(self.base + path)
        self.ready()
        return self

    def ready(self):
        """Waits until the view has loaded what it shows."""
        self.wait(lambda: self.js("return document.body.dataset.ready === '1'"))

    def loaded(self):
        """Waits until nothing is under way any more that belongs to the loading of the page, an icon say."""
        self.wait(lambda: self.js("return document.readyState === 'complete'"))

    def size(self, width, height):
        self.engine.size(width, height)
        self.wait(lambda: self.js("return innerWidth") == width)

    def prefers(self, theme="light", calm=False):
        """What the system would say that its user likes: a theme, and whether things are to move."""
        self.engine.prefer(theme == "dark", calm)
        asked = "return ['(prefers-color-scheme: dark)', '(prefers-reduced-motion)'].map((one) => matchMedia(one).matches)"
        self.wait(lambda: self.js(asked) == [theme == "dark", calm])

    def letters(self, scale):
        """Enlarges the letters and nothing else."""
        self.engine.letters(scale)

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
        """Clicks, and brings to the middle first what lies under something else, the head of a low window say."""
        def act():
            element = self._free(name, inside)
            try:
                element.click()
            except WebDriverException:
                self.js("arguments[0].scrollIntoView({block: 'center'})", element)
                raise
            return True

        self.wait(act)

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
        return self.engine.errors()

    def traffic(self):
        """Requests and WebSockets since the last call, as method and path."""
        return self.gate.traffic()

    def sockets(self):
        """How many WebSockets there were since the last call."""
        return len([one for one in self.traffic() if one[0] == "WEBSOCKET"])

    def axe(self, *rules):
        """What axe finds wrong with the page as it stands, by all of its rules or by some."""
        if not self.js("return 'axe' in window"):
            self.js(AXE.read_text())
        return self.driver.execute_async_script(RUN_AXE, {"type": "rule", "values": rules} if rules else RULES)


def pytest_generate_tests(metafunc):
    if "browser" not in metafunc.fixturenames:
        return
    wanted = os.environ.get("KV_MANAGER_BROWSERS", ",".join(ENGINES)).split(",")
    assert set(wanted) <= set(ENGINES), f"KV_MANAGER_BROWSERS names others than {', '.join(ENGINES)}"
    marked = metafunc.definition.get_closest_marker("every_engine")
    those = marked.args or ENGINES if marked else ["chromium"]
    left_out = pytest.mark.skip(reason="KV_MANAGER_BROWSERS does not name its engine")
    run = [one for one in those if one in wanted] or [pytest.param(one, marks=left_out) for one in those]
    metafunc.parametrize("engine", run, indirect=True, scope="session")


@pytest.fixture(scope="session")
def browser(engine, tmp_path_factory):
    browser = Browser(engine, tmp_path_factory.mktemp(engine))
    yield browser
    browser.quit()


@pytest.fixture
def gate(server):
    gate = Gate(server)
    yield gate
    gate.close()
    assert gate.longest_head <= 4_096


@pytest.fixture
def page(browser, gate):
    """The browser before the module's server, light, wide, its storage empty; the console must stay clean."""
    yield from _before(browser, gate)


@pytest.fixture
def gated(browser, gate):
    """The same where connections are cut. That is an error to the console, so nothing is asked of it here."""
    yield from _before(browser, gate, strict=False)


def _before(browser, gate, strict=True):
    browser.gate, browser.base = gate, gate.url
    for one in browser.downloads.iterdir():
        one.unlink()
    browser.open("/")
    browser.size(*WIDE)
    browser.prefers("light")
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
