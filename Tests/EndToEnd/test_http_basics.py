"""What holds for every answer: request ids, headers, Host and Origin, problems, health."""
import gzip
import json
import re

import pytest
import requests
from openapi_spec_validator import validate

from server import ROOT, expect, problem
from sockets import connect, exchange, read_answer

UNSAFE = [("POST", "/api/stores/local/namespaces"), ("POST", "/api/jobs"),
          ("PATCH", "/api/stores/local/namespaces/0123456789abcdef0123456789abcdef"),
          ("DELETE", "/api/stores/local/namespaces/0123456789abcdef0123456789abcdef"),
          ("PUT", "/api/stores/local/namespaces/0123456789abcdef0123456789abcdef/entries/a")]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_says_that_it_is_well(server, path):
    assert expect(server.api("GET", path), 200).headers["X-Request-Id"]


def test_tells_its_version(server):
    version = server.get("/api/version")
    assert re.match(r"\d+\.\d+\.\d+", version["version"]), version


def test_describes_its_interface(server):
    description = server.get("/openapi.json")
    assert description["openapi"].startswith("3.1")
    validate(description)
    paths = {re.sub(r"{\w+}", "{}", path): methods for path, methods in description["paths"].items()}
    namespace = "/api/stores/{}/namespaces/{}"
    for path, methods in {
        "/api/stores": "get", "/api/stores/{}/namespaces": "get post", namespace: "get patch delete",
        f"{namespace}/keys": "get", f"{namespace}/entries/{{}}": "get put delete", f"{namespace}/values/{{}}": "get put",
        f"{namespace}/import": "post", "/api/jobs": "get post", "/api/jobs/{}": "get", "/api/jobs/{}/events": "get",
        "/api/jobs/{}/failures": "get", "/api/jobs/{}/cancel": "post", "/api/jobs/{}/download": "get",
        "/api/jobs/{}/progress": "get", "/api/gateway/usage": "get delete", "/healthz": "get", "/readyz": "get", "/api/version": "get",
    }.items():
        assert set(methods.split()) <= set(paths.get(path, {})), (path, sorted(paths))


def test_lists_the_store_that_is_there_by_itself(server):
    (store,) = server.get("/api/stores")["stores"]
    assert (store["name"], store["engine"], store["reachable"], store["protected"]) == ("local", "sqlite", True, False)
    assert store["label"]
    limits = store["limits"]
    assert limits["keyBytes"] == 512 and limits["valueBytes"] == 25 * 1024 * 1024 and limits["metadataBytes"] == 1024


def test_documents_every_code_that_it_may_answer(server):
    codes = set(re.findall(r'case \w+ = "(\w+)"', (ROOT / "Sources/KVModel/KVError.swift").read_text()))
    documented = set(re.findall(r"`(\w+)`", (ROOT / "Docs/api.md").read_text()))
    described = server.api("GET", "/openapi.json").text
    assert len(codes) > 30 and codes <= documented, codes - documented
    assert not {code for code in codes if f'"{code}"' not in described}


@pytest.mark.parametrize("path, code", [
    ("/api/nothing", "route_not_found"),
    ("/nothing.js", "route_not_found"),
    ("/api/stores/elsewhere/namespaces", "store_not_found"),
    ("/api/stores/local/namespaces/0123456789abcdef0123456789abcdef", "namespace_not_found"),
    ("/api/stores/local/namespaces/not-an-id/keys", "namespace_not_found"),
    ("/api/jobs/nothing", "job_not_found"),
    ("/api/jobs/00000000-0000-0000-0000-000000000000/events", "job_not_found"),
])
def test_answers_404_as_a_problem(server, path, code):
    problem(server.api("GET", path), 404, code)


@pytest.mark.parametrize("method, path", [("DELETE", "/api/stores"), ("PUT", "/api/jobs"), ("POST", "/healthz")])
def test_knows_no_other_methods(server, method, path):
    problem(server.api(method, path), 405, "method_not_allowed")


def test_numbers_each_request(server):
    ids = [server.api("GET", path).headers["X-Request-Id"] for path in ("/", "/healthz", "/api/nothing", "/api/stores")]
    assert len(set(ids)) == 4


def test_sends_security_headers(server):
    for path in ("/", "/api/stores", "/api/nothing"):
        headers = server.api("GET", path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] in ("no-referrer", "same-origin"), path
        assert "Access-Control-Allow-Origin" not in headers, path
    policy = server.api("GET", "/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_serves_the_interface_from_inside_the_program(server):
    page = expect(server.api("GET", "/"), 200)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<title>" in page.text
    deep = expect(server.api("GET", "/jobs"), 200)
    assert deep.headers["Content-Type"].startswith("text/html"), "an address of the interface can be reloaded"


@pytest.mark.parametrize("path", ["/", "/app.js", "/openapi.json"])
def test_each_coding_of_a_file_has_an_etag_of_its_own(server, path):
    plain, zipped = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "br;q=0.1, gzip;q=0.5"}
    answers = [expect(server.api("GET", path, headers=headers), 200) for headers in (plain, zipped)]
    assert [answer.headers.get("Content-Encoding") for answer in answers] == [None, "gzip"]
    assert answers[0].content == answers[1].content and all(answer.headers["Vary"] == "Accept-Encoding" for answer in answers)
    tags = [answer.headers["ETag"] for answer in answers]
    assert len(set(tags)) == 2 and all(re.fullmatch(r'"[^"]+"', tag) for tag in tags)
    for headers, tag in ((plain, tags[0]), (zipped, tags[1])):
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = expect(server.api("GET", path, headers={**headers, "If-None-Match": known}), 304)
            assert again.headers["ETag"] == tag and not again.content
        expect(server.api("GET", path, headers={**headers, "If-None-Match": tag[:-1]}), 200)
    for refusing in ("gzip;q=0", "gzip; q=0.0", "*;q=0", "deflate"):
        assert server.api("GET", path, headers={"Accept-Encoding": refusing}).headers["ETag"] == tags[0]
    assert server.api("GET", path, headers={"Accept-Encoding": "*"}).headers["ETag"] == tags[1]


