"""Every text that a client can send has a limit; what is longer is refused in little memory, and not repeated."""
import json
import random
import re
import socket
import sqlite3
import threading
import urllib.parse

import pytest

from oversized import DIGITS, LONG, MANY, MIDDLE, NESTED, TEXT, Description, filled
from server import expect, problem, quoted
from sockets import connect, read_answer

MIB = 1 << 20
# Fields that may be large, and headers that are no fields of ours: another value of them is passed over.
LARGE = {".value", ".valueBase64"}
PASSED_OVER = {("Range", "header"), ("If-None-Match", "header")}


def memory(server):
    """The most memory that the server has held since `forget_memory`."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def forget_memory(server):
    with open(f"/proc/{server.process.pid}/clear_refs", "w") as file:
        file.write("5")


@pytest.fixture
def flat(server):
    """Checks that the memory of the server stays about where it was."""
    forget_memory(server)
    before = memory(server)
    yield
    grown = memory(server) - before
    assert grown < 64 * MIB, f"the server took {grown / MIB:.0f} MiB more"


def send(server, method, target, headers=(), body=b""):
    """(status, body) of the answer to a request that goes on the wire as it is; read while the request is still sent."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Content-Length: {len(body)}",
             *(f"{name}: {value}" for name, value in headers)]
    request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    with connect(server, timeout=60) as connection:
        sender = threading.Thread(target=_send, args=(connection, request))
        sender.start()
        try:
            status, _, answer = read_answer(connection)
        finally:
            _end(connection)
            sender.join()
    return status, answer


def _send(connection, request):
    try:
        connection.sendall(request)
    except OSError:
        pass  # The server has read enough.


