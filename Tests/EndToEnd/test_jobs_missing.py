"""Named keys of which some do not exist: plans and results say so."""
import json

import pytest

from cli import against
from server import expect

pytest_plugins = ("two",)
FAR = 4_102_444_800
NAMED = {"keys": ["key:000001", "none", "key:000002", "key:0000", "key:0000010"]}
MISSING = ["key:0000", "key:0000010", "none"]


def events(server, job, kind):
    return [event["detail"] for event in server.get(f"/api/jobs/{job['id']}/events")["events"] if event["type"] == kind]


def counts(job):
    return {name: job["progress"][name] for name in ("total", "succeeded", "skipped", "missing", "failed")}


def planned(server, request):
    plan = expect(server.api("POST", "/api/jobs", json={**request, "plan": True}), 200).json()
    return plan["keys"], plan["missing"], [one["detail"] for one in plan["warnings"] if one["code"] == "not_found"]


def test_a_deletion_skips_what_is_not_found_and_names_it(server, namespace):
    request = namespace.fill(10).job("delete", NAMED)
    detail = '2 of 5 named keys exist. Skipped, because they do not exist: "key:0000", "key:0000010", "none".'
    assert planned(server, request) == (5, 3, [detail])
    job = server.run_job(request)
    assert job["state"] == "completed" and counts(job) == {"total": 5, "succeeded": 2, "skipped": 3, "missing": 3, "failed": 0}
    assert 'Not found, and skipped: "key:0000", "key:0000010", "none".' in events(server, job, "notice")
    assert "2 done, 3 skipped, 0 failed; 2 of 5 named keys existed" in events(server, job, "completed")[0]
    assert len(namespace.names()) == 8
    undone = server.wait_for_job(expect(server.api("POST", f"/api/jobs/{job['id']}/undo"), 202).json()["id"])
    assert undone["progress"]["succeeded"] == 2 and len(namespace.names()) == 10


@pytest.mark.parametrize("undoable", [True, False])
def test_a_second_deletion_finds_nothing(server, namespace, undoable):
    request = namespace.fill(3).job("delete", {"keys": namespace.names()}, undoable=undoable)
    assert planned(server, request) == (3, 0, [])
    assert counts(server.run_job(request)) == {"total": 3, "succeeded": 3, "skipped": 0, "missing": 0, "failed": 0}
    again = server.run_job(request)
    assert again["state"] == "completed" and counts(again) == {"total": 3, "succeeded": 0, "skipped": 3, "missing": 3, "failed": 0}


def test_keys_of_a_list_and_many_of_them_count_too(server, namespace):
    namespace.fill(20_000)
    names = namespace.names()[::2] + [f"a:{n:05}" for n in range(15_000)]
    listed = expect(server.api("POST", "/api/key-lists", data="\n".join(names).encode()), 201).json()["list"]
    request = namespace.job("delete", {"list": listed})
    keys, missing, (warning,) = planned(server, request)
    assert (keys, missing) == (25_000, 15_000) and warning.startswith("10,000 of 25,000 named keys exist.")
    job = server.run_job(request)
    assert counts(job) == {"total": 25_000, "succeeded": 10_000, "skipped": 15_000, "missing": 15_000, "failed": 0}
    notice, = [one for one in events(server, job, "notice") if one.startswith("Not found")]
    assert notice.count("a:") == 5 and notice.endswith(" more.")


def test_a_prefix_and_all_name_no_keys(server, namespace):
    namespace.fill(5)
    for selection in ({"prefix": "none"}, {"all": True}):
        assert planned(server, namespace.job("delete", selection))[1:] == (None, [])
        assert server.run_job(namespace.job("delete", selection))["progress"]["skipped"] == 0


EXISTING = ["key:000001", "key:000002"]
KINDS = {"copy": {}, "move": {}, "rename": {"oldPrefix": "key:", "newPrefix": "new:"}, "expire": {"expiration": FAR},
         "tag": {"add": ["x"]}, "export": {}}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("undoable", [None, False])
