"""The namespace that a name in a command stands for."""
import json
import sqlite3

import pytest
from broken import BrokenDoor, Changes
from cli import CommandLine, against

LISTING = "/api/stores/local/namespaces?"


@pytest.fixture
def retitled(start):
    """A data folder in which the title of the second namespace is the ID of the first, as an earlier version allowed."""
    server = start()
    named, titled = server.namespace("named"), server.namespace("titled")
    named.put("k", "of the ID")
    titled.put("k", "of the title")
    server.terminate()
    with sqlite3.connect(next(server.data.glob("**/local.sqlite"))) as store:
        assert store.execute("UPDATE namespace SET title = ? WHERE id = ?", (named.id, titled.id)).rowcount == 1
    return CommandLine("--data", str(server.data)), named, titled


def test_an_id_takes_precedence_over_a_title(retitled):
    kv, named, titled = retitled
    assert kv("key", "get", "-n", named.id, "k").text == "of the ID"
    assert kv("key", "get", "-n", titled.id, "k").text == "of the title"
    kv("namespace", "create", "copied")
    kv("bulk", "copy", "-n", "copied", "--to", named.id, "--all", "--yes")
    kv("key", "put", "-n", "copied", "new", "v")
    kv("bulk", "copy", "-n", "copied", "--to", named.id, "--all", "--yes")
    assert kv("key", "get", "-n", named.id, "new").text == "v"
    kv("bulk", "delete", "-n", named.id, "--all", "--yes")
    assert kv("key", "get", "-n", titled.id, "k").text == "of the title"
    kv("namespace", "rename", titled.id, "titled again")
    assert kv("key", "get", "-n", "titled again", "k").text == "of the title"


@pytest.mark.parametrize("command", [["key", "get", "k"], ["key", "put", "k", "v"], ["bulk", "delete", "--all", "--yes"],
                                     ["namespace", "delete", "--yes"], ["import", "-"]])
def test_the_id_of_a_deleted_namespace_does_not_become_a_title(retitled, command):
    kv, named, titled = retitled
    kv("namespace", "delete", named.id, "--yes")
    words = command + [named.id] if command[0] == "namespace" else command + ["-n", named.id]
    refused = kv(*words, status=1, input=b'{"key": "k", "value": "v"}').errors
    assert "ambiguous" in refused.lower() and named.id in refused and titled.id in refused
    assert kv("key", "get", "-n", titled.id, "k").text == "of the title"


@pytest.mark.parametrize("words", [["key", "list", "-n", "one"], ["bulk", "copy", "-n", "two", "--to", "one", "--all", "--yes"],
                                   ["namespace", "delete", "one", "--yes"], ["export", "-n", "one", "--all"]])
def test_a_title_of_two_namespaces_is_refused_with_both(fresh_server, words):
    one, two, three = (fresh_server.namespace(title) for title in ("one", "two", "one more"))

    def twice(body):
        listing = json.loads(body)
        listing["namespaces"] += [{**space, "title": "one"} for space in listing["namespaces"] if space["id"] == three.id]
        return json.dumps(listing).encode()

    with BrokenDoor(fresh_server, Changes(LISTING, body=twice)) as door:
        refused = CommandLine("--server", door.url)(*words, status=1).errors
        assert 'ambiguous name "one"' in refused.lower() and one.id in refused and three.id in refused and two.id not in refused
        assert CommandLine("--server", door.url)("key", "list", "-n", three.id, "--output", "json").json == []


def test_a_title_in_the_form_of_an_id_is_refused(server):
    kv, space = against(server), server.namespace()
    for title in (space.id, "0" * 32, "ABCDEF" * 5 + "AB", space.id.upper()):
        assert "form of an ID" in kv("namespace", "create", title, status=1).errors
        assert "form of an ID" in kv("namespace", "rename", space.id, title, status=1).errors
    kv("namespace", "create", space.id[1:])
    kv("namespace", "create", "g" + space.id[1:])
    kv("key", "put", "-n", space.id[1:], "k", "v")
    assert kv("key", "get", "-n", space.id[1:], "k").text == "v"
