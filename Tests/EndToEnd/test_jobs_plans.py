"""What a job would do, told before it is one; what the data folder holds; and jobs that are forgotten."""
import time

from server import expect, problem
from test_jobs_bulk import counts


def plan(server, request):
    before = server.get("/api/jobs")["total"]
    answer = expect(server.api("POST", "/api/jobs", json=request | {"plan": True}), 200).json()
    assert server.get("/api/jobs")["total"] == before, "a plan is no job"
    assert set(answer) == {"keys", "complete", "missing", "requests", "seconds", "bytes", "sample", "warnings", "undoable"}
    return answer


def codes(answer):
    assert all(warning["detail"] for warning in answer["warnings"])
    return [warning["code"] for warning in answer["warnings"]]


def test_a_plan_tells_what_the_job_then_does(server):
    namespace = server.namespace().fill(150, size=10).fill(5, prefix="other:")
    request = namespace.job("delete", {"prefix": "key:"})
    answer = plan(server, request)
    assert (answer["keys"], answer["complete"], answer["bytes"], answer["undoable"]) == (150, True, 1500, True)
    assert answer["sample"] == [f"key:{n:06}" for n in range(20)] and codes(answer) == []
    job = server.run_job(request)
    assert counts(job) == (150, 0, 0) and job["progress"]["requests"] == answer["requests"] + 1


def test_named_keys_and_everything(server):
    namespace = server.namespace().fill(30)
    named = plan(server, namespace.job("export", {"keys": ["b", "a"]}))
    assert (named["keys"], named["sample"], named["bytes"]) == (2, ["a", "b"], None)
    assert plan(server, namespace.job("export"))["keys"] == 30
    assert plan(server, namespace.job("delete", {"prefix": "none"}))["keys"] == 0


def test_what_would_be_overwritten_or_lost_is_warned_of(server):
    source, target = server.namespace().fill(10), server.namespace().fill(3)
    source.put("soon", "v", ttl=60)
    copy = source.job("copy", target=target.as_target())
    answer = plan(server, copy)
    assert sorted(codes(answer)) == ["expiring", "overwritten"]
    assert any("3 keys" in warning["detail"] for warning in answer["warnings"])
    assert "overwritten" not in codes(plan(server, copy | {"collision": "skip"}))
    assert "not_undoable" in codes(plan(server, copy | {"undoable": False}))


def test_a_rename_that_cannot_be_is_warned_of(server):
    namespace = server.namespace().fill(3, prefix="a:")
    namespace.put("a:" + "x" * 500, "v")
    answer = plan(server, namespace.job("rename", {"prefix": "a:"}, newPrefix="a much longer prefix:"))
    assert codes(answer) == ["forbidden_names"]


def test_a_plan_is_refused_as_the_job_would_be(server):
    namespace = server.namespace()
    for request, status, code in [
            (namespace.job("copy", target=namespace.as_target()), 400, "invalid_request"),
            (namespace.job("delete") | {"namespace": "0" * 32}, 404, "namespace_not_found"),
            (namespace.job("delete") | {"store": "none"}, 404, "store_not_found")]:
        problem(server.api("POST", "/api/jobs", json=request | {"plan": True}), status, code)


def test_a_plan_of_many_keys_is_quick(server):
    namespace = server.namespace().fill(120_000, size=6)
    begin = time.monotonic()
    answer = plan(server, namespace.job("delete"))
    assert (answer["keys"], answer["complete"], answer["bytes"]) == (120_000, True, 720_000)
    assert time.monotonic() - begin < 5


def test_a_job_that_has_ended_is_forgotten_with_its_files(fresh_server):
    server = fresh_server
    namespace = server.namespace().fill(100)
    export, deletion = server.run_job(namespace.job("export")), server.run_job(namespace.job("delete"))
    for job in (export, deletion):
        assert (server.data / "jobs" / job["id"]).exists()
        expect(server.api("DELETE", f"/api/jobs/{job['id']}"), 204)
        assert not (server.data / "jobs" / job["id"]).exists()
        problem(server.api("GET", f"/api/jobs/{job['id']}"), 404, "job_not_found")
        problem(server.api("DELETE", f"/api/jobs/{job['id']}"), 404, "job_not_found")
        noted = server.get(f"/api/audit?job={job['id']}")["audit"]
        assert [one["action"] for one in noted] == ["job_deleted", "job_completed"]
    source = server.namespace().fill(60_000)
    job = server.start_job(source.job("export"))
    expect(server.api("POST", f"/api/jobs/{job['id']}/pause"), 202)
    problem(server.api("DELETE", f"/api/jobs/{job['id']}"), 409, "invalid_transition")


def test_the_data_folder_is_told_by_kind(fresh_server):
    server = fresh_server
    namespace = server.namespace().fill(1_000, size=100)
    server.run_job(namespace.job("export"))
    server.run_job(namespace.job("delete"))
    answer = server.get("/api/storage")
    kinds = {one["kind"]: one["bytes"] for one in answer["kinds"]}
    assert set(kinds) == {"stores", "ledger", "uploads", "exports", "journals", "backups", "other"}
    assert answer["bytes"] == sum(kinds.values()) and answer["freeBytes"] > 0
    assert all(kinds[kind] > 100_000 for kind in ("stores", "uploads", "exports", "journals")) and kinds["ledger"] > 0
