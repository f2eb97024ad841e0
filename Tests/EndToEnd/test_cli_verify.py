"""`kv-manager verify`: it passes on a healthy server, and each of its checks fails on one that is broken in just that way."""
import contextlib
import itertools
import json
import re
import signal
import subprocess
import threading
import xml.etree.ElementTree as xml

import pytest
from broken import Answers, BrokenDoor, Changes, CutsSockets, Delays, HoldsSockets, Refuses, RefusesSockets
from cli import CommandLine
from server import ENDED, binary
from websockets.sync.client import connect

pytest_plugins = ("two",)
KEYS = [*(f"key with {kind}" for kind in ("/", "//", "..", "%", "\\", ";", "?", "a space")), "key beyond ASCII", "key of 512 bytes"]
NAMES = ["figures", "alive", "ready", "version", "page", "security headers", "create", "put and get", "list", "import", "copy",
         "export and import", "cancel", "delete, live", "create", *KEYS, "headers of 3 KB", "large value", "ETag", "origin",
         "latency from here", "figures", "idle requests", "open WebSockets", "throttled", "errors", "latency", "clean up"]
IDLE = ["pause", "held answer", "idle WebSocket"]


def verify(url, *words, status=0, **how):
    idle = [] if "--idle" in words else ["--idle", "0"]
    return CommandLine("--server", url, **how)("verify", "--output", "json", *idle, *words, status=status).json


def failed(url, *words):
    """The names of the checks that do not hold, with what was seen."""
    report = verify(url, *words, status=1)
    assert report["passed"] is False
    return {check["name"]: check["seen"] for check in report["checks"] if not check["passed"]}


def left(server):
    """Namespaces, and jobs that have not ended."""
    jobs = [job for job in server.get("/api/jobs?limit=1000")["jobs"] if job["state"] not in ENDED]
    return server.get("/api/stores/local/namespaces?query=kv-manager-verify-")["namespaces"] + jobs


# MARK: a healthy server

def test_all_holds_on_a_healthy_server(fresh_server):
    report = verify(fresh_server.url, "--watch", "1")
    assert [check["name"] for check in report["checks"]] == NAMES
    assert report["passed"] and all(check["passed"] for check in report["checks"])
    assert left(fresh_server) == []
    # Without a sign of a proxy, no WebSocket is left idle.
    assert sum(check["seconds"] for check in report["checks"]) < 8


def test_a_socket_may_be_idle_beside_the_other_checks(fresh_server):
    report = verify(fresh_server.url, "--watch", "1", "--idle", "2s")
    assert report["passed"] and sorted(check["name"] for check in report["checks"]) == sorted(NAMES + IDLE)
    assert left(fresh_server) == []


def test_all_holds_through_a_door_that_breaks_nothing(server):
    with BrokenDoor(server) as door:
        assert verify(door.url, "--watch", "0")["passed"]


def test_all_holds_on_a_cloudflare_store_for_few_requests(two):
    gateway, client = two()
    report = verify(client.url, "--store", "cloud", "--watch", "0", "--idle", "1")
    assert report["passed"], [check for check in report["checks"] if not check["passed"]]
    assert "idle WebSocket" in [check["name"] for check in report["checks"]]
    assert gateway.get("/api/gateway/usage")["requests"] < 200
    assert left(gateway) == []


def test_people_read_a_checklist_and_programs_a_report(server):
    text = CommandLine("--server", server.url)("verify", "--watch", "0").text
    assert "✓ Immediate   alive" in text and text.splitlines()[-1] == f"{len(NAMES) - 1} of {len(NAMES) - 1} hold."
    suite = xml.fromstring(CommandLine("--server", server.url)(
        "verify", "--watch", "0", "--expect-version", "0.0.1", "--output", "junit", status=1).text)
    assert (suite.get("tests"), suite.get("failures")) == (str(len(NAMES) - 1), "1")
    assert suite.find("testcase/failure").get("message").endswith("not 0.0.1")


# MARK: broken in one way

def without(name):
    return lambda headers: [(key, value) for key, value in headers if key.lower() != name]


def other_byte(body):
    return body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]


