"""What can be refused from its head is refused before its body comes, and nothing of it is stored."""
import pytest

from gateway import ROOT, form, part
from server import expect, problem
from sockets import connect, read_answer

NOWHERE = "0123456789abcdef0123456789abcdef"
MIB = 1 << 20


@pytest.fixture(scope="module")
def protected(server):
    namespace = server.namespace()
    namespace.put("k", "v")
    expect(server.api("PATCH", namespace.path, json={"protected": True}), 200)
    return namespace.id


def answer_to_the_head(server, method, target, *headers, length=20 * MIB):
    """(status, body) of the answer to a request of which only the head is sent, and the first bytes of a body."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Content-Length: {length}", *headers]
    with connect(server) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + b"[" * 100_000)
        status, _, body = read_answer(connection)
        return status, body


WRITES = [
    ("PUT", "/api/stores/local/namespaces/{}/values/k"), ("PUT", "/api/stores/local/namespaces/{}/entries/k"),
    ("POST", "/api/stores/local/namespaces/{}/import"),
    ("PUT", f"{ROOT}/accounts/local/storage/kv/namespaces/{{}}/values/k"),
    ("PUT", f"{ROOT}/accounts/local/storage/kv/namespaces/{{}}/bulk"),
    ("POST", f"{ROOT}/accounts/local/storage/kv/namespaces/{{}}/bulk/delete"),
]


@pytest.mark.parametrize("method, path", WRITES)
def test_a_namespace_that_takes_no_writes_refuses_before_the_body(server, protected, method, path):
    status, body = answer_to_the_head(server, method, path.format(protected))
    assert status == 403 and (b"protected" in body), body
    status, body = answer_to_the_head(server, method, path.format(NOWHERE))
    assert status == 404, body


def test_a_form_for_a_namespace_that_takes_no_writes_is_refused_before_it_comes(server, protected):
    _, content_type = form(part("value", b"v"))
    path = f"{ROOT}/accounts/local/storage/kv/namespaces/{protected}/values/k"
    assert answer_to_the_head(server, "PUT", path, f"Content-Type: {content_type}")[0] == 403


def test_a_protected_store_refuses_before_the_body(start, tmp_path):
    configuration = tmp_path / "kv.yaml"
    configuration.write_text("stores:\n  - name: kept\n    engine: sqlite\n    protected: true\n")
    server = start("--config", str(configuration))
    for method, path in WRITES:
        status, body = answer_to_the_head(server, method, path.format(NOWHERE).replace("local", "kept"))
        assert status in (403, 404) and b"protected" in body or b"import" in path.encode(), (path, status, body)


@pytest.mark.parametrize("method, path, headers", [
    ("PUT", "/api/stores/local/namespaces/{}/values/k?ttl=1", ()), ("PUT", "/api/stores/local/namespaces/{}/values/k?ttl=x", ()),
    ("PUT", "/api/stores/local/namespaces/{}/values/k", ("KV-Metadata: {",)),
    ("PUT", "/api/stores/local/namespaces/{}/values/k", ("KV-Annotation: {",)),
    ("PUT", "/api/stores/local/namespaces/{}/values/k", ("If-Match: x",)),
    ("PUT", "/api/stores/local/namespaces/{}/entries/k", ("If-Match: x",)),
    ("POST", "/api/stores/local/namespaces/{}/import?format=xml", ()),
    ("POST", "/api/stores/local/namespaces/{}/import?filename=" + "a" * 4097, ()),
    ("POST", "/api/stores/local/namespaces/{}/import", ("Idempotency-Key: " + "k" * 256,)),
    ("POST", "/api/key-lists?format=xml", ()), ("POST", "/api/jobs", ("Idempotency-Key: " + "k" * 256,)),
    ("PUT", f"{ROOT}/accounts/local/storage/kv/namespaces/{{}}/values/k?expiration_ttl=1", ()),
])
def test_parameters_that_are_wrong_are_refused_before_the_body(server, namespace, method, path, headers):
    assert answer_to_the_head(server, method, path.format(namespace.id), *headers)[0] == 400


@pytest.mark.parametrize("change", ["cut", "longer"])
def test_a_file_that_was_damaged_on_the_disk_is_not_downloaded(server, change):
    namespace = server.namespace().fill(100)
    job = server.run_job(namespace.job("export"))
    path = server.data / "jobs" / job["id"] / "export"
    content = path.read_bytes()
    assert expect(server.api("GET", job["download"]["url"]), 200).content == content
    path.write_bytes(content[:-1] if change == "cut" else content + b"x")
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = problem(server.api("GET", job["download"]["url"], headers=headers), 500, "download_damaged")
        assert str(len(content)) in answer["detail"]
