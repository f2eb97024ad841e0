"""Annotations, which are tags, a colour and custom metadata: beside the store, gone with their key, carried along wherever entries go."""
import json

import pytest

from server import expect, problem
from test_jobs_bulk import counts
from test_jobs_life import undo


def tags(namespace):
    return {key["name"]: key["tags"] for key in namespace.keys() if "tags" in key}


def annotations(namespace):
    """Of each key that has one, as lists tell it; which is as the entry itself tells it."""
    found = {key["name"]: annotation(key) for key in namespace.keys() if annotation(key)}
    assert all(annotation(namespace.read(name)) == told for name, told in found.items())
    return found


def annotation(entry):
    return {part: entry[part] for part in ("tags", "color", "customMetadata") if part in entry}


def tagged(server, count=4):
    """Keys a0, a1, …: the even ones have tags."""
    namespace = server.namespace()
    for n in range(count):
        namespace.put(f"a{n}", f"{n}", **({"tags": ["é", "even"]} if n % 2 == 0 else {}))
    return namespace


FULL = {"tags": ["even", "é"], "color": "blue", "customMetadata": {"owner": "é", "n": 1}}


def annotated(server):
    """Keys a0 to a3: a0 has all of an annotation, a1 a colour, a2 custom metadata."""
    namespace = server.namespace()
    for name, parts in [("a0", FULL), ("a1", {"color": "red"}), ("a2", {"customMetadata": [1]}), ("a3", {})]:
        namespace.put(name, name, **parts)
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


def test_each_part_of_an_annotation_is_changed_by_itself(server):
    namespace = server.namespace()
    namespace.put("k", "v", **FULL)
    assert annotations(namespace) == {"k": FULL}
    for part, new in [("color", "green"), ("customMetadata", {"owner": "you"}), ("tags", ["t"])]:
        namespace.put("k", "w", **{part: new})
        assert annotations(namespace)["k"][part] == new
    assert annotations(namespace) == {"k": {"tags": ["t"], "color": "green", "customMetadata": {"owner": "you"}}}
    namespace.put("k", "w", color=None, customMetadata=None)
    assert annotations(namespace) == {"k": {"tags": ["t"]}}
    namespace.put("k", "w", tags=[])
    assert annotations(namespace) == {}


def test_raw_values_bring_an_annotation_in_a_header(server):
    namespace = server.namespace()

    def put(annotation):
        return server.api("PUT", namespace.value("k"), data=b"\xff\x00", headers={"KV-Annotation": annotation})

    expect(put(json.dumps(FULL)), 201)
    assert annotations(namespace) == {"k": FULL}
    expect(put('{"color":null}'), 200)
    assert annotations(namespace) == {"k": {part: FULL[part] for part in ("tags", "customMetadata")}}
    for wrong, code in [('{"color":"pink"}', "invalid_color"), ("{", "invalid_request"), ("[]", "invalid_request"),
                        ('{"value":""}', "invalid_request"), ('{"tags":[""]}', "invalid_tags")]:
        problem(put(wrong), 400, code)
    assert annotations(namespace) == {"k": {part: FULL[part] for part in ("tags", "customMetadata")}}


def test_custom_metadata_stay_as_they_were_written(server):
    namespace = server.namespace()
    literal = '{"n": 1.0, "n": 12345678901234567890, "e": "\\u00e9"}'
    expect(server.api("PUT", namespace.entry("k"), data=f'{{"value":"v","customMetadata":{literal}}}'.encode()), 201)
    assert f'"customMetadata":{literal}' in server.api("GET", namespace.entry("k")).text
    assert f'"customMetadata":{literal}' in namespace.export().decode()


