"""The gateway by hand: the requests as wrangler sends them, keys in paths, every error, every limit."""
import json
import time

import pytest

from gateway import ROOT, Hosted, body, dumps, form, part, refused, result
from odd import KEYS, VALUES, by_bytes
from server import expect, quoted
from sockets import connect, exchange

IN_2100 = 4102444800
MAXIMUM = 25 * 1024 * 1024
NOBODY = "0" * 32


@pytest.fixture
def hosted(server):
    return Hosted(server)


# MARK: as wrangler does it


def test_serves_what_wrangler_asks_about_its_user(server):
    assert result(server.api("GET", f"{ROOT}/user"))["email"]
    assert result(server.api("GET", f"{ROOT}/user/tokens/verify"))["status"] == "active"
    accounts = body(server.api("GET", f"{ROOT}/accounts?per_page=50&page=1"))
    assert accounts["result"] == [{"id": "local", "name": "local", "type": "standard"}]
    assert accounts["result_info"]["total_count"] == 1
    (membership,) = result(server.api("GET", f"{ROOT}/memberships"))
    assert membership["account"] == accounts["result"][0]
    assert result(server.api("GET", f"{ROOT}/accounts?page=2")) == []
    assert result(server.api("GET", f"{ROOT}/accounts/local/tokens/verify"))["status"] == "active"


def test_lists_namespaces_as_wrangler_asks_for_them(server, hosted):
    title = result(hosted.call("GET"))["title"]
    listed = body(server.api("GET", f"{hosted.namespaces}?per_page=100&order=title&direction=asc&page=1"))
    assert {"id": hosted.id, "title": title, "supports_url_encoding": True} in listed["result"]
    info = listed["result_info"]
    assert info["total_count"] == info["count"] == len(listed["result"]) and info["per_page"] == 100
    past = body(server.api("GET", f"{hosted.namespaces}?page=999"))
    assert past["result"] == [] and past["result_info"]["total_count"] == info["total_count"]
    assert result(server.api("GET", f"{hosted.namespaces}?page=1000000000&per_page=1000")) == []


def test_puts_a_value_as_wrangler_does(hosted):
    assert result(hosted.put("a key", "é🎉".encode(), headers={"Content-Type": "text/plain;charset=UTF-8"})) is None
    assert hosted.get("a key") == "é🎉".encode()
    assert result(hosted.put("a key", b"\x00\xff", f"?expiration={IN_2100}")) is None
    assert hosted.get("a key") == b"\x00\xff" and hosted.keys() == [{"name": "a key", "expiration": IN_2100}]


def test_puts_a_value_with_metadata_as_wrangler_does(hosted):
    """A part without a type each; the other clients' order too."""
    value, metadata = part("value", b"a value"), part("metadata", b'{"a":1.50}')
    for parts in ([value, metadata], [metadata, value]):
        result(hosted.put_form("k", *parts, query="?expiration_ttl=60"))
        assert hosted.get("k") == b"a value" and hosted.metadata("k") == {"a": 1.5}
    assert b'"metadata":{"a":1.50}' in hosted.call("GET", "/keys").content, "metadata is kept as it was written"


def test_lists_keys_as_wrangler_does(hosted):
    result(hosted.bulk_put([{"key": f"k{number:04}", "value": "v"} for number in range(1001)]))
    first = body(hosted.call("GET", "/keys?prefix="))
    assert first["result_info"]["count"] == 1000 == len(first["result"])
    last = body(hosted.call("GET", f"/keys?prefix=&cursor={first['result_info']['cursor']}"))
    assert last["result"] == [{"name": "k1000"}] and last["result_info"] == {"count": 1, "cursor": ""}


def test_puts_and_deletes_in_bulk_as_wrangler_does(hosted):
    pairs = [{"key": f"k{number}", "value": "v", "note": "what it does not know it passes on"} for number in range(1000)]
    assert result(hosted.bulk_put(pairs)) == {"successful_key_count": 1000, "unsuccessful_keys": []}
    deleted = hosted.call("DELETE", "/bulk", json=[f"k{number}" for number in range(999)])
    assert result(deleted) == {"successful_key_count": 999, "unsuccessful_keys": []}
    assert hosted.names() == ["k999"]


