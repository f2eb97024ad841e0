"""Host names as people, proxies and load balancers write them: in Host, in Origin and in --allowed-host."""
import json

import pytest

from cli import CommandLine
from server import Server, expect, problem
from sockets import exchange

ALLOWED = ["https://kv.example.com", "*.team.example", "bücher.example", " other.example:443/"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    options = [option for host in ALLOWED for option in ("--allowed-host", host)]
    server = Server(tmp_path_factory.mktemp("hosts"), *options).start()
    yield server
    assert server.terminate() == 0, server.printed()


@pytest.mark.parametrize("host", [
    "kv.example.com", "kv.example.com:443", "KV.EXAMPLE.COM.", "kv.example.com.:8787", "a.team.example", "a.b.team.example",
    "xn--bcher-kva.example", "other.example", "localhost.", "127.0.0.1."])
def test_answers_to_its_names_in_every_spelling(server, host):
    expect(server.api("GET", "/api/stores", headers={"Host": host}), 200)


@pytest.mark.parametrize("host", ["example.com", "team.example", "evilteam.example", "kv.example.com.evil.example", "bucher.example"])
def test_answers_to_no_name_beside_them(server, host):
    problem(server.api("GET", "/api/stores", headers={"Host": host}), 421, "host_not_allowed")


def asked(server, host, origin):
    return server.api("POST", "/api/stores/local/namespaces", json={}, headers={"Host": host, "Origin": origin})


@pytest.mark.parametrize("host, origin", [
    ("kv.example.com:443", "https://kv.example.com"), ("kv.example.com", "https://kv.example.com:443"),
    ("kv.example.com:80", "http://kv.example.com"), ("kv.example.com", "http://kv.example.com:80"),
    ("kv.example.com.", "https://kv.example.com"), ("kv.example.com:8443", "https://KV.example.com.:8443"),
    ("[::1]:80", "http://[0::1]"), ("xn--bcher-kva.example", "https://xn--bcher-kva.example")])
def test_a_default_port_makes_no_other_origin(server, host, origin):
    problem(asked(server, host, origin), 400, "invalid_request")
    socket = {"Host": host, "Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
              "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    problem(server.api("GET", "/api/jobs/none/progress", headers=socket), 404, "job_not_found")


@pytest.mark.parametrize("host, origin", [
    ("kv.example.com:443", "http://kv.example.com"), ("kv.example.com:80", "https://kv.example.com"),
    ("kv.example.com", "https://kv.example.com:8443"), ("kv.example.com:8443", "https://kv.example.com"),
    ("kv.example.com", "https://a.team.example"), ("kv.example.com", "https://kv.example.com/"),
    ("kv.example.com", "https://kv.example.com, https://kv.example.com"), ("kv.example.com", "ftp://kv.example.com"), ("kv.example.com", "")])
def test_another_port_scheme_or_name_is_another_origin(server, host, origin):
    problem(asked(server, host, origin), 403, "forbidden_origin")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz?from=lb"])
@pytest.mark.parametrize("head", ["GET {} HTTP/1.0\r\n", "HEAD {} HTTP/1.0\r\n", "GET {} HTTP/1.0\r\nHost:\r\n", "GET {} HTTP/1.1\r\nConnection: close\r\n"])
def test_health_is_told_to_a_load_balancer_that_names_no_host(server, path, head):
    status, _, body = exchange(server, f"{head.format(path)}\r\n".encode())
    assert status == 200, body


@pytest.mark.parametrize("head", [
    "GET /api/stores HTTP/1.0\r\n", "GET /metrics HTTP/1.0\r\n", "GET / HTTP/1.0\r\n", "POST /healthz HTTP/1.0\r\n", "GET /healthz/ HTTP/1.0\r\n",
    "GET /api/stores HTTP/1.1\r\nConnection: close\r\n"])
def test_everything_else_needs_a_host(server, head):
    status, _, body = exchange(server, f"{head}\r\n".encode())
    assert (status, json.loads(body)["code"]) == (400, "invalid_request")
    assert "has no Host" in json.loads(body)["detail"]


@pytest.mark.parametrize("head", ["GET /healthz HTTP/1.0\r\nHost: evil.example\r\n", "GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n"])
def test_a_health_check_of_another_host_stays_refused(server, head):
    assert exchange(server, f"{head}\r\n".encode())[0] in (400, 421)


def test_health_is_told_without_a_host_below_a_base_path(tmp_path):
    server = Server(tmp_path, "--base-path", "/kv").start()
    try:
        assert exchange(server, b"GET /kv/healthz HTTP/1.0\r\n\r\n")[0] == 200
        assert exchange(server, b"GET /healthz HTTP/1.0\r\n\r\n")[0] == 400
    finally:
        assert server.terminate() == 0


@pytest.mark.parametrize("host, advice", [
    ("kv.example.com/kv", "--base-path"), ("*", "*.example.com"), ("a.example b.example", "commas"), ("kv.example.com:https", "kv.example.com")])
def test_a_host_that_cannot_be_understood_stops_the_check_and_the_start(tmp_path, host, advice):
    kv = CommandLine("--data", str(tmp_path))
    for command in (["config", "check"], ["serve", "--port", "0"]):
        said = kv(*command, "--allowed-host", host, status=1).errors
        assert f'"{host}"' in said and advice in said, said
    (tmp_path / "kv.yaml").write_text(json.dumps({"allowedHosts": [host]}))
    assert f'"{host}"' in kv("config", "check", "--config", str(tmp_path / "kv.yaml"), status=1).errors
    kv("config", "check", "--allowed-host", "https://kv.example.com:443/")
