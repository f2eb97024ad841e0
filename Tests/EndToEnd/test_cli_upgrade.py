"""Data folders of earlier versions, opened by this one: everything is listed, jobs continue, and can be undone."""
import shutil

import pytest

from deployment import Deployment, changed, other_version
from old_folders import contents, restore
from server import NamespaceClient, Server, expect, problem

pytestmark = pytest.mark.spread

LEDGERS = ["schema-2", "schema-6"]


def job(number):
    return f"{number:08x}-0000-4000-8000-000000000000"


def namespace(server, number):
    return NamespaceClient(server, f"{number:032x}", None)


def states(server):
    """The jobs by their number: kind and state."""
    return {int(one["id"][:8], 16): (one["kind"], one["state"]) for one in server.get("/api/jobs?limit=100")["jobs"]}


def events(server, number):
    return [event["type"] for event in server.get(f"/api/jobs/{job(number)}/events")["events"]]


@pytest.fixture
def left_by(tmp_path):
    """left_by(name): the server on a data folder that an earlier version left."""
    servers = []

    def begin(name):
        server = Server(tmp_path)
        restore(name, server.data)
        servers.append(server)
        return server.start()

    yield begin
    for server in servers:
        assert server.terminate() == 0, server.printed()[-4000:]
        shutil.rmtree(server.data)


def test_of_0_2_0_lists_what_was_done_and_ends_what_cannot_continue(left_by):
    server = left_by("schema-2")
    assert states(server) == {
        1: ("copy", "completed"), 2: ("import", "incomplete"), 3: ("export", "completed"), 4: ("delete", "failed"),
        5: ("delete", "failed"), 6: ("copy", "failed")}
    for number in (5, 6):
        ended = server.get(f"/api/jobs/{job(number)}")
        assert ended["error"]["code"] == "interrupted" and ended["finishedAt"]
        problem(server.api("POST", f"/api/jobs/{job(number)}/undo"), 409, "not_undoable")
    small, target = namespace(server, 1), namespace(server, 2)
    assert small.names() == ["a", "b", "c"] and target.names() == ["b", "c"]
    entry = small.read("a")
    assert (entry["value"], entry["metadata"], entry["expiration"]) == ("old a", {"n": 1}, 4_102_444_800)
    assert target.bytes("c") == b"\xff\x00"
    assert events(server, 1) == ["created", "started", "completed"]
    failure, = server.get(f"/api/jobs/{job(2)}/failures")["failures"]
    assert (failure["line"], failure["code"]) == (2, "invalid_key")
    download = server.get(f"/api/jobs/{job(3)}")["download"]
    assert expect(server.api("GET", download["url"]), 200).content == b'{"key":"a","value":"old a"}\n'
    assert server.get("/api/audit")["audit"] == []


def test_of_0_2_0_can_be_worked_on(left_by):
    server = left_by("schema-2")
    small, target = namespace(server, 1), namespace(server, 2)
    retry = expect(server.api("POST", f"/api/jobs/{job(2)}/retry"), 202).json()
    assert server.wait_for_job(retry["id"])["progress"]["failed"] == 1
    copy = server.run_job(small.job("copy", target=target.as_target()))
    assert copy["state"] == "completed" and target.bytes("c") == b"old c"
    server.wait_for_job(expect(server.api("POST", f"/api/jobs/{copy['id']}/undo"), 202).json()["id"])
    assert target.names() == ["b", "c"] and target.bytes("c") == b"\xff\x00"
    expect(server.api("PUT", small.entry("a"), json={"value": "v", "tags": ["new"]}), 200)
    assert small.read("a")["tags"] == ["new"]
    for number in range(1, 7):
        expect(server.api("DELETE", f"/api/jobs/{job(number)}"), 204)


def test_of_a_killed_version_lists_everything(left_by):
    server = left_by("schema-6")
    found = states(server)
    assert {number: found[number] for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)} == {
        1: ("copy", "completed"), 2: ("tag", "completed"), 3: ("rename", "incomplete"), 4: ("export", "completed"),
        5: ("delete", "completed"), 6: ("undo", "completed"), 7: ("import", "incomplete"), 8: ("expire", "completed"),
        9: ("copy", "paused"), 11: ("copy", "cancelled")}
    undone = server.get(f"/api/jobs/{job(5)}")
    assert undone["undoneBy"] == job(6) and server.get(f"/api/jobs/{job(6)}")["undoOf"] == job(5)
    assert events(server, 9)[-1] == "paused"
    failure, = server.get(f"/api/jobs/{job(3)}/failures")["failures"]
    assert (failure["key"], failure["code"]) == ("nope", "key_not_found")
    download = expect(server.api("GET", server.get(f"/api/jobs/{job(4)}")["download"]["url"]), 200)
    assert download.text.splitlines()[0].startswith('{"key":"a","value":"old a","metadata":{"n": 1}')
    small = namespace(server, 1)
    entry = small.read("a")
    assert (entry["tags"], entry["color"], entry["customMetadata"]) == (["one", "two"], "red", {"owner": "x"})
    assert small.read("b")["tags"] == ["b", "three"]
    records = server.get("/api/audit?limit=100")["audit"]
    assert {record["action"] for record in records} >= {
        "namespace_created", "namespace_deleted", "entry_written", "job_completed", "job_incomplete", "job_cancelled"}
    first = records[-1]
    assert (first["action"], first["namespaceTitle"], first["via"]) == ("namespace_created", "small", "api")