def test_gets_a_value_with_what_belongs_to_it(hosted):
    hosted.put("k", b"v", f"?expiration={IN_2100}")
    answer = hosted.call("GET", "/values/k")
    assert answer.headers["Content-Type"] == "application/octet-stream" and answer.headers["Expiration"] == str(IN_2100)
    head = hosted.call("HEAD", "/values/k")
    assert head.status_code == 200 and head.content == b"" and head.headers["Content-Length"] == "1"
    hosted.put("k", b"v")
    assert "Expiration" not in hosted.call("GET", "/values/k").headers and hosted.metadata("k") is None


def test_shares_its_entries_with_the_other_api(server, hosted):
    namespace = server.namespace()
    behind = Hosted(server, id=namespace.id)
    namespace.put("k", b"\x00\xff", metadata={"a": 1}, expiration=IN_2100)
    assert behind.get("k") == b"\x00\xff"
    assert behind.keys() == [{"name": "k", "expiration": IN_2100, "metadata": {"a": 1}}]
    behind.put_form("k", part("value", b"two"), part("metadata", b"[]"))
    assert (namespace.read("k")["value"], namespace.read("k")["metadata"]) == ("two", [])


# MARK: keys in paths


@pytest.mark.parametrize("key", KEYS, ids=lambda key: repr(key)[:30])
def test_carries_every_key_in_a_path(hosted, key):
    result(hosted.put(key, b"raw"))
    result(hosted.put_form(key, part("value", b"form"), part("metadata", b"1")))
    assert hosted.get(key) == b"form" and hosted.metadata(key) == 1 and hosted.names() == [key]
    result(hosted.server.api("DELETE", hosted.value(key)))
    refused(hosted.server.api("GET", hosted.value(key)), 404, 10009)


def test_decodes_a_key_once(hosted):
    result(hosted.call("PUT", "/values/a%252Fb", data=b"once"))
    assert hosted.names() == ["a%2Fb"]
    result(hosted.call("PUT", "/values/a%2fb+c!$&'()*,;=:@", data=b"as it is"))
    assert hosted.names() == ["a%2Fb", "a/b+c!$&'()*,;=:@"]


def test_takes_slashes_that_are_not_encoded_for_part_of_the_key(server, hosted):
    for path, key in (("a/b", "a/b"), ("a/b%2Fc/values/k", "a/b/c/values/k"), ("a/%2E%2E", "a/.."), ("values/keys", "values/keys")):
        result(hosted.call("PUT", f"/values/{path}", data=key.encode()))
        assert hosted.names() == [key] and hosted.get(key) == key.encode()
        assert hosted.call("GET", f"/values/{path}").content == key.encode()
        assert result(hosted.call("GET", f"/metadata/{path}")) is None
        result(hosted.call("DELETE", f"/values/{path}"))
        assert hosted.names() == []
    assert "/**" not in server.api("GET", "/api/gateway/usage").text
    assert "%2F" in refused(hosted.call("GET", "/values//b"), 404, 7003)


@pytest.mark.parametrize("path, status, code", [
    ("/values/%ff", 400, 10029), ("/values/.", 400, 10029),
    ("/values/%2E%2E", 400, 10029), ("/values/" + "k" * 513, 414, 10030), ("/values/" + "%C3%A9" * 257, 414, 10030),
    ("/values//b", 404, 7003), ("/values", 404, 7003), ("/values/", 404, 7003), ("/values/a/", 404, 7003), ("/values/a//b", 404, 7003),
    ("/metadata/" + "k" * 513, 414, 10030), ("/metadata", 404, 7003), ("/values/../keys", 404, 7003), ("/values/a/./b", 404, 7003),
    ("/values/a/values/", 404, 7003), ("/values/a/%ff", 400, 10029), ("/values/a/" + "k" * 511, 414, 10030),
])
def test_refuses_paths_that_name_no_key(hosted, path, status, code):
    refused(hosted.call("GET", path), status, code)


@pytest.mark.parametrize("path", ["/values/%", "/values/%zz", "/metadata/%0", "/keys?prefix=%"])
def test_refuses_what_is_not_percent_encoded(server, hosted, path):
    """By hand: clients would put such a path right."""
    request = f"GET {hosted.path}{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    status, _, text = exchange(server, request)
    assert status == 400 and json.loads(text)["errors"][0]["code"] == 10029


def test_takes_a_key_of_512_bytes_and_lists_it_whole(hosted):
    keys = by_bytes(KEYS)
    result(hosted.bulk_put([{"key": key, "value": "v"} for key in reversed(keys)]))
    assert hosted.names() == keys
    (found,) = hosted.keys(f"?prefix={quoted('k' * 512)}")
    assert found == {"name": "k" * 512}


