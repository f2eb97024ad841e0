"""Bytes around the text: gzip for answers, and byte order marks in bodies."""
import gzip
import json

import pytest

from gateway import ROOT
from server import expect, problem

BOM = b"\xef\xbb\xbf"


def coded(server, path, accepted="gzip", method="GET", **more):
    """The answer's headers, and its bytes as they were sent."""
    answer = server.api(method, path, headers={"Accept-Encoding": accepted, **more}, stream=True)
    return expect(answer, 200).headers, answer.raw.read(decode_content=False)


def lists(server, namespace):
    return [f"{namespace.path}/keys?limit=1000", f"{namespace.path}/keys?prefix=key:&limit=1000&count=true", "/api/jobs?limit=1000",
            "/api/audit?limit=1000", "/api/stores/local/namespaces?limit=1000", "/metrics",
            f"{ROOT}/accounts/local/storage/kv/namespaces/{namespace.id}/keys?limit=1000"]


@pytest.fixture
def filled(server, namespace):
    for n in range(4):
        server.run_job(namespace.fill(50, prefix=f"{n}:").job("tag", add=["t"]))
        server.namespace(f"{namespace.id} {n} " + "a long title " * 20)
    return namespace.fill(1_000)


def test_lists_are_compressed_for_clients_that_accept_it(server, filled):
    for path in lists(server, filled):
        plain_headers, plain = coded(server, path, "identity")
        headers, sent = coded(server, path)
        assert (headers.get("Content-Encoding"), headers.get("Vary")) == ("gzip", "Accept-Encoding"), (path, plain)
        assert "Content-Encoding" not in plain_headers and plain_headers["Vary"] == "Accept-Encoding", path
        assert int(headers["Content-Length"]) == len(sent) < len(plain) / 2, path
        if path != "/metrics":
            assert set(json.loads(gzip.decompress(sent))) == set(json.loads(plain)), path
        assert headers["Content-Type"] == plain_headers["Content-Type"] and "ETag" not in headers
    path = lists(server, filled)[0]
    assert gzip.decompress(coded(server, path)[1]) == coded(server, path, "identity")[1]


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0", "identity;q=1, gzip;q=0.2"])
def test_others_get_plain_bytes(server, filled, accepted):
    headers, sent = coded(server, lists(server, filled)[0], accepted)
    assert "Content-Encoding" not in headers and len(json.loads(sent)["keys"]) == 1_000


def test_head_has_the_fields_of_get(server, filled):
    path = lists(server, filled)[0]
    for accepted in ("gzip", "identity"):
        ours, body = coded(server, path, accepted, method="HEAD")
        theirs, _ = coded(server, path, accepted)
        assert body == b"" and {name: ours.get(name) for name in ("Content-Encoding", "Vary", "Content-Length")} == {
            name: theirs.get(name) for name in ("Content-Encoding", "Vary", "Content-Length")}


def test_small_answers_values_and_what_has_an_etag_stay_as_they_are(server, namespace):
    namespace.put("k", "text " * 10_000)
    for path in (namespace.value("k"), namespace.entry("k"), "/api/version", "/api/stores",
                 f"{ROOT}/accounts/local/storage/kv/namespaces/{namespace.id}/values/k"):
        assert "Content-Encoding" not in coded(server, path)[0], path
    assert coded(server, namespace.value("k"))[1] == b"text " * 10_000


def test_a_long_page_is_compressed_whole(server, namespace):
    lines = (json.dumps({"key": f"{n:0500}", "value": "", "metadata": {"n": str(n) * 200}}) for n in range(1_000))
    assert namespace.load("\n".join(lines).encode())["state"] == "completed"
    headers, sent = coded(server, f"{namespace.path}/keys?limit=1000")
    assert headers["Content-Encoding"] == "gzip" and len(json.loads(gzip.decompress(sent))["keys"]) == 1_000


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_proxies_may_not_compress_what_has_an_etag(server, namespace, coding):
    """Its ETag would become another one, or a weak one, and no write could be conditional on it."""
    namespace.put("k", "text " * 1_000)
    for path in (namespace.entry("k"), namespace.value("k")):
        answer = expect(server.api("GET", path, headers={"Accept-Encoding": coding}), 200)
        assert "ETag" in answer.headers and answer.headers["Cache-Control"] == "no-store, no-transform"
        current = expect(server.api("GET", path, headers={"If-None-Match": answer.headers["ETag"]}), 304)
        assert current.headers["Cache-Control"] == "no-store, no-transform"
    written = expect(server.api("PUT", namespace.value("k"), data=b"v"), 200)
    assert "ETag" in written.headers and "no-transform" in written.headers["Cache-Control"]
    assert expect(server.api("GET", f"{namespace.path}/keys"), 200).headers["Cache-Control"] == "no-store"


# MARK: byte order marks

def test_every_body_of_json_may_begin_with_a_byte_order_mark(server, namespace):
    def sent(method, path, body, *statuses, **headers):
        return expect(server.api(method, path, data=BOM + json.dumps(body).encode(), headers=headers), *statuses)

    created = sent("POST", "/api/stores/local/namespaces", {"title": f"bom {namespace.id}"}, 201).json()
    sent("PATCH", f"/api/stores/local/namespaces/{created['id']}", {"title": f"renamed {namespace.id}"}, 200)
    sent("PUT", namespace.entry("a"), {"value": "\ufeff1"}, 201)
    assert namespace.bytes("a") == "\ufeff1".encode(), "a mark within a value is part of it"
    assert sent("POST", "/api/jobs", namespace.job("delete", {"keys": ["a", "b"]}, plan=True), 200).json()["keys"] == 2
    job = sent("POST", "/api/jobs", namespace.job("delete", {"keys": ["a"]}), 202).json()
    assert server.wait_for_job(job["id"])["progress"]["succeeded"] == 1


def test_so_may_those_of_the_gateway(server, namespace):
    path = f"{ROOT}/accounts/local/storage/kv/namespaces"

    def sent(method, path, body):
        return expect(server.api(method, path, data=BOM + json.dumps(body).encode()), 200).json()["result"]

    created = sent("POST", path, {"title": f"gateway {namespace.id}"})
    sent("PUT", f"{path}/{created['id']}", {"title": f"gateway renamed {namespace.id}"})
    assert sent("PUT", f"{path}/{namespace.id}/bulk", [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])["successful_key_count"] == 2
    assert sent("POST", f"{path}/{namespace.id}/bulk/get", {"keys": ["a"]})["values"] == {"a": "1"}
    assert sent("POST", f"{path}/{namespace.id}/bulk/delete", ["a"])["successful_key_count"] == 1
    assert namespace.names() == ["b"]
    form = {"value": (None, "v"), "metadata": (None, BOM + b'{"a":1}')}
    expect(server.session.put(f"{server.url}{path}/{namespace.id}/values/c", files=form), 200)
    assert namespace.read("c")["metadata"] == {"a": 1}


@pytest.mark.parametrize("body", [BOM, BOM + BOM + b"{}", b"{" + BOM + b"}", BOM[:2] + b"{}", b"{}" + BOM])
def test_a_mark_anywhere_else_is_no_json(server, body):
    problem(server.api("POST", "/api/stores/local/namespaces", data=body), 400, "invalid_request")


def test_the_bytes_of_a_value_keep_theirs(server, namespace):
    expect(server.api("PUT", namespace.value("k"), data=BOM + b"{}"), 201)
    assert namespace.bytes("k") == BOM + b"{}"
