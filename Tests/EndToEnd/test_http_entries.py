"""One entry: read, put, deleted; what it may be; conditions."""
import base64
import json
import time

import pytest

import odd
from server import expect, problem
from sockets import exchange

IN_2100 = 4102444800


def test_puts_and_reads_all_of_an_entry(namespace):
    metadata = {"author": "Zoë", "n": [1, 2.50, None]}
    answer = namespace.put("a", "välue", metadata=metadata, expiration=IN_2100)
    assert answer.status_code == 201
    entry = namespace.read("a")
    assert entry["etag"]
    assert {**entry, "etag": ""} == {
        "name": "a", "value": "välue", "size": 6, "metadata": metadata, "expiration": IN_2100, "etag": ""}
    assert namespace.put("a", "2").status_code == 200
    entry = namespace.read("a")
    assert entry["value"] == "2" and not entry.get("metadata") and not entry.get("expiration"), "a put replaces everything"


@pytest.mark.parametrize("key", odd.KEYS, ids=lambda key: ascii(key)[:40])
def test_keeps_every_name(server, key):
    namespace = server.namespace()
    namespace.put(key, key, metadata={key[:40]: key[:40]})
    entry = namespace.read(key)
    assert (entry["name"], entry["value"], entry["metadata"]) == (key, key, {key[:40]: key[:40]})
    assert namespace.names() == [key]
    assert namespace.bytes(key) == key.encode()
    expect(server.api("PUT", namespace.value(key), data=b"raw"), 200, 201)
    assert namespace.read(key)["value"] == "raw"
    expect(server.api("DELETE", namespace.entry(key)), 204)
    assert namespace.names() == []


def test_keeps_names_apart_and_in_the_order_of_their_bytes(namespace):
    for key in odd.KEYS:
        namespace.put(key, "of " + key)
    assert namespace.names() == odd.by_bytes(odd.KEYS)
    for key in odd.KEYS:
        assert namespace.read(key)["value"] == "of " + key


@pytest.mark.parametrize("value", odd.VALUES, ids=lambda value: ascii(value[:12]))
def test_keeps_every_byte(server, namespace, value):
    namespace.put("through-entries", value)
    expect(server.api("PUT", namespace.value("through-values"), data=value), 200, 201)
    for key in ("through-entries", "through-values"):
        assert namespace.bytes(key) == value
        entry = namespace.read(key)
        try:
            text = value.decode()
        except UnicodeDecodeError:
            assert "value" not in entry and base64.b64decode(entry["valueBase64"], validate=True) == value
        else:
            assert "valueBase64" not in entry and entry["value"] == text
        assert entry["size"] == len(value)


def test_says_when_there_is_no_such_key(server, namespace):
    for method, path in [("GET", namespace.entry("none")), ("DELETE", namespace.entry("none")), ("GET", namespace.value("none"))]:
        problem(server.api(method, path), 404, "key_not_found")


@pytest.mark.parametrize("name", ["", ".", "..", "%2E", "%2e%2E", "k" * 513, "%C3%A9" * 257, "%FF", "%C3"])
@pytest.mark.parametrize("resource", ["entries", "values"])
def test_refuses_what_is_no_key(server, namespace, resource, name):
    for method, body in (("GET", None), ("PUT", {"value": "v"})):
        answer = server.api(method, f"{namespace.path}/{resource}/{name}", json=body)
        if name == "" and answer.status_code in (404, 405):
            continue  # no key at all may as well be no such route
        problem(answer, 400, "invalid_key")
    assert namespace.names() == []


@pytest.mark.parametrize("name", ["a%2", "%GG", "%", "%%20"])
@pytest.mark.parametrize("resource", ["entries", "values"])
def test_refuses_what_is_not_percent_encoded(server, namespace, resource, name):
    request = f"GET {namespace.path}/{resource}/{name} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    status, _, body = exchange(server, request.encode())
    assert (status, json.loads(body)["code"]) == (400, "invalid_key")


@pytest.mark.parametrize("fields, code", [
    ({}, "invalid_request"),
    ({"value": 7}, "invalid_request"),
    ({"value": None}, "invalid_request"),
    ({"value": "a", "valueBase64": "YQ=="}, "invalid_request"),
    ({"valueBase64": "not base64!"}, "invalid_value"),
    ({"valueBase64": "YQ"}, None),
    ({"value": "a", "metdata": {}}, "invalid_request"),
    ({"value": "a", "metadata": {"x": "y" * 1024}}, "metadata_too_large"),
    ({"value": "a", "ttl": 59}, "invalid_expiration"),
    ({"value": "a", "ttl": 0}, "invalid_expiration"),
    ({"value": "a", "ttl": -60}, "invalid_expiration"),
    ({"value": "a", "ttl": 2**70}, None),
    ({"value": "a", "ttl": "60x"}, "invalid_expiration"),
    ({"value": "a", "ttl": 60.5}, "invalid_request"),
    ({"value": "a", "expiration": 1_000_000_000}, "invalid_expiration"),
    ({"value": "a", "expiration": 10**15}, "invalid_expiration"),
    ({"value": "a", "expiration": IN_2100, "ttl": 60}, "invalid_request"),
])
def test_refuses_fields_that_make_no_entry(server, namespace, fields, code):
    answer = server.api("PUT", namespace.entry("k"), json=fields)
    if code is None:
        assert answer.status_code in (200, 201, 400)
    else:
        problem(answer, 400, code)
        assert namespace.names() == []


