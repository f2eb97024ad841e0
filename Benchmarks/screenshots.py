"""Takes pictures of every view, in light, dark and narrow: see script/screenshots."""
import base64
import json
import pathlib
import shutil
import sys
import urllib.parse

from believable import Filled
from chromium import Chromium
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


def namespaces(p):
    p.open("/")


def namespace_menu(p):
    p.open("/")
    p.browser.js("document.querySelector('tbody [data-testid=more]').click()")


def new_namespace(p):
    p.open("/")
    p.click("new-namespace")
    p.browser.until("document.querySelector('dialog[open]')")


def keys(p):
    p.keys(p.filled.settings)


def keys_of_a_large_namespace(p):
    p.keys(p.filled.sessions)


def keys_under_a_prefix(p):
    p.keys(p.filled.settings, "?prefix=web%2F")


def keys_selected(p):
    keys_of_a_large_namespace(p)
    p.choose(4)


def entry(p):
    p.entry(p.filled.settings, "web/banner")


def entry_with_invalid_json(p):
    p.entry(p.filled.settings, "checkout/production/limits")
    p.fill("value", '{\n  "requestsPerMinute": 600,\n  "burst": fifty\n}')


def entry_that_is_not_there(p):
    p.keys(p.filled.settings, "/k/web%2Fnothing")


def new_key(p):
    keys(p)
    p.click("new-key")
    p.browser.until("document.querySelector('kv-entry [data-testid=entry-name]')")


def protected(p):
    p.keys(p.filled.archive)


def empty_namespace(p):
    p.keys(p.filled.empty)


def no_such_prefix(p):
    p.keys(p.filled.settings, "?prefix=nobody%3A")


def bulk_delete(p):
    keys_selected(p)
    p.click("bulk-delete")
    planned(p)


def bulk_copy(p):
    keys_selected(p)
    p.click("bulk-copy")
    planned(p)


def planned(p):
    p.browser.until("document.querySelector('dialog[open] [data-testid=plan]:not([aria-busy])')")


def import_dialog(p):
    keys(p)
    p.click("import")
    p.browser.until("document.querySelector('dialog[open]')")


def export_dialog(p):
    keys(p)
    p.click("export")
    planned(p)


def dock(p):
    follow(p, p.filled.running)
    keys(p)
    p.browser.until("document.querySelector('[data-testid=dock-job]')")
    p.browser.js("sessionStorage.clear()")


def follow(p, job):
    p.open("/")
    p.browser.js("sessionStorage.setItem('followed-jobs', arguments[0])", job["id"])


def job_dialog(p):
    dock(p)
    p.click("dock-open")
    p.browser.until("document.querySelector('dialog[open] [data-testid=job-connection]')?.textContent === 'WebSocket'")


def job_dialog_with_failures(p):
    follow(p, p.filled.damaged)
    p.keys(p.filled.users)
    p.click("dock-open")
    p.browser.until("document.querySelector('[data-testid=job-all-failures]')")
    p.browser.js("sessionStorage.clear()")


def jobs(p):
    assert p.filled.running
    p.open("/jobs")


def jobs_filtered_to_nothing(p):
    p.open("/jobs?kind=rename")


def job_running(p):
    p.open(f"/jobs/{p.filled.running['id']}")


def job_with_failures(p):
    p.open(f"/jobs/{p.filled.damaged['id']}")


def audit(p):
    p.open("/audit")


def help_of_keys(p):
    keys(p)
    p.browser.js("document.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))")
    p.browser.until("document.querySelector('dialog[open]')")


def not_found(p):
    p.open("/")
    p.browser.js("history.pushState(null, '', '/nowhere'); dispatchEvent(new PopStateEvent('popstate'))")


def no_such_namespace(p):
    p.keys("0123456789abcdef0123456789abcdef")


VIEWS = (namespaces, namespace_menu, new_namespace, keys, keys_of_a_large_namespace, keys_under_a_prefix, keys_selected, entry,
         entry_with_invalid_json, entry_that_is_not_there, new_key, protected, empty_namespace, no_such_prefix, bulk_delete, bulk_copy,
         import_dialog, export_dialog, job_dialog, dock, job_dialog_with_failures, jobs, jobs_filtered_to_nothing, job_running,
         job_with_failures, audit, help_of_keys, not_found, no_such_namespace)


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