@pytest.mark.parametrize("wrong, code", [
    ({"color": "pink"}, "invalid_color"), ({"color": ""}, "invalid_color"), ({"color": 7}, "invalid_color"),
    ({"customMetadata": "x" * 1_024}, "metadata_too_large"),
])
def test_what_is_no_annotation_is_refused(server, wrong, code):
    namespace = server.namespace()
    problem(server.api("PUT", namespace.entry("k"), json={"value": "v", **wrong}), 400, code)
    assert namespace.names() == []
    job = namespace.load(json.dumps({"key": "k", "value": "v", **wrong}).encode())
    assert job["state"] == "incomplete" and namespace.names() == []
    failures = server.get(f"/api/jobs/{job['id']}/failures")["failures"]
    assert [(one["key"], one["code"]) for one in failures] == [("k", code)]


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
    assert (job["state"], counts(job)) == ("completed", (2, 0, 1))
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


@pytest.mark.parametrize("kind", ["copy", "move"])
@pytest.mark.parametrize("others", [{}, {"color": "gray", "tags": ["of the target"]}])
def test_all_of_an_annotation_travels_and_comes_back(server, kind, others):
    source, target = annotated(server), server.namespace()
    for name in ("a0", "a3"):
        target.put(name, "old", **others)
    before = annotations(source), annotations(target)
    job = server.run_job(source.job(kind, target=target.as_target()))
    assert job["state"] == "completed"
    assert annotations(target) == before[0] and annotations(source) == ({} if kind == "move" else before[0])
    undone = undo(server, job)
    assert undone["state"] == "completed" and (annotations(source), annotations(target)) == before
    assert undo(server, undone)["state"] == "completed" and annotations(target) == before[0]


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


def test_an_annotation_is_undone_with_its_entry_or_left_alone_with_it(server):
    source, target = annotated(server), server.namespace()
    for name in ("a0", "a1", "a2"):
        target.put(name, "old", color="gray")
    job = server.run_job(source.job("copy", target=target.as_target()))
    # Of these two somebody changes what the job has changed: the entry, or the annotation.
    target.put("a0", "mine")
    target.put("a1", "a1", color="green")
    # And here what it has not.
    target.put("a2", "a2", tags=["mine"])
    # The job has made this one, and somebody has marked it since.
    target.put("a3", "a3", color="red")
    undone = undo(server, job)
    assert (undone["state"], counts(undone)) == ("incomplete", (1, 3, 0))
    assert annotations(target) == {"a0": FULL, "a1": {"color": "green"}, "a2": {"tags": ["mine"], "color": "gray"},
                                   "a3": {"color": "red"}}
    assert [target.read(name)["value"] for name in ("a0", "a1", "a2", "a3")] == ["mine", "a1", "old", "a3"]


def test_what_somebody_adds_to_an_annotation_survives_an_undo_of_other_parts(server):
    namespace = annotated(server)
    job = tag(server, namespace, {"keys": ["a1", "a3"]}, add=["t"])
    namespace.put("a1", "a1", color="purple")
    namespace.put("a3", "a3", tags=["mine"])
    undone = undo(server, job)
    assert (undone["state"], counts(undone)) == ("incomplete", (1, 1, 0))
    assert annotations(namespace)["a1"] == {"color": "purple"} and annotations(namespace)["a3"] == {"tags": ["mine"]}


def test_a_key_made_anew_does_not_get_the_annotation_of_the_deleted_one(server):
    namespace = annotated(server)
    job = server.run_job(namespace.job("delete"))
    namespace.put("a0", "new")
    undone = undo(server, job)
    assert (undone["state"], counts(undone)) == ("incomplete", (3, 1, 0))
    assert annotations(namespace) == {"a1": {"color": "red"}, "a2": {"customMetadata": [1]}}


def test_a_file_with_a_key_twice_says_of_it_what_it_says_together(server):
    file = b'{"key":"a","value":"1","tags":["t"]}\n{"key":"a","value":"2","color":"red"}\n'
    first, second = server.namespace(), server.namespace()
    first.load(file)
    assert annotations(first) == {"a": {"tags": ["t"], "color": "red"}}
    second.load(file, collision="skip")
    assert annotations(second) == {"a": {"tags": ["t"]}} and second.read("a")["value"] == "1"