def _end(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # The server has ended it.


def refused(server, what, *request):
    status, answer = send(server, *request)
    assert 400 <= status < 500, f"{what}: {status}, {answer[:200]}"
    assert len(answer) < 2_000, f"{what}: the answer has {len(answer)} bytes"
    return answer


@pytest.fixture(scope="module")
def values(server):
    """What stands in requests where a path or a body needs something that is there."""
    namespace = server.namespace()
    job = server.run_job(namespace.job("export"))
    other = server.namespace()
    return {"store": "local", "namespace": namespace.id, "key": "a", "job": job["id"], "backup": "none", "title": "a title",
            "target": other.id, "newPrefix": "new:", "oldPrefix": "old:", "prefix": "old:"}


@pytest.fixture(scope="module")
def description(server, values):
    return Description(server.get("/openapi.json"), values)


def address(path, values, **changed):
    return re.sub(r"{(\w+)}", lambda match: {**values, **changed}[match[1]], path)


def test_no_parameter_may_be_long(server, description, values, flat):
    asked = 0
    for method, path, operation in description.operations():
        for parameter in operation["parameters"]:
            name, place = parameter["name"], parameter["in"]
            for length in (MIDDLE, LONG):
                long, what = "a" * length, f"{method} {path}, {name} of {length}"
                if place == "path":
                    refused(server, what, method, address(path, values, **{name: long}))
                elif place == "query":
                    refused(server, what, method, f"{address(path, values)}?{name}={long}")
                elif length == LONG or (name, place) not in PASSED_OVER:
                    refused(server, what, method, address(path, values), [(name, long)])
                asked += 1
    assert asked > 100


@pytest.mark.parametrize("kind", ["a text", "a number", "a nest", "a list"])
def test_no_field_of_a_body_may_be_long(server, description, values, flat, kind):
    long = {"a text": TEXT, "a number": DIGITS, "a nest": NESTED, "a list": MANY}[kind]
    asked = set()
    for method, path, operation in description.operations():
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            continue
        for field, body in description.bodies(content["application/json"]["schema"]):
            if field in LARGE and kind == "a text" or field == ".selection.keys" and kind == "a list":
                continue
            refused(server, f"{method} {path}, {field}", method, address(path, values), (), filled(body, long))
            asked.add((method, path, field))
    assert len(asked) > 40


GATEWAY = "/client/v4/accounts/{store}/storage/kv/namespaces"


@pytest.mark.parametrize("method, path, body", [
    ("POST", "", '{"title": @}'), ("PUT", "/{namespace}", '{"title": @}'), ("POST", "", '{@: 1, "title": "a"}'),
    ("POST", "/{namespace}/bulk/get", '{"keys": [@]}'), ("POST", "/{namespace}/bulk/get", '{"keys": ["a"], "type": @}'),
    ("POST", "/{namespace}/bulk/delete", "[@]"), ("DELETE", "/{namespace}/bulk", "[@]"),
    *(("PUT", "/{namespace}/bulk", f'[{{"key": "a", "value": "v", {field}}}]')
      for field in ('"metadata": @', '"expiration": @', '"expiration_ttl": @', '"base64": @', '"key": @', "@: 1")),
])
def test_no_field_of_a_body_of_the_gateway_may_be_long(server, values, flat, method, path, body):
    for long in (TEXT, NESTED, DIGITS):
        refused(server, f"{method} {path} {body}", method, address(GATEWAY + path, values), (),
                body.encode().replace(b"@", long if b"@: 1" not in body.encode() else TEXT))


@pytest.mark.parametrize("length", [MIDDLE, LONG])
def test_no_parameter_of_the_gateway_may_be_long(server, values, flat, length):
    long, namespaces = "a" * length, address(GATEWAY, values)
    namespace = f"{namespaces}/{values['namespace']}"
    for name in ("page", "per_page", "order", "direction"):
        refused(server, name, "GET", f"{namespaces}?{name}={long}")
    for name in ("prefix", "cursor", "limit"):
        refused(server, name, "GET", f"{namespace}/keys?{name}={long}")
    for name in ("expiration", "expiration_ttl"):
        refused(server, name, "PUT", f"{namespace}/values/a?{name}={long}")
    for path in (f"/client/v4/{long}", f"/client/v4/accounts/{long}", f"{namespaces}/{long}", f"{namespace}/values/{long}",
                 f"{namespace}/metadata/{long}"):
        refused(server, path[:60], "GET", path)


def test_a_file_of_empty_lines_names_no_key(server, flat):
    answer = refused(server, "empty lines", "POST", "/api/key-lists", (), b"\n" * (8 * MIB))
    assert b"names no key" in answer


@pytest.mark.parametrize("line", [b"k" * LONG, b"\xff" * 20])
def test_a_line_that_is_no_key_is_named(server, flat, line):
    answer = json.loads(refused(server, "a bad line", "POST", "/api/key-lists", (), b"a\nb\n\n" + line))
    assert answer["code"] == "invalid_key" and answer["detail"].startswith("Line 4:")


def test_a_job_may_name_many_keys_and_little_else(server, values, flat):
    namespace = server.namespace()
    keys = b",".join(b'"key:%07d"' % (number // 2) for number in range(400_000))
    body = b'{"selection": {"keys": [%s]}, "kind": "delete", "store": "local", "namespace": "%s"%s}'
    job = json.loads(expect_status(202, *send(server, "POST", "/api/jobs", (), body % (keys, namespace.id.encode(), b""))))
    assert server.wait_for_job(job["id"])["progress"]["total"] == 200_000
    answer = refused(server, "white space", "POST", "/api/jobs", (), body % (b'"a"', namespace.id.encode(), b" " * 70_000))
    assert b"body_too_large" in answer


def expect_status(status, actual, answer):
    assert actual == status, answer
    return answer


def test_errors_repeat_100_characters_at_most(server, namespace):
    name = "x" * 200
    for answer in (
        server.api("GET", f"/api/stores/{name}/namespaces"), server.api("GET", f"/api/stores/local/namespaces/{name}"),
        server.api("GET", f"{namespace.path}/entries/{name}"), server.api("GET", f"/api/jobs/{name}"),
        server.api("GET", f"/api/jobs?state={name}"), server.api("GET", f"/api/jobs?limit={name}"),
        server.api("GET", f"/api/audit?since={name[:60]}"), server.api("GET", f"/api/jobs?{name}=1&{name}=2"),
        server.api("PUT", namespace.entry("k"), json={name: 1}), server.api("PUT", namespace.entry("k"), json={"tags": [name]}),
        server.api("POST", "/api/jobs", headers={"Content-Encoding": name}), server.api("GET", f"/api/backups/{name}"),
        server.api("PUT", namespace.entry(name), json={"value": ""}, headers={"If-Match": '"none"'}),
    ):
        detail = answer.json()["detail"]
        assert 400 <= answer.status_code < 500 and "x" * 101 not in detail, detail


def test_takes_texts_of_exactly_the_limit(server, namespace):
    for query in (f"prefix={'a' * 512}", f"delimiter={'a' * 512}"):
        expect(server.api("GET", f"{namespace.path}/keys?{query}"), 200)
        problem(server.api("GET", f"{namespace.path}/keys?{query}a"), 400, "invalid_request")
    expect(server.api("GET", f"/api/stores/local/namespaces?query={'a' * 512}"), 200)
    rename = namespace.job("rename", {"prefix": "a" * 512}, newPrefix="b" * 512)
    assert server.run_job(rename)["state"] == "completed"
    problem(server.api("POST", "/api/jobs", json={**rename, "newPrefix": "b" * 513}), 400, "invalid_request")
    key = {"Idempotency-Key": "k" * 255}
    job = server.start_job(namespace.job("export"), headers=key)
    assert server.start_job(namespace.job("export"), headers=key)["id"] == job["id"]
    problem(server.api("POST", "/api/jobs", json=namespace.job("export"), headers={"Idempotency-Key": "k" * 256}),
            400, "invalid_request")
    tags = [f"{number:064}" for number in range(50)]
    namespace.put("k", "v", tags=tags)
    assert namespace.read("k")["tags"] == tags
    problem(server.api("PUT", namespace.entry("k"), json={"value": "", "tags": tags + ["a"]}), 400, "invalid_tags")
    for file, kept in (("é" * 2048, "é" * 255), ("a" + "\u0301" * 2000, "a" + "\u0301" * 254)):
        path = f"{namespace.path}/import?filename={urllib.parse.quote(file)}"
        job = expect(server.api("POST", path, data=b'{"key":"a","value":""}'), 202).json()
        assert server.get(f"/api/jobs/{job['id']}/events")["events"][0]["detail"] == f"from the file {kept}"
        problem(server.api("POST", path + "a" * 96, data=b"{}"), 400, "invalid_request")


@pytest.mark.parametrize("number", ["10", "10.0", "1e1", "1.0E+1", "100e-1", "1000.00e-2"])
def test_takes_a_whole_number_in_any_notation(server, namespace, number):
    expect(server.api("GET", f"{namespace.path}/keys?limit={quoted(number)}"), 200)
    expect(server.api("GET", f"/client/v4/accounts/local/storage/kv/namespaces/{namespace.id}/keys?limit={quoted(number)}"), 200)
    body = '{"value": "", "ttl": %s00}' % number if "." not in number and "e" not in number else '{"value": "", "ttl": %se1}' % number
    if number.lower().count("e") == 0:
        expect(server.api("PUT", namespace.entry("k"), data=body), 200, 201)
        assert namespace.read("k")["expiration"]


@pytest.mark.parametrize("number", ["10.5", "1e-1", "105e-1", "1e99", "1e", "1.", ".1e1", "+10", "0x10", "1e1.0", "NaN", "9" * 500])
def test_takes_no_other_number(server, namespace, number):
    for path in (f"{namespace.path}/keys", "/api/jobs", "/api/stores/local/namespaces"):
        problem(server.api("GET", f"{path}?limit={quoted(number)}"), 400, "invalid_request")
    expect(server.api("PUT", namespace.entry("k"), data='{"value": "", "ttl": %s}' % number), 400)


def test_a_row_that_an_older_version_stored_does_not_break_lists(start):
    server = start(name="old")
    namespace = server.namespace()
    jobs = [server.run_job(namespace.job("delete", {"prefix": prefix}))["id"] for prefix in ("a", "b")]
    server.terminate()
    with sqlite3.connect(server.data / "ledger.sqlite") as ledger:
        (work,) = ledger.execute("SELECT work FROM job WHERE id = ?", [jobs[0]]).fetchone()
        ledger.execute("UPDATE job SET work = ? WHERE id = ?", [work.replace('"a"', '"' + "a" * (60 * MIB) + '"'), jobs[0]])
        ledger.execute("DELETE FROM grdb_migrations WHERE identifier = '7'")
    ledger.close()
    server.start()
    before = memory(server)
    listed = server.get("/api/jobs")["jobs"]
    assert [job["id"] for job in listed] == jobs[::-1]
    assert listed[1]["state"] == "completed" and listed[0]["selection"] == {"prefix": "b"}
    for path in ("", "/events", "/failures"):
        assert len(server.api("GET", f"/api/jobs/{jobs[0]}{path}").content) < 10_000
    assert memory(server) - before < 48 * MIB


def test_many_lists_at_once_hold_each_key_once_while_an_import_goes_on(server, flat):
    names = random.Random(1).sample(range(10**7), 10_000)
    body = b"".join(b"key:%07d\n" % name for name in names + names)
    answers = []
    lists = [threading.Thread(target=lambda: answers.append(server.api("POST", "/api/key-lists", data=body, timeout=300)))
             for _ in range(8)]
    for upload in lists:
        upload.start()
    job = server.namespace().load(b"".join(b'{"key":"%d","value":"v"}\n' % number for number in range(2_000)))
    for upload in lists:
        upload.join()
    assert job["state"] == "completed" and [expect(answer, 201).json()["keys"] for answer in answers] == [10_000] * 8
