"""Takes pictures of every view, in light, dark and narrow: see script/screenshots."""
import base64
import json
import pathlib
import shutil
import sys
import urllib.parse

from believable import Filled
from chromium import Chromium
from picture_views import VIEWS
from program import ROOT, Program

TOKEN = "token-of-the-pictures"
WIDE = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
NARROW = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
MODES = {"light": ("light", WIDE), "dark": ("dark", WIDE), "narrow": ("light", NARROW)}


class Pictures:
    def __init__(self, browser, program, filled, folder):
        self.browser, self.program, self.filled, self.folder = browser, program, filled, folder
        self.mode = ""

    def all(self):
        for self.mode, (scheme, size) in MODES.items():
            self.browser.cdp("Emulation.setEmulatedMedia", features=[
                {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])
            self.browser.cdp("Emulation.setDeviceMetricsOverride", **size)
            for view in VIEWS:
                # What one picture has opened the next one does not see.
                self.browser.driver.get("about:blank")
                view(self)
                self.take(view.__name__.replace("_", "-"))

    def take(self, name):
        self.browser.ready()
        self.browser.later("await document.fonts.ready; await new Promise((resolve) => setTimeout(resolve, 300))")
        picture = self.browser.cdp("Page.captureScreenshot", format="png")
        (self.folder / f"{name}-{self.mode}.png").write_bytes(base64.b64decode(picture["data"]))

    # MARK: going somewhere

    def open(self, path):
        self.browser.open(self.program.url + path)

    def keys(self, namespace, more=""):
        self.open(f"/s/local/n/{namespace}{more}")

    def entry(self, namespace, key):
        self.keys(namespace, "/k/" + urllib.parse.quote(key, safe=""))
        self.browser.until("document.querySelector('kv-entry [data-testid=value]')?.value || document.querySelector('kv-entry .problem')")

    def click(self, name):
        self.browser.click(name)

    def fill(self, name, text):
        self.browser.until(f"document.querySelector('[data-testid={name}]')")
        self.browser.js("""
            const field = document.querySelector(`[data-testid=${arguments[0]}]`);
            field.value = arguments[1];
            field.dispatchEvent(new Event("input", {bubbles: true}));""", name, text)

    def choose(self, count):
        for number in range(count):
            self.browser.js("document.querySelector(`[data-index='${arguments[0]}'] input`).click()", 2 * number)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/screenshots").resolve()
    work = ROOT / ".build/screenshots-data"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    folder.mkdir(parents=True, exist_ok=True)
    # A Cloudflare store whose requests take their time, so that a job in it can be watched.
    with Program(work / "gateway", "--gateway-latency", "150ms") as gateway:
        config = work / "stores.json"
        config.write_text(json.dumps({"stores": [
            {"name": "local", "label": "This machine", "engine": "sqlite"},
            {"name": "production", "label": "Production", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "PICTURES_TOKEN",
             "baseURL": f"{gateway.url}/client/v4", "pace": "5000/300s"}]}))
        with Program(work / "client", "--config", config, environment={"PICTURES_TOKEN": TOKEN}) as program, Chromium(work) as browser:
            Pictures(browser, program, Filled(program), folder).all()
    shutil.rmtree(work, ignore_errors=True)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


main()