# MARK: errors


def test_tells_errors_in_the_hosted_service_s_form_everywhere_below_its_address(server):
    refused(server.api("GET", f"{ROOT}"), 404, 7003)
    refused(server.api("GET", f"{ROOT}/zones"), 404, 7003)
    refused(server.api("GET", f"{ROOT}/accounts/local/storage/kv"), 404, 7003)
    refused(server.api("GET", f"{ROOT}/accounts//storage/kv/namespaces"), 404, 7003)
    refused(server.api("GET", f"{ROOT}/accounts/nobody/storage/kv/namespaces"), 404, 7003)
    refused(server.api("GET", f"{ROOT}/user", headers={"Host": "evil.example"}), 421, 7003)
    refused(server.api("POST", f"{ROOT}/user", headers={"Origin": "https://evil.example"}), 403, 10000)
    refused(server.api("PUT", f"{ROOT}/user", data=b"x", headers={"Content-Encoding": "gzip"}), 415, 10012)
    answer = expect(server.api("GET", "/client/v4x"), 404)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method, path", [
    ("PATCH", ""), ("POST", ""), ("POST", "/keys"), ("POST", "/values/k"), ("PUT", "/metadata/k"), ("GET", "/bulk"),
    ("HEAD", "/bulk"), ("DELETE", "/bulk/delete"), ("GET", "/bulk/get"), ("DELETE", "/keys"),
])
def test_refuses_methods_that_an_address_does_not_have(hosted, method, path):
    answer = hosted.call(method, path)
    assert answer.status_code == 405
    if method != "HEAD":
        refused(answer, 405, 10405)


@pytest.mark.parametrize("id", ["short", NOBODY[:-1], NOBODY + "0", "g" * 32, "%20" * 32, "ä" * 16])
def test_refuses_ids_that_are_none(server, id):
    for method, path in [("GET", ""), ("GET", "/keys"), ("GET", "/values/k"), ("PUT", "/bulk"), ("DELETE", "")]:
        refused(Hosted(server, id=id).call(method, path, data=b"[]"), 400, 10011)


def test_takes_an_id_in_either_case(hosted):
    assert result(hosted.server.api("GET", hosted.path.replace(hosted.id, hosted.id.upper())))["id"] == hosted.id


@pytest.mark.parametrize("method, path, data, message", [
    ("GET", "", None, "get namespace: 'namespace not found'"), ("PUT", "", b'{"title": "t"}', "rename namespace: "),
    ("DELETE", "", None, "remove namespace: "), ("GET", "/keys", None, "list keys: 'namespace not found'"),
    ("GET", "/values/k", None, "get: "), ("PUT", "/values/k", b"v", "put: "), ("DELETE", "/values/k", None, "delete: "),
    ("GET", "/metadata/k", None, "metadata: "), ("PUT", "/bulk", b'[{"key":"k","value":""}]', "bulk put: "),
    ("DELETE", "/bulk", b'["k"]', "bulk delete: "), ("POST", "/bulk/delete", b'["k"]', "bulk delete: "),
    ("POST", "/bulk/get", b'{"keys":["k"]}', "bulk get: "),
])
def test_says_that_a_namespace_is_not_there(server, method, path, data, message):
    assert refused(Hosted(server, id=NOBODY).call(method, path, data=data), 404, 10013).startswith(message)


def test_says_that_a_key_is_not_there(hosted):
    assert refused(hosted.call("GET", "/values/k"), 404, 10009) == "get: 'key not found'"
    assert refused(hosted.call("GET", "/metadata/k"), 404, 10009) == "metadata: 'key not found'"
    assert result(hosted.call("DELETE", "/values/k")) is None


@pytest.mark.parametrize("data, code", [
    (b"", 10012), (b"{", 10012), (b"[]", 10012), (b'{"title": 5}', 10012), (b"{}", 10019), (b'{"title": ""}', 10019),
    (b'{"title": null}', 10019), (b'{"title": "  "}', 10019), (b'{"title": "a\\nb"}', 10019),
    (dumps({"title": "t" * 513}), 10019), (dumps({"title": "a" * 32}), 10019), (dumps({"title": "0123456789ABCDEF" * 2}), 10019),
])
def test_refuses_titles_that_are_none(hosted, data, code):
    refused(hosted.server.api("POST", hosted.namespaces, data=data), 400, code)
    refused(hosted.call("PUT", data=data), 400, code)