def test_serves_every_file_of_the_interface(server):
    types = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    files = [path for path in (ROOT / "Web").rglob("*") if path.is_file() and path.suffix != ".css"]
    assert files
    for path in files:
        address = "/" if path.name == "index.html" else f"/{path.relative_to(ROOT / 'Web')}"
        answer = expect(server.api("GET", address), 200)
        assert squeezed(answer.text) == squeezed(path.read_text()), f"{path.name}: has it a row in web_files.c, and is the build of today?"
        assert answer.headers["Content-Type"].split(";")[0] == types[path.suffix], path.name


def test_serves_the_style_sheets_as_one(server):
    sheets = sorted((ROOT / "Web/styles").glob("*.css")) + sorted((ROOT / "Web/components").glob("*.css"))
    answer = expect(server.api("GET", "/styles.css"), 200)
    assert squeezed(answer.text) == squeezed("".join(sheet.read_text() for sheet in sheets))
    assert answer.headers["Content-Type"].split(";")[0] == "text/css"


def squeezed(text):
    """Without white space, whole lines of comment, types in comments, and semicolons that end nothing."""
    text = re.sub(r"^\t*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)\n", "", text, flags=re.MULTILINE)
    return re.sub(r"\s+", "", re.sub(r"/\*\* @.*?\*/ ", "", text)).replace(";}", "}")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "localhost.evil.example"])
def test_refuses_a_foreign_host(server, host):
    host = host.format(port=server.port)
    for path in ("/", "/api/stores", "/healthz"):
        problem(server.api("GET", path, headers={"Host": host}), 421, "host_not_allowed")


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}"])
def test_knows_its_own_names(server, host):
    expect(server.api("GET", "/api/stores", headers={"Host": host.format(port=server.port)}), 200)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://localhost.evil.example"])
@pytest.mark.parametrize("method, path", UNSAFE)
def test_refuses_unsafe_requests_from_a_foreign_page(server, method, path, origin):
    problem(server.api(method, path, json={"title": "x"}, headers={"Origin": origin}), 403, "forbidden_origin")


def test_accepts_unsafe_requests_from_its_own_page_and_safe_ones_from_anywhere(server):
    own = {"Origin": server.url}
    expect(server.api("POST", "/api/stores/local/namespaces", json={"title": "from the page"}, headers=own), 201)
    expect(server.api("GET", "/api/stores", headers={"Origin": "https://evil.example"}), 200)


def test_refuses_a_foreign_page_before_it_reads_a_body(server):
    answer = server.api("POST", "/api/jobs", data=b"{", headers={"Origin": "https://evil.example"})
    problem(answer, 403, "forbidden_origin")


@pytest.mark.parametrize("request_line", [
    b"GET /api/stores HTTP/1.1\r\n",
    b"GET /api/stores HTTP/1.1\r\nHost: 127.0.0.1:1\r\nHost: evil.example\r\n",
])
def test_refuses_requests_without_one_host(server, request_line):
    status, _, _ = exchange(server, request_line + b"Connection: close\r\n\r\n")
    assert status == 400


@pytest.mark.parametrize("garbage", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: nonsense\r\n\r\n",
    b"POST /api/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
])
def test_lives_on_after_garbage(server, garbage):
    with connect(server) as connection:
        try:
            connection.sendall(garbage)
            answered = connection.recv(4096)
        except (ConnectionError, TimeoutError):
            answered = b""
    assert not answered or int(answered.split()[1]) in (400, 414, 421, 431, 505), answered[:100]
    expect(server.api("GET", "/healthz"), 200)


def test_keeps_a_connection_for_the_next_request(server):
    request = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    with connect(server) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert read_answer(connection)[0] == 200


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.2"])
def test_answers_an_upgrade_that_it_does_not_offer_and_the_next_request_does_not_hang(server, protocol):
    request = (f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade, HTTP2-Settings\r\n"
               f"Upgrade: {protocol}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n").encode()
    with connect(server) as connection:
        connection.sendall(request)
        status, headers, _ = read_answer(connection)
        assert status in (200, 426)
        assert headers.get("connection", "").lower() == "close" and connection.recv(1) == b""


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/%00", "/%ff"])
def test_has_no_way_out_of_its_own_files(server, path):
    status, _, body = exchange(
        server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
    assert status in (200, 400, 404) and b"root:" not in body


def test_answers_head_like_get_without_a_body(server):
    answer = server.api("HEAD", "/")
    assert answer.status_code == 200 and answer.content == b""


@pytest.mark.parametrize("path", ["/api//stores", "//api/stores", "/api/stores/local/namespaces//keys", "/api/stores/"])
def test_does_not_pass_over_empty_parts_of_a_path(server, path):
    status, _, body = exchange(
        server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
    assert (status, json.loads(body)["code"]) == (404, "route_not_found")


def test_refuses_a_coding_that_it_does_not_undo(server, namespace):
    """Stored as it came, the value would be something else than was meant."""
    for path in (namespace.value("k"), namespace.entry("k")):
        answer = server.api("PUT", path, data=gzip.compress(b'{"value":"v"}'), headers={"Content-Encoding": "gzip"})
        problem(answer, 415, "unsupported_encoding")
    assert namespace.names() == []