def first_lost(body):
    page = json.loads(body)
    page["keys"] = page["keys"][1:]
    return json.dumps(page).encode()


def bare(body):
    page = json.loads(body)
    page["keys"] = [{k: v for k, v in key.items() if k != "metadata"} for key in page["keys"]]
    return json.dumps(page).encode()


@pytest.mark.parametrize("name, fault, seen", [
    ("alive", Refuses(429, "/healthz"), "429"),
    ("alive", Changes("/healthz", body=lambda _: b'{"status":"dying"}'), "dying"),
    ("ready", Refuses(503, "/readyz"), "503"),
    ("version", Changes("/api/version", body=lambda _: b"<html>"), "JSON"),
    ("page", Refuses(404, "/lib/dom.js"), "404"),
    ("page", Changes("/styles.css", headers=lambda headers: [*without("content-type")(headers), ("Content-Type", "text/plain")]), "text/plain"),
    ("security headers", Changes("", headers=without("content-security-policy")), "default-src"),
    ("security headers", Changes("", headers=without("x-content-type-options")), "X-Content-Type-Options"),
    ("security headers", Changes("/api/version", headers=lambda headers: [*headers, ("Access-Control-Allow-Origin", "*")]), "*"),
    ("figures", Refuses(404, "/metrics"), "404"),
    ("create", Refuses(500, "/namespaces", "POST"), "500"),
    ("put and get", Changes("key=verify%2F0", body=lambda body: body and other_byte(body)), "another"),
    ("list", Changes("/keys?", body=bare), "metadata"),
    ("import", Refuses(500, "/import", "POST"), "500"),
    ("copy", Changes("/keys?", body=first_lost, from_time=5), "arrived"),
    ("export and import", Changes("/download", body=other_byte, from_time=2), "another"),
    ("export and import", Changes("/download", body=lambda body: body[:-1]), "bytes"),
    ("cancel", Refuses(500, "/cancel", "POST"), "500"),
    ("cancel", Answers("/cancel", b'{"state":"running"}'), "completed after 32,003 keys, told so"),
    ("figures", Changes("/metrics", body=lambda _: b"kv_manager_info 1\n"), "does not report"),
    ("figures", Changes("/metrics", body=lambda body: re.sub(rb"(?m)^kv_http_requests_total.*$", b"", body)), "counts no requests"),
    ("latency", Changes("/metrics", body=lambda body: re.sub(rb"(?m)^kv_http_request_duration.*$", b"", body)), "times no requests"),
    ("open WebSockets", Changes("/metrics", body=lambda body, more=itertools.count(): re.sub(
        rb"(?m)^kv_websockets_opened_total .*$", b"kv_websockets_opened_total %d" % next(more), body)), "1 opened, more than 0"),
    ("delete, live", RefusesSockets(), "not with a WebSocket"),
    ("key with /", Refuses(404, "/values/one%2Ftwo", "PUT"), "404 Not Found, not by KV Manager"),
    ("key with ..", Changes("/values/five%2F..%2Fsix", body=lambda _: b'{"name":"six"}'), 'was written as "six"'),
    ("key with ?", Changes("key=thirteen", body=other_byte), "reads another value"),
    ("headers of 3 KB", Refuses(431, "key=headers", "PUT"), "431"),
    ("headers of 3 KB", Changes("/values?key=headers", headers=without("kv-metadata")), "not as it is stored"),
    ("large value", Refuses(413, "key=large", "PUT"), "413"),
    ("large value", Changes("key=large", body=lambda body: body[1:]), "another"),
    ("ETag", Changes("/entries?key=etag", headers=lambda headers: [*without("etag")(headers), ("ETag", 'W/"1"')]), 'arrived as W/"1"'),
    ("ETag", Changes("/values?key=etag", headers=without("etag"), from_time=2), "arrived as nothing"),
    ("origin", Refuses(403, "key=origin", "PUT"), "403"),
    ("delete, live", CutsSockets(), "closed with nothing"),
    ("latency from here", Delays(), "more than 250"),
])
def test_what_is_broken_is_found(server, name, fault, seen):
    limits = ["--max-p99", "250"] if isinstance(fault, Delays) else []
    with BrokenDoor(server, fault) as door:
        found = failed(door.url, "--watch", "0", *limits)
    assert name in found and seen in found[name], found
    assert left(server) == []