def test_refuses_a_title_that_is_taken(hosted):
    taken = {"title": result(Hosted(hosted.server).call("GET"))["title"]}
    message = "'a namespace with this account ID and title already exists'"
    assert message in refused(hosted.server.api("POST", hosted.namespaces, json=taken), 400, 10014)
    assert message in refused(hosted.call("PUT", json=taken), 400, 10014)
    own = {"title": "t" * 512, "jurisdiction": "eu"}
    assert result(hosted.call("PUT", json=own))["title"] == "t" * 512
    assert result(hosted.call("PUT", json=own))["id"] == hosted.id


def test_keeps_a_protected_namespace_as_it_is(server):
    namespace = server.namespace()
    namespace.put("k", "v")
    expect(server.api("PATCH", namespace.path, json={"protected": True}), 200)
    hosted = Hosted(server, id=namespace.id)
    for method, path, data in [
        ("PUT", "/values/k", b"x"), ("DELETE", "/values/k", None), ("DELETE", "", None), ("DELETE", "/bulk", b'["k"]'),
        ("PUT", "/bulk", b'[{"key":"k","value":""}]'),
    ]:
        refused(hosted.call(method, path, data=data), 403, 10037)
    assert hosted.get("k") == b"v"


@pytest.mark.parametrize("query, code", [
    ("?limit=9", 10028), ("?limit=1001", 10028), ("?limit=-1", 10028), ("?limit=ten", 10029), ("?cursor=nonsense", 10038),
    ("?prefix=%ff", 10029),
])
def test_refuses_lists_of_keys_that_make_no_sense(hosted, query, code):
    refused(hosted.call("GET", f"/keys{query}"), 400, code)


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?per_page=0", "?per_page=1001", "?order=colour", "?direction=up"])
def test_refuses_lists_of_namespaces_that_make_no_sense(hosted, query):
    refused(hosted.server.api("GET", hosted.namespaces + query), 400, 10029)


@pytest.mark.parametrize("query, code", [
    ("?expiration_ttl=59", 10034), ("?expiration_ttl=-60", 10034), ("?expiration_ttl=soon", 10029), ("?expiration=1", 10033),
    (f"?expiration={IN_2100 * 1000}", 10033), ("?expiration_ttl=9223372036854775807", 10033),
    (f"?expiration={IN_2100}&expiration_ttl=59", 10034),
])
def test_refuses_times_that_are_too_near_or_none(hosted, query, code):
    refused(hosted.put("k", b"v", query), 400, code)
    assert hosted.names() == []


def test_refuses_a_time_less_than_a_minute_ahead(hosted):
    soon = int(time.time()) + 30
    refused(hosted.put("k", b"v", f"?expiration={soon}"), 400, 10033)
    assert "pair 1" in refused(hosted.bulk_put([{"key": "k", "value": "v", "expiration": soon}]), 400, 10033)
    result(hosted.put("k", b"v", f"?expiration={soon + 60}"))


# MARK: limits


def test_takes_the_largest_value_and_no_byte_more(hosted):
    value = bytes(range(256)) * 102_400
    assert len(value) == MAXIMUM
    result(hosted.put("raw", value))
    result(hosted.put_form("form", part("value", value), part("metadata", b'"' + b"x" * 1022 + b'"')))
    assert hosted.get("raw") == hosted.get("form") == value
    refused(hosted.put("raw", value + b"x"), 413, 10024)
    refused(hosted.put_form("form", part("value", value + b"x")), 413, 10024)
    refused(hosted.put_form("form", part("value", value + bytes(2_000_000))), 413, 10024)
    assert hosted.get("raw") == hosted.get("form") == value


def test_cuts_off_a_value_without_an_end(hosted):
    def pieces():
        for _ in range(40):
            yield bytes(1 << 20)
    for headers in ({}, {"Content-Type": "multipart/form-data; boundary=b"}):
        try:
            answer = hosted.put("endless", pieces(), headers=headers)
        except OSError:
            pass  # cut off while it was still sending
        else:
            refused(answer, 413, 10024)
    assert hosted.names() == []