def test_every_kind_skips_what_is_not_found(server, namespace, kind, undoable):
    target = server.namespace()
    fields = {**KINDS[kind], **({"target": target.as_target()} if kind in ("copy", "move") else {})}
    if undoable is False and kind not in ("export", "tag"):
        fields["undoable"] = False
    request = namespace.fill(3).job(kind, NAMED, **fields)
    keys, missing, (warning,) = planned(server, request)
    assert (keys, missing) == (5, 3) and warning.startswith("2 of 5 named keys exist. Skipped,")
    job = server.run_job(request)
    assert job["state"] == "completed" and job["failuresRecorded"] == 0
    assert counts(job) == {"total": 5, "succeeded": 2, "skipped": 3, "missing": 3, "failed": 0}
    assert 'Not found, and skipped: "key:0000", "key:0000010", "none".' in events(server, job, "notice")
    assert "2 of 5 named keys existed" in events(server, job, "completed")[0]
    everything = server.get(f"{namespace.path}/keys")["keys"]
    names = [one["name"] for one in everything]
    if kind in ("copy", "move"):
        assert target.names() == EXISTING
    if kind == "export":
        assert [json.loads(line)["key"] for line in server.api("GET", job["download"]["url"]).text.splitlines()] == EXISTING
    changed = {"expire": "expiration", "tag": "tags"}.get(kind)
    if changed:
        assert [one["name"] for one in everything if changed in one] == EXISTING
    assert names == ["key:000000"] + {"move": [], "rename": ["new:000001", "new:000002"]}.get(kind, EXISTING)


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_of_nothing_but_absent_keys_completes_and_changes_nothing(server, namespace, kind):
    target = server.namespace()
    fields = {**KINDS[kind], **({"target": target.as_target()} if kind in ("copy", "move") else {})}
    before = namespace.fill(2).export()
    job = server.run_job(namespace.job(kind, {"keys": ["key:a", "key:b"]}, **fields))
    assert job["state"] == "completed" and not job["undoable"]
    assert counts(job) == {"total": 2, "succeeded": 0, "skipped": 2, "missing": 2, "failed": 0}
    assert namespace.export() == before and target.names() == []


def test_keys_that_disappear_between_plan_and_run_are_skipped(server, namespace):
    target = server.namespace()
    request = namespace.fill(4).job("move", {"keys": namespace.names()}, target=target.as_target())
    assert planned(server, request) == (4, 0, [])
    expect(server.api("DELETE", namespace.entry("key:000002")), 204)
    assert counts(server.run_job(request)) == {"total": 4, "succeeded": 3, "skipped": 1, "missing": 1, "failed": 0}


def test_a_key_that_exists_in_the_target_alone_is_neither_overwritten_nor_planned_so(server, namespace):
    target = server.namespace()
    target.put("none", "kept")
    request = namespace.fill(3).job("copy", {"keys": ["key:000001", "none"]}, target=target.as_target())
    plan = expect(server.api("POST", "/api/jobs", json={**request, "plan": True}), 200).json()
    assert [one["code"] for one in plan["warnings"]] == ["not_found"]
    server.run_job(request)
    assert target.read("none")["value"] == "kept" and target.names() == ["key:000001", "none"]


def test_a_retry_skips_what_has_gone_since(server, namespace):
    namespace.fill(2).fill_tags(["full 1", "full 2"])
    job = server.run_job(namespace.job("tag", {"keys": ["full 1", "full 2", "key:000000", "none"]}, add=["x"]))
    assert job["state"] == "incomplete" and counts(job) == {"total": 4, "succeeded": 1, "skipped": 1, "missing": 1, "failed": 2}
    expect(server.api("DELETE", namespace.entry("full 2")), 204)
    again = server.wait_for_job(expect(server.api("POST", f"/api/jobs/{job['id']}/retry"), 202).json()["id"])
    assert again["state"] == "incomplete" and counts(again) == {"total": 2, "succeeded": 0, "skipped": 1, "missing": 1, "failed": 1}