def test_what_cannot_be_removed_is_said(fresh_server):
    with BrokenDoor(fresh_server, Refuses(500, "/namespaces/", "DELETE")) as door:
        assert "500" in failed(door.url, "--watch", "0")["clean up"]
    assert len(left(fresh_server)) == 4


def test_no_server_is_a_failure_of_every_check_that_needs_one():
    assert "alive" in failed("http://127.0.0.1:9", "--watch", "0")
    assert "--server" in CommandLine()("verify", status=64).errors


# MARK: the figures of the server

@contextlib.contextmanager
def meanwhile(act):
    """Does something again and again in the background."""
    over = threading.Event()

    def work():
        while not over.is_set():
            act()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


def test_polling_while_idle_is_found(server):
    with meanwhile(lambda: server.api("GET", "/api/stores")):
        found = failed(server.url, "--watch", "1")
    assert "more than 100" in found["idle requests"]
    with meanwhile(lambda: server.api("GET", "/api/stores")):
        assert verify(server.url, "--watch", "1", "--max-idle-requests-per-minute", "1000000")["passed"]


def test_a_leaked_socket_is_found(server):
    space = server.namespace().fill(60_000)
    job = server.start_job(space.job("delete"))
    server.api("POST", f"/api/jobs/{job['id']}/pause")
    server.wait_for_job(job["id"], until=lambda one: one["state"] == "paused")
    with connect(f"{server.websocket_url}/api/jobs/{job['id']}/progress"):
        assert failed(server.url, "--watch", "0") == {"open WebSockets": "1 open, more than 0"}
        assert verify(server.url, "--watch", "0", "--max-websockets", "1")["passed"]


def test_answers_429_are_found(start):
    server = start("--gateway-quota", "1/300s")
    path = "/client/v4/accounts/local/storage/kv/namespaces"
    with meanwhile(lambda: server.api("GET", path)):
        assert "more than 0" in failed(server.url, "--watch", "0")["throttled"]


def test_errors_are_found(start, tmp_path):
    (tmp_path / "server").mkdir()
    (tmp_path / "server/config.json").write_text(json.dumps({"stores": [{
        "name": "away", "engine": "cloudflare", "accountID": "a", "apiTokenEnv": "TOKEN", "baseURL": "http://127.0.0.1:9"}]}))
    server = start("--config", "config.json", environment={"TOKEN": "t"}, name="server")
    found = failed(server.url, "--watch", "0")
    assert "away" in found["ready"] and "more than 0" in found["errors"]


# MARK: its end

def ended_by(number, url, behind, *words):
    """The exit status after a signal, sent when the check of this name is done."""
    running = subprocess.Popen([binary(), "verify", "--server", url, "--watch", "600", *words], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    for line in running.stdout:
        if behind in line:
            break
    running.send_signal(number)
    return running.wait(timeout=15)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_it_nothing_is_left(fresh_server, number):
    assert ended_by(number, fresh_server.url, "latency from here", "--idle", "600s") == 130
    assert left(fresh_server) == []


def test_through_a_proxy_a_socket_is_idle_unless_that_is_skipped(fresh_server):
    with BrokenDoor(fresh_server) as door:
        assert ended_by(signal.SIGINT, door.url, "pause") == 130
    assert left(fresh_server) == []


def test_it_can_be_ended_while_a_proxy_holds_a_socket_back(fresh_server):
    with BrokenDoor(fresh_server, HoldsSockets()) as door:
        assert ended_by(signal.SIGINT, door.url, "cancel", "--idle", "0") == 130
    assert left(fresh_server) == []


def test_a_server_that_goes_away_meanwhile_is_still_reported(fresh_server):
    class Goes(Refuses):
        times = 0

        def before(self, door, method, path):
            self.times += path == "/metrics"
            return path == "/metrics" and self.times > 1 and door.refuse(502)

    with BrokenDoor(fresh_server, Goes(502, "")) as door:
        assert "502" in failed(door.url, "--watch", "0")["figures"]
