"""Namespaces: made, listed, renamed, protected, deleted."""
import re
from datetime import datetime, timezone

import pytest

from server import expect, problem

NAMESPACES = "/api/stores/local/namespaces"
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def test_makes_a_namespace(server):
    made = expect(server.api("POST", NAMESPACES, json={"title": "Käse 🧀"}), 201).json()
    assert re.fullmatch(r"[0-9a-f]{32}", made["id"])
    assert made["title"] == "Käse 🧀" and made["protected"] is False and made["keyCount"] == 0 and made["valueBytes"] == 0
    assert TIME.match(made["createdAt"])
    age = datetime.now(timezone.utc) - datetime.fromisoformat(made["createdAt"].replace("Z", "+00:00"))
    assert abs(age.total_seconds()) < 60
    assert server.get(f"{NAMESPACES}/{made['id']}") == made


def test_refuses_a_title_that_is_taken(server):
    first = server.namespace("twice")
    body = problem(server.api("POST", NAMESPACES, json={"title": "twice"}), 409, "namespace_exists")
    assert "twice" in body["detail"]
    other = server.namespace("other")
    problem(server.api("PATCH", other.path, json={"title": "twice"}), 409, "namespace_exists")
    expect(server.api("PATCH", first.path, json={"title": "twice"}), 200)


@pytest.mark.parametrize("title", ["", "   ", "x" * 513])
def test_refuses_what_is_no_title(server, title):
    problem(server.api("POST", NAMESPACES, json={"title": title}), 400, "invalid_title")


@pytest.mark.parametrize("title", ["0123456789abcdef" * 2, "F" * 32, "aB" * 16])
def test_refuses_a_title_in_the_form_of_an_id(server, title):
    space = server.namespace()
    for answer in (server.api("POST", NAMESPACES, json={"title": title}), server.api("PATCH", space.path, json={"title": title})):
        assert "form of an ID" in problem(answer, 400, "invalid_title")["detail"]
    assert server.get(space.path)["title"] == space.title
    # One digit more, one less, and one that is not a digit.
    for other in (title + "0", title[1:], title[1:] + "g", title[1:] + "é"):
        expect(server.api("POST", NAMESPACES, json={"title": other}), 201)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"{}", b'{"title": 7}', b'{"title": null}',
                                  b'{"title": "x", "colour": "red"}', b'{"title": "\xff"}', b'{"title":"a"} trailing'])
def test_refuses_a_body_that_is_no_request(server, body):
    answer = server.api("POST", NAMESPACES, data=body, headers={"Content-Type": "application/json"})
    problem(answer, 400, "invalid_request")


def test_refuses_a_body_without_an_end_in_sight(server):
    answer = server.api("POST", NAMESPACES, data=b'{"title": "' + b"x" * 5_000_000 + b'"}')
    assert answer.status_code in (400, 413)
    expect(server.api("GET", "/healthz"), 200)


def test_renames_and_protects(server):
    namespace = server.namespace("before")
    namespace.put("k", "v")
    changed = expect(server.api("PATCH", namespace.path, json={"title": "after", "protected": True}), 200).json()
    assert changed["title"] == "after" and changed["protected"] is True
    for method, path, body in [
        ("PUT", namespace.entry("k"), {"value": "w"}), ("DELETE", namespace.entry("k"), None),
        ("DELETE", namespace.path, None),
    ]:
        problem(server.api(method, path, json=body), 403, "namespace_protected")
    problem(server.api("PUT", namespace.value("k"), data=b"w"), 403, "namespace_protected")
    assert namespace.bytes("k") == b"v"
    expect(server.api("PATCH", namespace.path, json={"protected": False}), 200)
    namespace.put("k", "w")


def test_an_empty_or_wrong_change_is_refused_or_changes_nothing(server):
    namespace = server.namespace()
    before = server.get(namespace.path)
    problem(server.api("PATCH", namespace.path, json={"protected": "yes"}), 400, "invalid_request")
    problem(server.api("PATCH", namespace.path, json={"id": "0" * 32}), 400, "invalid_request")
    assert server.get(namespace.path) == before


def test_deletes_with_everything_in_it(server):
    namespace = server.namespace().fill(50)
    expect(server.api("DELETE", namespace.path), 204)
    problem(server.api("GET", namespace.path), 404, "namespace_not_found")
    problem(server.api("GET", namespace.entry("key:000001")), 404, "namespace_not_found")
    problem(server.api("DELETE", namespace.path), 404, "namespace_not_found")
    again = server.namespace(namespace.title)
    assert again.id != namespace.id and again.names() == []


def test_counts_keys_and_bytes(server):
    namespace = server.namespace().fill(100, size=30)
    namespace.put("key:000000", "shorter")
    expect(server.api("DELETE", namespace.entry("key:000001")), 204)
    known = server.get(namespace.path)
    assert (known["keyCount"], known["valueBytes"]) == (99, 98 * 30 + 7)


def test_lists_pages_and_finds_titles(fresh_server):
    titles = sorted([f"ns {n:03}" for n in range(25)] + ["Zebra", "été", "100%_sure"])
    for title in titles:
        fresh_server.namespace(title)
    found, cursor, pages = [], "", 0
    while cursor is not None:
        page = fresh_server.get(f"{NAMESPACES}?limit=10" + (f"&cursor={cursor}" if cursor else ""))
        assert len(page["namespaces"]) <= 10
        found, cursor, pages = found + [n["title"] for n in page["namespaces"]], page["cursor"], pages + 1
    assert sorted(found) == titles and pages == 3

    def titles_of(query):
        return [n["title"] for n in fresh_server.get(f"{NAMESPACES}?query={query}")["namespaces"]]
    assert titles_of("zeb") == ["Zebra"]
    assert titles_of("%25_") == ["100%_sure"], "the query is text, no pattern"
    assert titles_of("nothing-like-it") == []
    assert len(titles_of("ns%2000")) == 10


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1.5"])
def test_refuses_a_limit_out_of_range(server, query):
    problem(server.api("GET", f"{NAMESPACES}?{query}"), 400, "invalid_request")


def test_refuses_a_cursor_of_no_page(server):
    problem(server.api("GET", f"{NAMESPACES}?cursor=nonsense!"), 400, "invalid_cursor")
    problem(server.api("GET", f"{server.namespace().path}/keys?cursor=nonsense!"), 400, "invalid_cursor")
