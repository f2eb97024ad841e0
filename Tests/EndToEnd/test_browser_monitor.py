"""The view for those who watch: its figures are true, and it asks only while somebody looks."""
import pytest

pytest_plugins = ("browser",)


def asked(page):
    return len([path for _, path in page.traffic() if path.endswith("/api/monitor")])


@pytest.mark.every_engine
def test_what_happens_is_seen(page, server, namespace):
    namespace.fill(2000)
    page.open("/").click("monitor-link")
    page.says("monitor-facts", "WebSockets open")
    assert "0" in page.text("chart-errors")
    # A stretch that is over is drawn: the import lies in it then.
    page.wait(lambda: "0 at most" not in page.js(
        "return document.querySelector('[data-testid=chart-keys] svg').getAttribute('aria-label')"), within=30)
    page.says("log", "listening")


def test_it_asks_again_while_it_is_open_and_no_more_when_it_is_left(page):
    page.open("/monitor")
    page.says("monitor-facts", "WebSockets open")
    page.traffic()
    page.wait(lambda: asked(page) >= 1, within=15)
    page.open("/jobs")
    page.traffic()
    # The time in which it would have asked.
    page.driver.execute_async_script("setTimeout(arguments[0], 11_000)")
    assert page.traffic() == []


def test_a_server_that_is_gone_is_told_and_asked_again(page):
    page.open("/monitor")
    page.says("monitor-facts", "WebSockets open")
    page.js("window.realFetch = fetch; window.fetch = () => Promise.reject(new TypeError('gone'));"
            "document.dispatchEvent(new Event('visibilitychange'))")
    page.wait(lambda: page.driver.find_elements("css selector", "main .failed"))
    page.js("window.fetch = window.realFetch; document.dispatchEvent(new Event('visibilitychange'))")
    page.says("monitor-facts", "WebSockets open")
