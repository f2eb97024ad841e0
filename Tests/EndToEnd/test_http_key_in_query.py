"""A key in the query of an address names the same entry as one in its path."""
import json
import urllib.parse

import pytest

import odd
from server import expect, problem


def by_query(namespace, resource, key, more=""):
    return f"{namespace.path}/{resource}?key={urllib.parse.quote(key, safe='')}{more}"


@pytest.mark.parametrize("key", [*odd.KEYS, "a/../b", "%2F", "a+b", "a&key=b", "x" * 512])
def test_entries_and_values_are_written_read_and_deleted(server, namespace, key):
    expect(server.api("PUT", by_query(namespace, "entries", key), json={"value": "one", "metadata": {"n": 1}}), 201)
    assert namespace.names() == [key]
    by_path = server.api("GET", namespace.entry(key))
    answer = expect(server.api("GET", by_query(namespace, "entries", key)), 200)
    assert (answer.content, answer.headers["ETag"]) == (by_path.content, by_path.headers["ETag"])
    expect(server.api("PUT", by_query(namespace, "values", key, "&ttl=600"), data=b"\x00two"), 200)
    value = expect(server.api("GET", by_query(namespace, "values", key, "&download=1"), headers={"Range": "bytes=1-"}), 206)
    assert value.content == b"two" and "attachment" in value.headers["Content-Disposition"] and "Expiration" in value.headers
    expect(server.api("GET", by_query(namespace, "values", key), headers={"If-None-Match": value.headers["ETag"]}), 304)
    expect(server.api("DELETE", by_query(namespace, "entries", key)), 204)
    problem(server.api("GET", by_query(namespace, "entries", key)), 404, "key_not_found")


@pytest.mark.parametrize("resource", ["entries", "values"])
@pytest.mark.parametrize("query, code", [("", "invalid_key"), ("?key=", "invalid_key"), ("?key=..", "invalid_key"), ("?key=%FF", "invalid_request"),
                                         ("?key=" + "x" * 513, "invalid_key"), ("?key=a&key=b", "invalid_request")])
def test_an_address_without_one_valid_key_is_refused(server, namespace, resource, query, code):
    problem(server.api("GET", f"{namespace.path}/{resource}{query}"), 400, code)
    problem(server.api("PUT", f"{namespace.path}/{resource}{query}", data=json.dumps({"value": "x"})), 400, code)
    assert namespace.names() == []
