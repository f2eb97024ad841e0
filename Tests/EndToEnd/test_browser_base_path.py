"""The interface below a path: it loads, follows a job, and comes back to where it was, and asks for nothing beside the path."""
import pytest
from server import Server

pytest_plugins = ("browser",)
BASE = "/tools/kv"


@pytest.fixture(scope="module")
def server(engine, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("below"), "--base-path", BASE).start()
    yield server
    assert server.terminate() == 0, server.printed()


@pytest.fixture
def gate(gate):
    """What it leads to lies below the path."""
    gate.url += BASE
    return gate


def test_everything_works_below_a_path_and_nothing_is_asked_beside_it(page, server):
    space = server.namespace("sessions").fill(30_000)
    keys = f"/s/local/n/{space.id}"

    def at(path):
        page.wait(lambda: page.path == BASE + path)

    # From the start to a namespace by links, and back by the browser.
    page.open("/")
    page.wait(lambda: page.js("return document.querySelector(`main a[href='${arguments[0]}']`)", BASE + keys)).click()
    at(keys)
    page.wait(lambda: len(page.names()) > 10)
    assert page.js("return document.querySelector('kv-rail [aria-current]').textContent").startswith("sessions")
    page.driver.back()
    at("/")
    page.driver.forward()
    at(keys)
    page.ready()

    # A deep link reloads, and its value is downloaded from below the path.
    page.open(f"{keys}/k/key%3A000007?prefix=key")
    page.driver.refresh()
    page.ready()
    page.wait(lambda: page.js("return document.querySelector('textarea')?.value") == f"{7:020}")
    assert page.one("download").get_attribute("href").startswith(page.base + "/api/")

    # An export is followed by a socket, and its file arrives.
    page.open(keys).click("export")
    page.click("export-dialog-submit")
    lines = page.landed(".ndjson").read_text().splitlines()
    assert len(lines) == 30_000
    page.wait(lambda: page.all("job-download"))

    # The histories, their filters, and an address that leads nowhere.
    page.click("jobs-link")
    at("/jobs")
    page.click("audit-link")
    at("/audit")
    page.type("filter-key", "x")
    page.wait(lambda: page.path == f"{BASE}/audit?key=x")
    page.click("clear-filters")
    at("/audit")
    page.click("monitor-link")
    at("/monitor")
    page.open("/s/nonsense").sees("Page not found")

    seen = page.traffic()
    assert "WEBSOCKET" in {method for method, _ in seen}, seen
    assert [path for _, path in seen if not path.startswith(f"{BASE}/")] == []