@pytest.mark.parametrize("body", [b"", b"{", b'{"value": "a"} x', b'{"value": "\\ud800"}', b'{"value": "\xff"}', b"[]",
                                  b'{"value": "a", "metadata": {]}', b"{" * 100_000])
def test_refuses_what_is_not_json(server, namespace, body):
    answer = server.api("PUT", namespace.entry("k"), data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid_request", "invalid_value", "invalid_metadata")
    assert namespace.names() == []


def test_counts_a_ttl_from_now(namespace):
    before = int(time.time())
    namespace.put("k", "v", ttl=3600)
    assert before + 3600 <= namespace.read("k")["expiration"] <= int(time.time()) + 3600


def test_takes_metadata_of_exactly_1024_bytes(namespace):
    metadata = "x" * 1022
    namespace.put("k", "v", metadata=metadata)
    assert namespace.read("k")["metadata"] == metadata


def test_keeps_metadata_as_it_was_written(server, namespace):
    written = b'{"z":1.10,"a":1e3,"big":12345678901234567890,"esc":"\\u00e9\\/"}'
    expect(server.api("PUT", namespace.entry("k"), data=b'{"value":"v","metadata":' + written + b"}"), 201)
    assert written in server.api("GET", namespace.entry("k")).content
    assert written in server.api("GET", f"{namespace.path}/keys").content


def test_writes_only_what_is_as_it_was_seen(server, namespace):
    def put(value, **headers):
        headers = {name.replace("_", "-"): content for name, content in headers.items()}
        return server.api("PUT", namespace.entry("k"), json={"value": value}, headers=headers)

    problem(put("0", If_Match='"anything"'), 412, "precondition_failed")
    problem(put("0", If_Match="*"), 412, "precondition_failed")
    expect(put("1", If_None_Match="*"), 201)
    problem(put("2", If_None_Match="*"), 412, "precondition_failed")
    first = namespace.read("k")["etag"]
    expect(put("3", If_Match=f'"{first}"'), 200)
    second = namespace.read("k")["etag"]
    assert second != first
    problem(put("4", If_Match=f'"{first}"'), 412, "precondition_failed")
    expect(put("3", If_Match="*"), 200)
    assert namespace.read("k")["value"] == "3"
    assert namespace.read("k")["etag"] != second, "each write makes a new state, of the same value too"


def test_the_etag_of_a_deleted_key_does_not_match_its_successor(server, namespace):
    namespace.put("k", "same")
    before = namespace.read("k")["etag"]
    expect(server.api("DELETE", namespace.entry("k")), 204)
    namespace.put("k", "same")
    assert namespace.read("k")["etag"] != before


def test_refuses_a_condition_that_it_would_not_keep(server, namespace):
    namespace.put("k", "v")
    problem(server.api("DELETE", namespace.entry("k"), headers={"If-Match": '"other"'}), 400, "invalid_request")
    for headers in ({"If-Match": 'W/"weak"'}, {"If-Match": '"a", "b"'}, {"If-None-Match": '"a"'}, {"If-Match": "*", "If-None-Match": "*"}):
        problem(server.api("PUT", namespace.entry("k"), json={"value": "w"}, headers=headers), 400, "invalid_request")
    assert namespace.read("k")["value"] == "v"


def test_a_weak_etag_is_refused_with_its_usual_cause(server, namespace):
    namespace.put("k", "1")
    etag = server.api("GET", namespace.entry("k")).headers["ETag"]
    for path, how in ((namespace.entry("k"), {"json": {"value": "2"}}), (namespace.value("k"), {"data": b"2"})):
        answer = problem(server.api("PUT", path, headers={"If-Match": f"W/{etag}"}, **how), 400, "invalid_request")
        assert "A proxy that compresses" in answer["detail"]
    assert namespace.bytes("k") == b"1"


def test_one_of_many_racing_creators_wins(server, namespace):
    from concurrent.futures import ThreadPoolExecutor

    def create(n):
        return server.api("PUT", namespace.entry("k"), json={"value": str(n)}, headers={"If-None-Match": "*"}).status_code
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(create, range(16)))
    assert sorted(statuses) == [201] + [412] * 15
    assert namespace.read("k")["value"] == str(statuses.index(201))


def test_carries_the_largest_value_as_json(server, namespace):
    text = "x" * (25 << 20)
    namespace.put("text", text)
    assert namespace.read("text")["value"] == text
    namespace.put("bytes", b"\xff" * (25 << 20))
    assert namespace.bytes("bytes") == b"\xff" * (25 << 20)


def test_refuses_a_value_or_body_that_is_too_large(server, namespace):
    problem(server.api("PUT", namespace.entry("k"), json={"value": "x" * ((25 << 20) + 1)}), 413, "value_too_large")
    try:
        answer = server.api("PUT", namespace.entry("k"), data=b'{"value":"' + b"x" * (80 << 20) + b'"}')
    except OSError:
        pass  # cut off while it was still sending
    else:
        problem(answer, 413, "body_too_large")
    assert namespace.names() == []


def test_writes_no_names_and_no_values_to_the_log(server, namespace):
    namespace.put("secret-name", "secret-value", metadata="secret-metadata")
    for method, body in (("GET", None), ("PUT", {"value": 7}), ("PUT", {"value": "secret-value", "ttl": 1}), ("DELETE", None)):
        server.api(method, namespace.entry("secret-name"), json=body)
    server.api("GET", f"{namespace.path}/keys?prefix=secret-name&cursor=secret-name")
    assert "secret-" not in server.printed()
