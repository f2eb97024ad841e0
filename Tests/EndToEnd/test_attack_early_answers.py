"""Answers that are out before the body is in reach clients that write all of it before they read."""
import json
import shutil
import ssl

import pytest
from certificates import Issuer

from attack import attack, request
from server import ROOT, Server
from sockets import connect, read_answer

MIB = 1 << 20
# More than the buffers of both systems hold.
BODY = 12 * MIB


def endpoints():
    """Every method of every address that the API's description and the gateway have, with names of nothing."""
    described = json.loads((ROOT / "Docs/openapi.json").read_text())["paths"]
    for path, methods in described.items():
        path = path.replace("{store}", "local")
        while "{" in path:
            path = path[:path.index("{")] + "nothing" + path[path.index("}") + 1:]
        for method in methods:
            if method in ("get", "put", "post", "patch", "delete"):
                yield method.upper(), path
    gateway = "/client/v4/accounts/local/storage/kv/namespaces"
    for method, path in [("POST", ""), ("PUT", "/x"), ("PUT", "/x/values/k"), ("PUT", "/x/bulk"), ("POST", "/x/bulk/get"), ("POST", "/x/bulk/delete")]:
        yield method, gateway + path
    yield "POST", "/nothing/here"


ENDPOINTS = sorted(set(endpoints()))


def answer_after_all(connection, head, size=BODY):
    """Writes everything, then reads: the status."""
    connection.sendall(head)
    piece = b"x" * MIB
    for _ in range(size // MIB):
        connection.sendall(piece)
    return read_answer(connection)


@pytest.mark.parametrize("extra", [["Connection: close"], []], ids=["close", "keep"])
def test_every_endpoint_refuses_and_is_heard(server, extra):
    """By a host that it does not answer to, by an origin that is not its own, and by what the endpoint itself refuses."""
    with attack(server):
        for number, (method, path) in enumerate(ENDPOINTS):
            for host, headers, statuses in [("evil.example", [], {421}), (None, ["Content-Encoding: br"], {415, 404})][number % 2:][:1]:
                with connect(server, timeout=20) as connection:
                    status, answered, _ = answer_after_all(
                        connection, request(server, method, path, [*headers, *extra], BODY, host))
                    assert status in statuses, (method, path, status)
                    if extra:
                        assert answered["connection"] == "close"
                        assert connection.recv(1) == b"", "it closes"


@pytest.mark.parametrize("method, path, headers, status", [
    ("POST", "/api/jobs", ["Origin: https://evil.example"], 403),
    ("PUT", "/healthz", [], 405),
    ("PUT", "/api/stores/local/namespaces/none/values/k", ["KV-Metadata: {"], 400),
    ("PUT", "/api/stores/elsewhere/namespaces/none/values/k", [], 404),
    ("PUT", "/client/v4/accounts/local/storage/kv/namespaces/x/values/k", [], 400),
    ("POST", "/api/stores/local/namespaces", [], 413),
    ("PUT", "/api/stores/local/namespaces/none/values/k", [], 404),
])
def test_each_status_is_heard_and_the_connection_closed(server, method, path, headers, status):
    with connect(server, timeout=20) as connection:
        found, answered, body = answer_after_all(
            connection, request(server, method, path, [*headers, "Connection: close"], BODY))
        assert found == status, body
        assert answered["connection"] == "close" and connection.recv(1) == b""


def test_a_body_without_an_end_is_dropped_within_bounds(server):
    """The answer is read while the client still writes; after 64 MiB at most the connection is gone."""
    with attack(server), connect(server, timeout=30) as connection:
        connection.sendall(request(server, "POST", "/api/jobs", ["Transfer-Encoding: chunked", "Origin: https://evil.example"]))
        chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"
        sent = 0
        with pytest.raises(OSError):
            for sent in range(300):
                connection.sendall(chunk)
        assert 60 <= sent < 100
        assert connection.recv(12) == b"HTTP/1.1 403"


def test_the_next_request_on_the_connection_is_served(server):
    with connect(server, timeout=20) as connection:
        head = request(server, "POST", "/api/jobs", ["Origin: https://evil.example"], BODY)
        assert answer_after_all(connection, head)[0] == 403
        connection.sendall(request(server, "GET", "/healthz"))
        assert read_answer(connection)[0] == 200


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
def test_they_arrive_over_tls(tmp_path):
    issuer = Issuer(tmp_path)
    certificate, key = issuer.issue("early")
    server = Server(tmp_path, "--tls-cert", str(certificate), "--tls-key", str(key)).start()
    trust = ssl.create_default_context(cafile=str(issuer.authority))
    try:
        for extra in (["Connection: close"], []):
            with trust.wrap_socket(connect(server, timeout=30), server_hostname="localhost") as connection:
                head = request(server, "POST", "/api/jobs", ["Origin: http://evil.example", *extra], BODY)
                status, answered, _ = answer_after_all(connection, head)
                assert status == 403
                if extra:
                    assert answered["connection"] == "close" and connection.recv(1) == b""
    finally:
        assert server.terminate() == 0, server.printed()