def test_a_tag_job_and_its_undo_leave_the_rest_of_an_annotation(server):
    namespace = annotated(server)
    before = annotations(namespace)
    job = tag(server, namespace, replace=["x"])
    assert annotations(namespace) == {name: before.get(name, {}) | {"tags": ["x"]} for name in ("a0", "a1", "a2", "a3")}
    assert undo(server, job)["state"] == "completed" and annotations(namespace) == before


def test_a_job_gives_keys_a_colour_and_takes_it_away(server):
    namespace = annotated(server)
    before = annotations(namespace)
    job = tag(server, namespace, color="green")
    assert job["color"] == "green" and counts(job) == (4, 0, 0)
    assert annotations(namespace) == {name: before.get(name, {}) | {"color": "green"} for name in ("a0", "a1", "a2", "a3")}
    gone = tag(server, namespace, color=None)
    assert gone["color"] is None and not any("color" in one for one in annotations(namespace).values())
    assert undo(server, gone)["state"] == "completed" and undo(server, job)["state"] == "completed"
    assert annotations(namespace) == before
    for change in ({"color": "green", "add": ["a"]}, {"color": None, "replace": []}):
        problem(server.api("POST", "/api/jobs", json=namespace.job("tag", **change)), 400, "invalid_request")
    problem(server.api("POST", "/api/jobs", json=namespace.job("tag", color="pink")), 400, "invalid_color")


@pytest.mark.parametrize("kind, fields", [("rename", {"newPrefix": "b"}), ("delete", {}), ("expire", {"ttl": 1_000})])
def test_jobs_keep_all_of_an_annotation_for_their_undo(server, kind, fields):
    namespace = annotated(server)
    before = annotations(namespace), namespace.export()
    job = server.run_job(namespace.job(kind, {"prefix": "a"}, **fields))
    left = {"rename": {name.replace("a", "b"): parts for name, parts in before[0].items()}, "delete": {}, "expire": before[0]}
    assert annotations(namespace) == left[kind]
    assert undo(server, job)["state"] == "completed" and (annotations(namespace), namespace.export()) == before


@pytest.mark.parametrize("format", ["ndjson", "json"])
def test_files_carry_all_of_an_annotation_both_ways(server, format):
    source, target = annotated(server), server.namespace()
    file = source.export(format=format)
    assert target.load(file)["state"] == "completed"
    assert annotations(target) == annotations(source) and target.export(format=format) == file
    job = target.load(b'{"key":"a0","value":"v","color":null}\n{"key":"a1","value":"v","tags":["t"]}\n')
    assert job["state"] == "completed"
    assert annotations(target) == {"a0": {"tags": FULL["tags"], "customMetadata": FULL["customMetadata"]},
                                   "a1": {"tags": ["t"], "color": "red"}, "a2": {"customMetadata": [1]}}
    assert undo(server, job)["state"] == "completed" and annotations(target) == annotations(source)


@pytest.mark.parametrize("format", ["csv", "wrangler"])
def test_what_a_format_has_no_place_for_is_said_before_and_after(server, format):
    def said(namespace):
        plan = expect(server.api("POST", "/api/jobs", json=namespace.job("export", format=format, plan=True)), 200).json()
        job = server.run_job(namespace.job("export", format=format))
        return ([warning["code"] for warning in plan["warnings"]],
                server.get(f"/api/jobs/{job['id']}/events")["events"][0]["detail"])

    warnings, detail = said(annotated(server))
    assert warnings == ["annotations_left_out"] and "custom metadata" in detail
    plain = server.namespace()
    plain.put("k", "v")
    assert said(plain) == ([], "")


def test_a_table_of_colours_is_taken_too(server):
    namespace = server.namespace()
    table = b'key,value,color,customMetadata,tags\r\na,1,red,"{""n"":1}","[""t""]"\r\nb,2,,,\r\n'
    assert namespace.load(table)["state"] == "completed"
    assert annotations(namespace) == {"a": {"tags": ["t"], "color": "red", "customMetadata": {"n": 1}}}


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
