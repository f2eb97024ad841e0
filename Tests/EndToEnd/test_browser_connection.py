"""How the dialog learns of progress when WebSockets are dropped, forbidden, or the server goes away."""
import signal

import pytest
from server import expect
from test_browser_jobs import copy_to, ended, many, show, watched  # noqa: F401  (`many` is a fixture)

pytest_plugins = ("browser",)
pytestmark = pytest.mark.every_engine


@pytest.fixture
def frozen(server):
    """Stops the server's clock, so that a job lasts as long as a test needs it to."""
    def freeze():
        server.process.send_signal(signal.SIGSTOP)

    def thaw():
        server.process.send_signal(signal.SIGCONT)

    yield freeze, thaw
    thaw()


def test_a_cut_socket_is_opened_again(gated, gate, many, server, frozen):
    freeze, thaw = frozen
    target = server.namespace("after-a-cut")
    show(gated, many)
    copy_to(gated, target)
    gated.reads("job-connection", "WebSocket")
    freeze()
    gate.cut_sockets()
    gated.reads("job-connection", "Reconnecting")
    assert gate.sockets <= 1
    thaw()
    seen = watched(gated, ended)
    assert seen[-1][1] == "Completed"
    assert gate.opened >= 2
    gated.gone("job-dialog", within=10)
    gated.wait(lambda: gate.sockets == 0)


def test_forbidden_sockets_lead_to_polling(gated, gate, many, server, frozen):
    freeze, thaw = frozen
    gate.forbids_sockets = True
    target = server.namespace("polled")
    show(gated, many)
    if gated.name != "chromium":
        # How long each wait is need be shown in one engine only.
        gated.js("window.later = setTimeout; window.setTimeout = (act, after) => later(act, after / 10)")
    copy_to(gated, target)
    gated.reads("job-connection", "Reconnecting")
    freeze()
    gated.reads("job-connection", "Polling", within=40)
    gated.js("if (window.later) window.setTimeout = later")
    thaw()
    seen = watched(gated, ended)
    assert seen[-1][:2] == ["Polling", "Completed"]
    assert gate.opened == 0
    gated.gone("job-dialog", within=10)


def test_the_dialog_finds_its_job_again_when_the_server_comes_back(gated, gate, many, server):
    target = server.namespace("restarted")
    show(gated, many)
    copy_to(gated, target)
    gated.reads("job-connection", "WebSocket")
    job = gated.one("job-dialog").get_attribute("data-job")
    server.kill()
    gated.reads("job-connection", "Reconnecting")
    server.start()
    seen = watched(gated, ended)
    state = server.wait_for_job(job)["state"]
    assert seen[-1][1].lower() == state and state in ("completed", "failed")
    if state == "failed":
        assert gated.one("job-error").text
        gated.click("job-close")
    gated.gone("job-dialog", within=10)


def test_two_tabs_follow_one_job_by_one_socket_each(page, many, server):
    target = server.namespace("two-tabs")
    show(page, many)
    page.traffic()
    copy_to(page, target)
    job = page.one("job-dialog").get_attribute("data-job")
    expect(server.api("POST", f"/api/jobs/{job}/pause"), 202)
    page.reads("job-state", "Paused")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.open(f"/jobs/{job}")
    page.reads("job-connection", "WebSocket")
    assert page.sockets() == 2
    expect(server.api("POST", f"/api/jobs/{job}/resume"), 202)
    page.says("job-title", "Copied", within=60)
    page.driver.close()
    page.driver.switch_to.window(first)
    page.gone("job-dialog", within=20)
    assert page.sockets() == 0
