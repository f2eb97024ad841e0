"""Messages as RFC 9110 and 9112 have them: versions, framing, hosts, methods, and where a request comes from."""
import json
import re

import pytest

from attack import request
from server import expect, problem
from sockets import RawWebSocket, connect, exchange, read_answer


def closes(connection):
    return connection.recv(1) == b""


def refused(answer, status, code):
    """An answer to a request that reached no route has the form of all others."""
    found, headers, body = answer
    assert found == status, body
    assert headers["content-type"] == "application/problem+json" and headers["connection"] == "close"
    assert headers["x-content-type-options"] == "nosniff"
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code) and problem["requestId"] == headers["x-request-id"]


# MARK: HTTP/1.0

def test_an_http_1_0_connection_ends_with_its_answer(server):
    with connect(server) as connection:
        connection.sendall(f"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        status, headers, body = read_answer(connection)
        assert (status, headers["connection"]) == (200, "close") and b"alive" in body
        assert closes(connection)


def test_an_http_1_0_client_may_keep_its_connection(server):
    with connect(server) as connection:
        for _ in range(3):
            connection.sendall(f"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\nConnection: keep-alive\r\n\r\n".encode())
            status, headers, _ = read_answer(connection)
            assert (status, headers["connection"]) == (200, "keep-alive")


def test_an_http_1_0_client_gets_no_chunks(server):
    """The audit log as a table has no length that is known before."""
    with connect(server) as connection:
        connection.sendall((f"GET /api/audit?format=csv HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\n"
                            "Connection: keep-alive\r\n\r\n").encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower() and b"connection: close" in head.lower()
    assert body.startswith(b"at,who,") and body.endswith(b"\r\n")


@pytest.mark.parametrize("header", ["close", "Close", "CLOSE", "close, TE", "keep-alive, close"])
def test_a_connection_that_is_to_close_closes(server, header):
    with connect(server) as connection:
        connection.sendall(request(server, "GET", "/healthz", [f"Connection: {header}"]))
        status, headers, _ = read_answer(connection)
        assert (status, headers["connection"]) == (200, "close") and closes(connection)


def test_pipelined_requests_are_answered_in_their_order(server):
    with connect(server) as connection:
        connection.sendall(request(server, "GET", "/healthz") + request(server, "GET", "/api/version")
                           + request(server, "GET", "/nothing", ["Connection: close"]))
        answers = b""
        while piece := connection.recv(65536):
            answers += piece
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"200", b"404"]
    assert answers.lower().count(b"connection: close") == 1


# MARK: framing

@pytest.mark.parametrize("coding, status, code", [
    ("gzip, chunked", 501, "not_supported"), ("x, chunked", 501, "not_supported"),
    ("chunked, chunked", 400, "invalid_request"), ("chunked, gzip", 400, "invalid_request"), ("gzip", 400, "invalid_request"),
    ("identity", 400, "invalid_request"), ("xchunked", 400, "invalid_request"), ("", 400, "invalid_request"),
])
def test_refuses_transfer_codings_that_it_does_not_know(server, coding, status, code):
    with connect(server) as connection:
        connection.sendall(request(server, "POST", "/api/jobs", [f"Transfer-Encoding: {coding}"]) + b"2\r\n{}\r\n0\r\n\r\n")
        refused(read_answer(connection), status, code)
        assert closes(connection)


def test_http_1_0_has_no_transfer_coding(server):
    with connect(server) as connection:
        connection.sendall(f"POST /api/jobs HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        refused(read_answer(connection), 400, "invalid_request")


@pytest.mark.parametrize("sent", [
    b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
])
def test_what_the_parser_refuses_is_answered_and_counted(server, sent):
    def counted():
        text = server.api("GET", "/metrics").text
        return sum(int(n) for n in re.findall(r'kv_http_requests_total{route="none",method="other",status="400"} (\d+)', text))

    before = counted()
    with connect(server) as connection:
        connection.sendall(sent)
        refused(read_answer(connection), 400, "invalid_request")
        assert closes(connection)
    assert counted() == before + 1


def test_a_malformed_chunk_is_the_requests_own_fault(server, namespace):
    with connect(server) as connection:
        connection.sendall(request(server, "PUT", namespace.value("k"), ["Transfer-Encoding: chunked"]) + b"5\r\nhello\r\nzz\r\n")
        refused(read_answer(connection), 400, "invalid_request")
        assert closes(connection)
    assert namespace.names() == []


def test_garbage_behind_a_request_is_refused_after_its_answer(server):
    with connect(server) as connection:
        connection.sendall(request(server, "GET", "/healthz") + b"garbage\r\n\r\n")
        answers = b""
        while piece := connection.recv(65536):
            answers += piece
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"400"]


# MARK: methods

@pytest.mark.parametrize("method, path, allowed", [
    ("DELETE", "/api/stores", "GET, HEAD, OPTIONS"), ("PUT", "/api/jobs", "GET, HEAD, OPTIONS, POST"),
    ("POST", "/healthz", "GET, HEAD, OPTIONS"), ("POST", "/", "GET, HEAD, OPTIONS"),
    ("TRACE", "/api/version", "GET, HEAD, OPTIONS"), ("PATCH", "/api/stores/local/namespaces/x/entries/k", "DELETE, GET, HEAD, OPTIONS, PUT"),
])
def test_names_the_methods_of_an_address(server, method, path, allowed):
    answer = server.api(method, path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed
    options = expect(server.api("OPTIONS", path), 204)
    assert options.headers["Allow"] == allowed and options.content == b""


def test_the_gateway_names_them_in_its_own_form(server):
    path = "/client/v4/accounts/local/storage/kv/namespaces"
    answer = expect(server.api("DELETE", path, headers={"Authorization": "Bearer t"}), 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.json()["errors"] == [{"code": 10405, "message": "Method not allowed"}]


# MARK: where it goes and comes from

@pytest.mark.parametrize("host, status", [
    ("127.0.0.1", 200), ("127.0.0.1:{port}", 200), ("LOCALHOST:{port}", 200), ("[::1]", 200), ("[::1]:80", 200), ("localhost:65535", 200),
    ("[::1]evil", 400), ("[::1", 400), ("[::1]:", 400), ("[evil]", 400), ("[]", 400), ("::1", 400), ("127.0.0.1:{port}, evil", 400),
    ("localhost:80:90", 400), ("", 400), (":80", 400), ("user@localhost", 400), ("user:word@localhost", 400), ("localhost:65536", 400),
    ("localhost:", 400), ("localhost:8x", 400), ("localhost:-1", 400), ("localhost:+80", 400), ("localhost/", 400), ("local host", 400),
    ("localhost#", 400), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost..", 400),
    ("localhost.", 200), ("LOCALHOST.:{port}", 200), ("127.0.0.1.", 200), ("[0:0::1]:{port}", 200),
])
def test_reads_the_host_strictly(server, host, status):
    answer = exchange(server, request(server, "GET", "/api/stores", host=host.format(port=server.port) or " "))
    assert answer[0] == status, answer
    if status != 200:
        code = "invalid_request" if status == 400 else "host_not_allowed"
        assert json.loads(answer[2])["code"] == code


@pytest.mark.parametrize("target, status", [
    ("http://127.0.0.1:{port}/healthz", 200), ("http://LOCALHOST/healthz?x=1", 200), ("http://evil.example/healthz", 421),
    ("http://evil.example?/healthz", 421), ("http://localhost:80:90/healthz", 400), ("http:///healthz", 400)])
def test_a_target_that_is_a_whole_address_names_the_host(server, target, status):
    answer = exchange(server, request(server, "GET", target.format(port=server.port)))
    assert answer[0] == status, answer


@pytest.mark.parametrize("site, status", [("cross-site", 403), ("same-site", 403), ("other", 403), ("same-origin", 201), ("none", 201)])
def test_changes_come_from_this_origin_by_what_the_browser_says(server, site, status):
    answer = server.api("POST", "/api/stores/local/namespaces", json={"title": f"from {site}"}, headers={"Sec-Fetch-Site": site})
    expect(answer, status)
    if status == 403:
        problem(answer, 403, "forbidden_origin")
    expect(server.api("GET", "/api/stores", headers={"Sec-Fetch-Site": site}), 200)


@pytest.mark.parametrize("site, status", [("cross-site", 403), ("same-site", 403), ("same-origin", 404)])
def test_sockets_too(server, site, status):
    assert RawWebSocket(server, "/api/jobs/none/progress", [f"Sec-Fetch-Site: {site}"]).status == status
