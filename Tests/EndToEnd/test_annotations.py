"""Tags: beside the store, gone with their key, and carried along wherever entries go."""
import json

import pytest

from server import expect, problem
from test_jobs_bulk import counts
from test_jobs_life import undo


def tags(namespace):
    return {key["name"]: key["tags"] for key in namespace.keys() if "tags" in key}


def tagged(server, count=4):
    """Keys a0, a1, …: the even ones have tags."""
    namespace = server.namespace()
    for n in range(count):
        namespace.put(f"a{n}", f"{n}", **({"tags": ["é", "even"]} if n % 2 == 0 else {}))
    return namespace


def tag(server, namespace, selection=None, **change):
    job = server.run_job(namespace.job("tag", selection, **change))
    assert job["kind"] == "tag"
    return job


def test_an_entry_has_the_tags_that_were_sent_with_it(server):
    namespace = server.namespace()
    namespace.put("k", "v", tags=["b", "a", "b"])
    assert namespace.read("k")["tags"] == ["a", "b"] and tags(namespace) == {"k": ["a", "b"]}
    namespace.put("k", "w")
    assert namespace.read("k")["tags"] == ["a", "b"], "what is not mentioned stays"
    namespace.put("k", "w", tags=[])
    assert "tags" not in namespace.read("k") and tags(namespace) == {}


@pytest.mark.parametrize("wrong", [[""], ["x" * 65], ["a\nb"], [f"t{n}" for n in range(51)]])
def test_tags_that_are_none_are_refused(server, wrong):
    namespace = server.namespace()
    problem(server.api("PUT", namespace.entry("k"), json={"value": "v", "tags": wrong}), 400, "invalid_tags")
    problem(server.api("POST", "/api/jobs", json=namespace.job("tag", add=wrong)), 400, "invalid_tags")
    assert namespace.names() == []


def test_a_job_adds_removes_and_replaces(server):
    namespace = tagged(server)
    assert counts(tag(server, namespace, {"prefix": "a"}, add=["new"], remove=["even"])) == (4, 0, 0)
    assert tags(namespace) == {"a0": ["new", "é"], "a1": ["new"], "a2": ["new", "é"], "a3": ["new"]}
    job = tag(server, namespace, {"keys": ["a1", "a2", "missing"]}, replace=["x"])
    assert (job["state"], counts(job)) == ("incomplete", (2, 1, 0))
    assert tags(namespace) == {"a0": ["new", "é"], "a1": ["x"], "a2": ["x"], "a3": ["new"]}
    for change in ({}, {"add": []}, {"add": ["a"], "replace": ["b"]}):
        problem(server.api("POST", "/api/jobs", json=namespace.job("tag", **change)), 400, "invalid_request")


def test_tags_are_undone_and_done_again(server):
    namespace = tagged(server)
    before = tags(namespace)
    job = tag(server, namespace, replace=["x"])
    after = tags(namespace)
    assert undo(server, job)["progress"]["succeeded"] == 4 and tags(namespace) == before
    again = tag(server, namespace, replace=["x"])
    namespace.put("a1", "1", tags=["mine"])
    undone = undo(server, again)
    assert (undone["state"], counts(undone)) == ("incomplete", (3, 1, 0))
    assert tags(namespace) == before | {"a1": ["mine"]}
    redone = undo(server, undone)
    assert redone["state"] == "completed" and tags(namespace) == after | {"a1": ["mine"]}


def test_tags_vanish_with_their_key(server):
    namespace = tagged(server, 8)
    expect(server.api("DELETE", namespace.entry("a0")), 204)
    server.run_job(namespace.job("delete", {"keys": ["a2"]}))
    gateway = f"/client/v4/accounts/local/storage/kv/namespaces/{namespace.id}"
    expect(server.api("DELETE", f"{gateway}/values/a4"), 200)
    expect(server.api("POST", f"{gateway}/bulk/delete", json=["a6"]), 200)
    assert tags(namespace) == {}
    for n in (0, 2, 4, 6):
        namespace.put(f"a{n}", "again")
    assert tags(namespace) == {}


def test_a_new_key_does_not_inherit_from_one_that_has_expired(server):
    namespace = server.namespace()
    # An import takes times that are almost past.
    import time
    namespace.load(json.dumps({"key": "k", "value": "v", "tags": ["old"], "expiration": int(time.time()) + 2}).encode())
    assert tags(namespace) == {"k": ["old"]}
    deadline = time.monotonic() + 10
    while namespace.names():
        assert time.monotonic() < deadline
    namespace.put("k", "new")
    assert tags(namespace) == {}


@pytest.mark.parametrize("kind", ["copy", "move"])
def test_tags_travel(server, kind):
    source, target = tagged(server), server.namespace()
    target.put("a0", "old", tags=["of the target"])
    target.put("a1", "old", tags=["of the target"])
    job = server.run_job(source.job(kind, target=target.as_target()))
    assert job["state"] == "completed"
    assert tags(target) == {"a0": ["even", "é"], "a2": ["even", "é"]}
    assert tags(source) == ({} if kind == "move" else {"a0": ["even", "é"], "a2": ["even", "é"]})
    assert undo(server, job)["state"] == "completed"
    assert tags(target) == {"a0": ["of the target"], "a1": ["of the target"]}
    assert tags(source) == {"a0": ["even", "é"], "a2": ["even", "é"]}


def test_tags_of_what_is_spared_stay(server):
    source, target = tagged(server), server.namespace()
    target.put("a0", "old", tags=["of the target"])
    job = server.run_job(source.job("copy", target=target.as_target(), collision="skip"))
    assert tags(target) == {"a0": ["of the target"], "a2": ["even", "é"]}
    assert undo(server, job)["state"] == "completed" and tags(target) == {"a0": ["of the target"]}


def test_a_rename_and_a_deletion_keep_tags_for_their_undo(server):
    namespace = tagged(server)
    before = tags(namespace), namespace.export()
    rename = server.run_job(namespace.job("rename", {"prefix": "a"}, newPrefix="b"))
    assert tags(namespace) == {"b0": ["even", "é"], "b2": ["even", "é"]}
    assert undo(server, rename)["state"] == "completed" and (tags(namespace), namespace.export()) == before
    deletion = server.run_job(namespace.job("delete"))
    assert undo(server, deletion)["state"] == "completed" and (tags(namespace), namespace.export()) == before


@pytest.mark.parametrize("format", ["ndjson", "json"])
def test_files_carry_tags_both_ways(server, format):
    source, target = tagged(server), server.namespace()
    file = source.export(format=format)
    assert target.load(file)["state"] == "completed"
    assert tags(target) == tags(source) and target.export(format=format) == file
    bare = json.dumps([{"key": f"a{n}", "value": "new"} for n in range(4)]).encode()
    assert target.load(bare)["state"] == "completed"
    assert tags(target) == tags(source), "an import wipes nothing that it does not mention"
    assert target.load(b'{"key":"a0","value":"v","tags":[]}\n')["state"] == "completed"
    assert tags(target) == {"a2": ["even", "é"]}


def test_tags_survive_the_program(fresh_server):
    server = fresh_server
    namespace = tagged(server)
    before = tags(namespace)
    server.kill()
    server.start()
    assert tags(namespace) == before
    expect(server.api("DELETE", namespace.path), 204)
    server.kill()
    server.start()
    assert server.namespace().keys() == []