def test_refuses_by_the_announced_length_before_the_bytes_come(server, hosted):
    for method, path in [("PUT", "/values/k"), ("PUT", "/bulk"), ("POST", "/bulk/delete")]:
        head = (f"{method} {hosted.path}{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                f"Content-Length: {1 << 40}\r\n\r\n").encode()
        status, headers, text = exchange(server, head)
        assert status == 413 and json.loads(text)["errors"][0]["code"] == 10024
    refused(hosted.call("POST", "/bulk/get", data=b" " * (1 << 20) + b"{}"), 413, 10024)


def test_keeps_nothing_of_a_value_that_breaks_off(server, hosted):
    for more in ("", "Content-Type: multipart/form-data; boundary=b\r\n"):
        with connect(server) as connection:
            connection.sendall((f"PUT {hosted.path}/values/k HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{more}"
                                "Content-Length: 5000000\r\n\r\n").encode() + bytes(2_000_000))
    result(hosted.put("other", bytes(3_000_000)))
    assert hosted.names() == ["other"]
    assert [path for path in (server.data / "jobs").iterdir() if path.name.startswith("receiving")] == []


@pytest.mark.parametrize("metadata", [b'"' + b"x" * 1023 + b'"', b"x" * 1025])
def test_refuses_metadata_of_more_than_1024_bytes(hosted, metadata):
    assert len(metadata) == 1025
    refused(hosted.put_form("k", part("value", b"v"), part("metadata", metadata, "text/plain")), 413, 10024)
    assert hosted.names() == []


# MARK: forms


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_carries_every_value_in_a_form(hosted, value):
    for more in (b"", b"\r\n", b"\r\n------formdata-undici-01234567", b"\r\n------formdata-undici-0123456789x", b"\r\n--"):
        result(hosted.put_form("k", part("value", value + more), part("metadata", b"null")))
        assert hosted.get("k") == value + more


def test_takes_forms_in_every_shape(hosted):
    """Quoted boundaries, types in any case, a preamble, an epilogue, parts that nobody asked for."""
    text, _ = form(part("value", b"v"), part("other", b"?"), part("metadata", b" {} ", "application/json"), boundary="a b")
    result(hosted.put("k", b"preamble\r\n" + text + b"epilogue", headers={"Content-Type": 'Multipart/Form-Data; Boundary="a b"; x=y'}))
    assert hosted.get("k") == b"v" and hosted.metadata("k") == {}
    result(hosted.put_form("k", part("value", b"", filename="upload", content_type="application/octet-stream"), part("metadata", b"")))
    assert hosted.get("k") == b"" and hosted.metadata("k") is None
    result(hosted.put("k", b"--not a form", headers={"Content-Type": "multipart/mixed; boundary=x"}))
    assert hosted.get("k") == b"--not a form"


@pytest.mark.parametrize("text, kind", [
    (form(part("value", b"v"))[0], "multipart/form-data"),
    (form(part("value", b"v"))[0], "multipart/form-data; boundary="),
    (form(part("value", b"v"))[0], "multipart/form-data; boundary=another"),
    (form(part("value", b"v"))[0], f"multipart/form-data; boundary={'b' * 71}"),
    (b"", "multipart/form-data; boundary=b"),
    (b"--b\r\n" + part("value", b"v"), "multipart/form-data; boundary=b"),
    (b"--b\r\n" + part("value", b"v") + b"--b", "multipart/form-data; boundary=b"),
    (b"--b\r\nname: value\r\n\r\nv\r\n--b--", "multipart/form-data; boundary=b"),
    (b"--b\r\n" + b"x" * 20_000 + part("value", b"v") + b"--b--", "multipart/form-data; boundary=b"),
    (form(part("metadata", b"{}"))[0], form()[1]),
    (form()[0], form()[1]),
    (form(part("value", b"1"), part("value", b"2"))[0], form()[1]),
    (form(part("value", b"1"), part("metadata", b"{"))[0], form()[1]),
    (form(part("value", b"1"), part("metadata", b"text", "application/json"))[0], form()[1]),
    (form(part("value", b"1"), part("metadata", b"\xff", "text/plain"))[0], form()[1]),
    (form(part("value", b"1"), part("metadata", b"1"), part("metadata", b"1"))[0], form()[1]),
    (form(part("value", b"1"), *[part("x", b"")] * 20)[0], form()[1]),
    (bytes(range(256)) * 100, "multipart/form-data; boundary=b"),
])
def test_refuses_forms_that_are_none(hosted, text, kind):
    refused(hosted.put("k", text, headers={"Content-Type": kind}), 400, 10012)
    assert hosted.names() == []