def test_of_a_killed_version_continues_and_undoes_its_jobs(left_by):
    server = left_by("schema-6")
    small, target, large, victim = (namespace(server, number) for number in (1, 2, 3, 5))
    half, killed = namespace(server, 6), namespace(server, 7)

    # It had written and recorded 16 of 60 keys.
    ended = server.wait_for_job(job(12))
    assert (ended["state"], ended["progress"]["succeeded"]) == ("completed", 60)
    assert "recovered" in events(server, 12) and killed.names() == large.names()
    # It had sealed its journal, and deleted nothing.
    ended = server.wait_for_job(job(10))
    assert (ended["state"], ended["progress"]["succeeded"], ended["progress"]["missing"]) == ("completed", 5, 0)
    assert victim.names() == []
    # They had not begun.
    ended = server.wait_for_job(job(13))
    assert (ended["state"], ended["progress"]["succeeded"]) == ("completed", 2)
    assert target.names() == ["a", "b", "c", "d", "i"]
    assert server.wait_for_job(job(14))["state"] == "completed" and small.read("q")["value"] == "queued"
    # It waits until it is resumed.
    assert (states(server)[9], len(half.names())) == (("copy", "paused"), 32)
    expect(server.api("POST", f"/api/jobs/{job(9)}/resume"), 202)
    ended = server.wait_for_job(job(9))
    assert (ended["state"], ended["progress"]["succeeded"]) == ("completed", 60) and half.names() == large.names()

    def undo(number):
        answer = expect(server.api("POST", f"/api/jobs/{job(number)}/undo"), 202).json()
        undone = server.wait_for_job(answer["id"])
        assert (undone["state"], undone["progress"]["failed"]) == ("completed", 0), undone

    undo(9)
    undo(12)
    assert half.names() == [] and killed.names() == []
    undo(10)
    assert victim.names() == [f"v:{n}" for n in range(5)]
    entry = victim.read("v:3")
    assert (entry["value"], entry["tags"]) == ("value 3", ["v"])
    undo(2)
    assert small.read("b")["tags"] == ["b"]
    undo(13)
    undo(1)
    entry = target.read("a")
    assert (entry["value"], entry["metadata"], entry["tags"]) == ("target a", {"t": True}, ["t"])
    assert "color" not in entry or entry["color"] is None
    retry = expect(server.api("POST", f"/api/jobs/{job(7)}/retry"), 202).json()
    assert server.wait_for_job(retry["id"])["progress"]["failed"] == 1


@pytest.mark.parametrize("name", LEDGERS)
def test_keeps_the_ledger_as_it_was(left_by, tmp_path, name):
    before = tmp_path / "before"
    restore(name, before)
    server = left_by(name)
    kept, = server.data.glob("ledger.sqlite.before-schema-*")
    assert kept.name == f"ledger.sqlite.before-schema-{int(name.removeprefix('schema-')) + 1}"
    without_times = [[line for line in contents(path) if "179" not in line] for path in (before / "ledger.sqlite", kept)]
    assert without_times[0] == without_times[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", LEDGERS)
def test_goes_back_with_the_release(tmp_path, name):
    deployment = Deployment(tmp_path)
    data = deployment.server.data
    restore(name, data)
    databases = [data / path for path in ("ledger.sqlite", "stores/local.sqlite")]
    before = [contents(path) for path in databases]
    try:
        broken = changed(other_version("9.1.0", tmp_path), tmp_path, verify="exit 1")
        deployment.release("install", str(broken))
        told = deployment.release("activate", "9.1.0", status=1)
        assert "Saved: " in told.errors and "No version is active." in told.errors
        assert [contents(path) for path in databases] == before
        aside, = data.glob("replaced-*")
        assert len(contents(aside / "ledger.sqlite")) > len(before[0]), "the version that failed has migrated it"
    finally:
        deployment.supervisor.close()
        shutil.rmtree(data)
