"""Values in forms, with metadata and an annotation as parts rather than headers."""
import json

import pytest

from cli import CommandLine
from gate import Gate
from server import expect, problem
from sockets import connect

pytest_plugins = ("two",)
MAXIMUM = 25 * 1024 * 1024
METADATA = '{ "é" :\t"' + "ü" * 500 + '" }'
ANNOTATION = {"tags": sorted(f"{n:02}{'é' * 31}" for n in range(50)), "color": "red", "customMetadata": "日" * 340}
LONGEST = [("metadata", (None, METADATA.encode())), ("annotation", (None, json.dumps(ANNOTATION, ensure_ascii=False).encode()))]


def put(namespace, parts, key="k", query="", **how):
    return namespace.server.api("PUT", namespace.value(key) + query, files=parts, **how)


def value(data):
    return [("value", ("a file", data))]


def holds(namespace, data, key="k"):
    """The key has the value, and all that is longest beside it."""
    text = namespace.server.api("GET", namespace.entry(key)).text
    assert namespace.bytes(key) == data and f'"metadata":{METADATA}' in text
    return {name: json.loads(text)[name] for name in ANNOTATION} == ANNOTATION


@pytest.mark.parametrize("data", [b"", b"text", b"\xff\x00\r\n--", b"\r\n--boundary--\r\n" * 9, bytes(range(256)) * 5_000, bytes(MAXIMUM)],
                         ids=["empty", "text", "bytes", "boundaries", "large", "largest"])
def test_all_of_it_is_stored_exactly(namespace, data):
    answer = expect(put(namespace, LONGEST + value(data)), 201)
    assert answer.json()["size"] == len(data) and holds(namespace, data)
    assert expect(put(namespace, value(b"new") + LONGEST), 200).json()["etag"], "in any order"
    assert holds(namespace, b"new")


def test_what_a_form_does_not_have_is_gone_but_for_the_annotation(namespace):
    expect(put(namespace, LONGEST + value(b"old"), query="?ttl=1h"), 201)
    expect(put(namespace, value(b"new")), 200)
    entry = namespace.read("k")
    assert entry["value"] == "new" and "metadata" not in entry and "expiration" not in entry and entry["tags"] == ANNOTATION["tags"]


def test_conditions_hold_for_forms(namespace):
    first = expect(put(namespace, value(b"1"), headers={"If-None-Match": "*"}), 201).headers["ETag"]
    problem(put(namespace, LONGEST + value(b"2"), headers={"If-None-Match": "*"}), 412, "precondition_failed")
    expect(put(namespace, value(b"3"), headers={"If-Match": first}), 200)
    problem(put(namespace, LONGEST + value(b"4"), headers={"If-Match": first}), 412, "precondition_failed")
    assert namespace.read("k")["value"] == "3" and "tags" not in namespace.read("k")


@pytest.mark.parametrize("parts, status, code", [
    ([("metadata", (None, b"1"))], 400, "invalid_request"), (value(b"1") * 2, 400, "invalid_request"),
    (value(b"1") + [("metadata", (None, b"{"))], 400, "invalid_metadata"), (value(b"1") + [("metadata", (None, b"x" * 70_000))], 400, "metadata_too_large"),
    (value(b"1") + [("metadata", (None, b'"' + b"x" * 1_023 + b'"'))], 400, "metadata_too_large"),
    (value(b"1") + [("annotation", (None, b"{"))], 400, "invalid_request"), (value(b"1") + [("annotation", (None, b'{"tags":[""]}'))], 400, "invalid_tags"),
    (value(b"1") + [("annotation", (None, b'{"value":"x"}'))], 400, "invalid_request"), (value(bytes(MAXIMUM + 1)), 413, "value_too_large"),
    (value(b"1") + [("annotation", (None, b"{}" + b" " * 70_000 + b"x"))], 400, "invalid_request")])
def test_what_is_wrong_is_refused_and_changes_nothing(namespace, parts, status, code):
    namespace.put("k", "old", tags=["t"])
    problem(put(namespace, parts), status, code)
    entry = namespace.read("k")
    assert (entry["value"], entry["tags"]) == ("old", ["t"])


def test_a_form_and_headers_do_not_mix(namespace):
    for header in ({"KV-Metadata": "1"}, {"KV-Annotation": "{}"}):
        problem(put(namespace, value(b"1"), headers=header), 400, "invalid_request")
    assert namespace.names() == []


def test_a_form_that_breaks_off_changes_nothing(server, namespace):
    namespace.put("k", "old")
    with connect(server) as connection:
        connection.sendall(
            f"PUT {namespace.value('k')} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            f"Content-Length: 3000000\r\n\r\n--x\r\nContent-Disposition: form-data; name=value\r\n\r\n".encode() + bytes(1_000_000))
    answer = server.api("PUT", namespace.value("k"), data=b"--x\r\n\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"})
    problem(answer, 400, "invalid_request")
    assert namespace.read("k")["value"] == "old"


def test_a_cloudflare_store_has_it_too(two):
    _, client = two()
    namespace = client.namespace(store="cloud")
    expect(put(namespace, LONGEST + value(b"\xff" * 3_000_000)), 200, 201)
    assert holds(namespace, b"\xff" * 3_000_000)


# MARK: the command line


@pytest.mark.parametrize("source", ["file", "argument", "input", "empty file"])
def test_a_command_sends_no_long_headers(server, namespace, tmp_path, source):
    tags = [option for tag in ANNOTATION["tags"] for option in ("--tag", tag)]
    options = (*tags, "--color", "red", "--custom-metadata", json.dumps(ANNOTATION["customMetadata"], ensure_ascii=False), "--metadata", METADATA)
    data = {"file": b"\xff\x00\r\n" * 200_000, "empty file": b""}.get(source, b"some text")
    file = tmp_path / "value"
    file.write_bytes(data)
    gate = Gate(server)
    try:
        kv = CommandLine("--server", gate.url)
        put = ("key", "put", "-n", namespace.id, *options)
        if source == "argument":
            kv(*put, "k", "some text")
        else:
            # Of these the length is not known, and the gate passes on bodies of a known length alone.
            where = ("--server", server.url) if source in ("input", "empty file") else None
            kv(*put, "--path", "-" if source == "input" else str(file), "k", input=data, where=where)
        assert gate.longest_head < 4_096
    finally:
        gate.close()
    assert holds(namespace, data)