def test_an_expired_key_does_not_exist(server, namespace):
    namespace.load(b'{"key":"old","value":"1","expiration":1000}\n{"key":"new","value":"1"}\n')
    request = namespace.job("export", {"keys": ["old", "new"]})
    assert planned(server, request)[:2] == (2, 1)
    assert counts(server.run_job(request))["missing"] == 1


@pytest.mark.parametrize("words", [("delete",), ("tag", "--add", "x"), ("expire", "--never"), ("copy",)])
def test_the_command_line_says_so_too(server, namespace, words):
    namespace.fill(3)
    kv = against(server)
    options = [option for key in NAMED["keys"] for option in ("--key", key)]
    if words == ("copy",):
        options += ["--to", server.namespace().id]
    plan = kv("bulk", *words, "-n", namespace.id, *options, "--plan").text
    assert "2 of 5 named keys" in plan and "because they do not exist" in plan
    done = kv("bulk", *words, "-n", namespace.id, *options, "--yes")
    assert "2 keys done, 3 skipped, 2 of 5 named keys existed" in done.errors + done.text


# MARK: Cloudflare stores


@pytest.mark.parametrize("kind", ["delete", *KINDS])
def test_a_cloudflare_store_skips_too(two, kind):
    _, client = two()
    namespace, target = client.namespace(store="cloud"), client.namespace()
    fields = {**KINDS.get(kind, {}), **({"target": target.as_target()} if kind in ("copy", "move") else {})}
    request = namespace.fill(3).job(kind, NAMED, **fields)
    keys, missing, (warning,) = planned(client, request)
    assert (keys, missing) == (5, 3) and warning.startswith("2 of 5 named keys exist. Skipped,")
    job = client.run_job(request)
    assert job["state"] == "completed"
    assert counts(job) == {"total": 5, "succeeded": 2, "skipped": 3, "missing": 3, "failed": 0}
    again = client.run_job(request)
    left = 0 if kind in ("delete", "move", "rename") else 2
    assert counts(again) == {"total": 5, "succeeded": left, "skipped": 5 - left, "missing": 5 - left, "failed": 0}


def test_a_plan_looks_up_the_first_keys_of_a_cloudflare_store(two):
    gateway, client = two()
    namespace = client.namespace(store="cloud").fill(600)
    names = [f"key:{n:06}" for n in range(1_500)]
    request = namespace.job("export", {"keys": names})
    expect(gateway.api("DELETE", "/api/gateway/usage"), 204)
    plan = expect(client.api("POST", "/api/jobs", json={**request, "plan": True}), 200).json()
    assert gateway.get("/api/gateway/usage")["requests"] <= 12
    warnings = {one["code"]: one["detail"] for one in plan["warnings"]}
    assert plan["missing"] is None and warnings["not_found"].startswith("600 of the first 1,000 named keys exist.")
    assert "Only the first 1,000 of 1,500 named keys were looked up" in warnings["not_looked_up"]
    assert counts(client.run_job(request)) == {"total": 1_500, "succeeded": 600, "skipped": 900, "missing": 900, "failed": 0}


def test_a_deletion_that_reads_nothing_first_says_that_it_counts_all(two):
    _, client = two()
    namespace = client.namespace(store="cloud")
    namespace.put("a", "1")
    request = namespace.job("delete", {"keys": ["a", "none"]}, undoable=False)
    plan = expect(client.api("POST", "/api/jobs", json={**request, "plan": True}), 200).json()
    warnings = {one["code"]: one["detail"] for one in plan["warnings"]}
    assert plan["missing"] == 1 and "count as deleted" in warnings["not_reported"] and "kipped" not in warnings["not_found"]
    job = client.run_job(request)
    assert counts(job) == {"total": 2, "succeeded": 2, "skipped": 0, "missing": 0, "failed": 0}
    assert warnings["not_reported"] in events(client, job, "notice")
