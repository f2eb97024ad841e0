"""Named keys of which some do not exist: plans and results say so."""
import json

import pytest

from cli import against
from server import expect

pytest_plugins = ("two",)
NAMED = {"keys": ["key:000001", "none", "key:000002", "key:0000", "key:0000010"]}
MISSING = ["key:0000", "key:0000010", "none"]


def events(server, job, kind):
    return [event["detail"] for event in server.get(f"/api/jobs/{job['id']}/events")["events"] if event["type"] == kind]


def counts(job):
    return {name: job["progress"][name] for name in ("total", "succeeded", "skipped", "failed")}


def planned(server, request):
    plan = expect(server.api("POST", "/api/jobs", json={**request, "plan": True}), 200).json()
    return plan["keys"], plan["missing"], [one["detail"] for one in plan["warnings"] if one["code"] == "not_found"]


def test_a_deletion_skips_what_is_not_found_and_names_it(server, namespace):
    request = namespace.fill(10).job("delete", NAMED)
    detail = '3 of the 5 named keys do not exist, and are skipped: "key:0000", "key:0000010", "none".'
    assert planned(server, request) == (5, 3, [detail])
    job = server.run_job(request)
    assert job["state"] == "completed" and counts(job) == {"total": 5, "succeeded": 2, "skipped": 3, "failed": 0}
    assert 'Not found, and skipped: "key:0000", "key:0000010", "none".' in events(server, job, "notice")
    assert "2 done, 3 skipped (not found), 0 failed" in events(server, job, "completed")[0]
    assert len(namespace.names()) == 8
    undone = server.wait_for_job(expect(server.api("POST", f"/api/jobs/{job['id']}/undo"), 202).json()["id"])
    assert undone["progress"]["succeeded"] == 2 and len(namespace.names()) == 10


@pytest.mark.parametrize("undoable", [True, False])
def test_a_second_deletion_finds_nothing(server, namespace, undoable):
    request = namespace.fill(3).job("delete", {"keys": namespace.names()}, undoable=undoable)
    assert planned(server, request) == (3, 0, [])
    assert counts(server.run_job(request)) == {"total": 3, "succeeded": 3, "skipped": 0, "failed": 0}
    again = server.run_job(request)
    assert again["state"] == "completed" and counts(again) == {"total": 3, "succeeded": 0, "skipped": 3, "failed": 0}


def test_keys_of_a_list_and_many_of_them_count_too(server, namespace):
    namespace.fill(20_000)
    names = namespace.names()[::2] + [f"a:{n:05}" for n in range(15_000)]
    listed = expect(server.api("POST", "/api/key-lists", data="\n".join(names).encode()), 201).json()["list"]
    request = namespace.job("delete", {"list": listed})
    keys, missing, (warning,) = planned(server, request)
    assert (keys, missing) == (25_000, None)
    job = server.run_job(request)
    assert counts(job) == {"total": 25_000, "succeeded": 10_000, "skipped": 15_000, "failed": 0}
    notice, = [one for one in events(server, job, "notice") if one.startswith("Not found")]
    assert notice.count("a:") == 5 and notice.endswith(" more.")


def test_a_prefix_and_all_name_no_keys(server, namespace):
    namespace.fill(5)
    for selection in ({"prefix": "none"}, {"all": True}):
        assert planned(server, namespace.job("delete", selection))[1:] == (None, [])
        assert server.run_job(namespace.job("delete", selection))["progress"]["skipped"] == 0


@pytest.mark.parametrize("kind, fields", [("export", {}), ("expire", {"never": True}), ("tag", {"add": ["x"]}), ("copy", None)])
def test_other_jobs_fail_at_what_is_not_found_and_their_plans_say_so(server, namespace, kind, fields):
    fields = {"target": server.namespace().as_target()} if fields is None else fields
    request = namespace.fill(3).job(kind, NAMED, **fields)
    keys, missing, (warning,) = planned(server, request)
    assert (keys, missing) == (5, 3) and "would fail" in warning
    job = server.run_job(request)
    assert job["state"] == "incomplete" and counts(job) == {"total": 5, "succeeded": 2, "skipped": 0, "failed": 3}
    failures = server.get(f"/api/jobs/{job['id']}/failures")["failures"]
    assert sorted(one["key"] for one in failures) == MISSING and {one["code"] for one in failures} == {"key_not_found"}


def test_the_command_line_says_so_too(server, namespace):
    namespace.fill(3)
    kv = against(server)
    options = [option for key in NAMED["keys"] for option in ("--key", key)]
    plan = kv("bulk", "delete", "-n", namespace.id, *options, "--plan").text
    assert "3 of the 5 named keys do not exist" in plan
    done = kv("bulk", "delete", "-n", namespace.id, *options, "--yes")
    assert "2 keys done, 3 skipped (not found)" in done.errors + done.text


def test_a_remote_store_does_not_tell(two):
    _, client = two()
    namespace = client.namespace(store="cloud")
    namespace.put("a", "1")
    request = namespace.job("delete", {"keys": ["a", "none"]})
    assert planned(client, request) == (2, None, [])
    assert counts(client.run_job(request)) == {"total": 2, "succeeded": 2, "skipped": 0, "failed": 0}
