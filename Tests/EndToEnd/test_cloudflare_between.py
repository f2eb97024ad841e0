"""A Cloudflare store, and what stands between it and the API: proxies that refuse, and limits that ask for no pause."""
import threading
import time
import urllib.parse

import pytest

from broken import BrokenDoor, Fault
from server import expect, problem

pytest_plugins = ("two",)
PAGE = b"<!DOCTYPE html><html><title>Access denied</title><body>Blocked by your administrator</body></html>"


def answer(door, status, body, **headers):
    door.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        door.send_header(name.replace("_", "-"), value)
    door.end_headers()
    door.wfile.write(body)
    return True


class Blocks(Fault):
    """As a proxy does that lets nothing through, once it is told to."""

    def __init__(self, status, body=PAGE, **headers):
        self.status, self.body, self.headers, self.blocks = status, body, headers, False

    def before(self, door, method, path):
        return self.blocks and answer(door, self.status, self.body, **self.headers)


class Throttles(Fault):
    """As the API does for some seconds from the first request on, once it is told to."""

    def __init__(self, seconds, **headers):
        self.seconds, self.headers, self.until, self.refused, self.begins = seconds, headers, None, 0, False

    def before(self, door, method, path):
        if not self.begins:
            return False
        self.until = self.until or time.monotonic() + self.seconds
        if time.monotonic() >= self.until:
            return False
        self.refused += 1
        return answer(door, 429, b'{"success":false,"errors":[{"code":971,"message":"Please wait"}]}', **self.headers)


class Fails(Fault):
    """As the API does whose lists of keys are down; it asks for a long pause."""

    def __init__(self):
        self.failed = threading.Event()

    def before(self, door, method, path):
        if "/keys" not in path:
            return False
        self.failed.set()
        return answer(door, 503, b'{"success":false,"errors":[]}', Retry_After="60")


class Notes(Fault):
    def __init__(self):
        self.paths = []

    def before(self, door, method, path):
        self.paths.append((method, path))
        return False


@pytest.fixture
def behind(two):
    """behind(fault): the door, and a client whose store `cloud` is reached through it."""
    doors = []

    def begin(fault):
        gateway = two.gateway()
        doors.append(BrokenDoor(gateway, fault))
        return two.client(gateway, baseURL=f"{doors[-1].url}/client/v4")

    yield begin
    for door in doors:
        door.__exit__()


@pytest.mark.parametrize("status, body, headers, form", [
    (403, PAGE, {"Content_Type": "text/html; charset=UTF-8"}, "an HTML page"), (401, PAGE, {"WWW_Authenticate": "Basic"}, "an HTML page"),
    (403, b"error code: 1020", {"Content_Type": "text/plain"}, "another body"), (403, b"", {}, "without a body"),
    (407, PAGE, {}, "an HTML page"), (302, b"", {"Location": "https://login.example/"}, "without a body"), (200, PAGE, {}, "an HTML page")])
def test_a_proxy_that_refuses_is_not_taken_for_a_refused_token(behind, status, body, headers, form):
    fault = Blocks(status, body, **headers)
    client = behind(fault)
    namespace = client.namespace(store="cloud")
    fault.blocks = True
    for asked in (namespace.path, f"{namespace.path}/keys"):
        detail = problem(client.api("GET", asked), 503, "store_unavailable")["detail"]
        assert form in detail and f"status {status}" in detail and "proxy" in detail and "token was not refused" in detail
    fault.blocks = False
    expect(client.api("GET", namespace.path), 200)


def test_a_refused_token_stays_one(behind):
    fault = Blocks(403, b'{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}')
    client = behind(fault)
    fault.blocks = True
    assert "API token" in problem(client.api("GET", "/api/stores/cloud/namespaces"), 502, "store_unauthorized")["detail"]


@pytest.mark.parametrize("headers", [{"Retry_After": "0"}, {"Retry_After": "0", "Ratelimit": '"default";r=9;t=1'}, {"Retry_After": "-1"}])
def test_a_limit_that_asks_for_no_pause_gets_one_that_grows(behind, headers):
    fault = Throttles(2, **headers)
    client = behind(fault)
    namespace = client.namespace(store="cloud")
    fault.begins = True
    expect(client.api("GET", namespace.value("k")), 404)
    # Two requests at once, each with pauses of 0.1 to 0.3 seconds, 0.2 to 0.6, 0.4 to 1.2, and so on.
    assert 3 <= fault.refused <= 10


@pytest.mark.parametrize("request_, state", [("cancel", "cancelled"), ("pause", "paused"), (None, None)])
def test_a_job_that_waits_to_try_again_stops_at_once(behind, request_, state):
    fault = Fails()
    client = behind(fault)
    namespace = client.namespace(store="cloud")
    job = client.start_job(namespace.job("export"))
    assert fault.failed.wait(10)
    begun = time.monotonic()
    if request_:
        expect(client.api("POST", f"/api/jobs/{job['id']}/{request_}"), 202)
        client.wait_for_job(job["id"], until=lambda found: found["state"] == state, within=5)
    else:
        assert client.terminate() == 0
    assert time.monotonic() - begun < 5


def test_a_request_for_one_key_says_that_it_is_encoded_as_wrangler_does(behind):
    fault = Notes()
    client = behind(fault)
    namespace = client.namespace(store="cloud")
    keys = ["a^b", "...", "a\x1fb", "a/b%2F", "é &?#+"]
    for key in keys:
        namespace.put(key, b"\xff", metadata={"of": key})
        assert namespace.bytes(key) == b"\xff" and namespace.read(key)["metadata"] == {"of": key}
        expect(client.api("DELETE", namespace.entry(key)), 204)
    single = [path for _, path in fault.paths if "/values/" in path or "/metadata/" in path]
    others = [path for _, path in fault.paths if path not in single]
    assert {urllib.parse.unquote(path.split("?")[0].split("/")[-1]) for path in single} >= set(keys)
    assert all(urllib.parse.parse_qs(path.partition("?")[2])["url_encoded"] == ["true"] for path in single)
    assert not any("url_encoded" in path for path in others)
