"""Listing keys: order, pages, prefixes, folders, counts."""
import json

import pytest

import odd
from server import problem


@pytest.fixture(scope="module")
def many(server):
    return server.namespace().fill(2_500)


def test_pages_through_all_keys_in_order(many):
    expected = [f"key:{n:06}" for n in range(2_500)]
    for limit in (7, 100, 999, 1000):
        assert [key["name"] for key in many.keys(limit=limit)] == expected
    assert len(many.page()["keys"]) == 100
    page = many.page(limit=1000)
    assert len(page["keys"]) == 1000 and page["cursor"]


def test_the_last_page_says_so_even_when_it_is_full(many):
    assert many.page(limit=1000, prefix="key:000")["cursor"] is None
    assert many.page(limit=1, prefix="key:000007")["cursor"] is None


def test_lists_by_prefix(many):
    assert many.names(prefix="key:0001") == [f"key:{n:06}" for n in range(100, 200)]
    assert many.names(prefix="key:9") == [] and many.page(prefix="key:9")["cursor"] is None
    assert many.names(prefix="KEY") == []


def test_counts_a_prefix(many):
    assert many.page(prefix="key:00", count="true", limit=1)["keyCount"] == 2_500
    assert many.page(prefix="key:0001", count="true", limit=1)["keyCount"] == 100
    assert many.page(prefix="none", count="true")["keyCount"] == 0
    assert "keyCount" not in many.page(prefix="key:0001")


def test_tells_what_it_knows_of_each_key(namespace):
    namespace.put("a", "12345", metadata={"m": 1}, expiration=4102444800)
    namespace.put("b", "")
    first, second = namespace.page()["keys"]
    assert (first["name"], first["size"], first["metadata"], first["expiration"]) == ("a", 5, {"m": 1}, 4102444800)
    assert (second["name"], second["size"]) == ("b", 0) and not second.get("metadata") and not second.get("expiration")


def test_prefixes_are_bytes_and_no_patterns(namespace):
    for key in odd.KEYS:
        namespace.put(key, "v")
    for prefix in ("é", "e", "%", "_", "*", "a/", "..", "\u0000", "🎉", "\uff21", "'"):
        assert namespace.names(prefix=prefix) == odd.by_bytes(k for k in odd.KEYS if k.startswith(prefix)), prefix
    assert namespace.names(prefix="e") == ["e\u0301"], "e and é are different letters"


def test_shows_one_level_of_a_tree(namespace):
    lines = [f"{section}/{name}" for section in ("admin", "games", "net/http") for name in ("a", "b", "c/d")]
    for key in lines + ["root", "games", "zoo/"]:
        namespace.put(key, "v")
    page = namespace.page(delimiter="/", limit=1000)
    assert [key["name"] for key in page["keys"]] == ["games", "root"]
    assert [folder["prefix"] for folder in page["folders"]] == ["admin/", "games/", "net/", "zoo/"]
    assert [folder["keyCount"] for folder in page["folders"]] == [3, 3, 3, 1]
    below = namespace.page(delimiter="/", prefix="games/")
    assert [key["name"] for key in below["keys"]] == ["games/a", "games/b"]
    assert [folder["prefix"] for folder in below["folders"]] == ["games/c/"]
    assert namespace.page(delimiter="/", prefix="zoo/")["keys"][0]["name"] == "zoo/"
    by_word = namespace.page(delimiter="et/")
    assert [folder["prefix"] for folder in by_word["folders"]] == ["net/"]


def test_pages_through_a_tree_without_a_gap_or_a_repetition(server):
    namespace = server.namespace()
    keys = [f"{n % 37:02}/{n}" for n in range(500)] + [f"leaf {n:03}" for n in range(60)]
    namespace.load("\n".join(json.dumps({"key": key, "value": ""}) for key in keys).encode())
    found, folders, cursor = [], [], None
    while True:
        page = namespace.page(delimiter="/", limit=10, **({"cursor": cursor} if cursor else {}))
        assert len(page["keys"]) + len(page["folders"]) <= 10
        found += [key["name"] for key in page["keys"]]
        folders += [folder["prefix"] for folder in page["folders"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert folders == [f"{n:02}/" for n in range(37)]
    assert found == [f"leaf {n:03}" for n in range(60)]


def test_a_cursor_stands_between_keys_that_come_and_go(server):
    namespace = server.namespace().fill(100)
    first = namespace.page(limit=50)
    server.api("DELETE", namespace.entry("key:000049"))
    server.api("DELETE", namespace.entry("key:000050"))
    namespace.put("key:000051a", "new")
    namespace.put("key:000000a", "new, but passed already")
    rest = namespace.page(limit=100, cursor=first["cursor"])
    assert [key["name"] for key in rest["keys"]] == (
        ["key:000051", "key:000051a"] + [f"key:{n:06}" for n in range(52, 100)])


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "delimiter=", "count=perhaps", "prefix=%FF"])
def test_refuses_a_query_that_makes_no_sense(server, namespace, query):
    answer = server.api("GET", f"{namespace.path}/keys?{query}")
    if query == "delimiter=" and answer.status_code == 200:
        return  # none given: no tree
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid_request", "invalid_key"), answer.text


def test_a_cursor_of_another_namespace_or_list_does_no_harm(server, many):
    cursor = many.page(limit=10)["cursor"]
    other = server.namespace().fill(5)
    answer = server.api("GET", f"{other.path}/keys?cursor={cursor}")
    assert answer.status_code in (200, 400)


def test_a_namespace_that_is_gone_has_no_keys(server):
    namespace = server.namespace()
    server.api("DELETE", namespace.path)
    problem(server.api("GET", f"{namespace.path}/keys"), 404, "namespace_not_found")
