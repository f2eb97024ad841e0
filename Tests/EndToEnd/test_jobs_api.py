"""Jobs as a resource: their list, events, failures, cancellation, long polling, idempotency, downloads."""
import re
import threading
import time

import pytest

from server import ENDED, expect, problem


@pytest.fixture(scope="module")
def large(server):
    """Enough for a job to be still at work when the next request comes."""
    return server.namespace("large").fill(60_000)


def types(server, job):
    return [event["type"] for event in server.get(f"/api/jobs/{job}/events")["events"]]


def milestones(events):
    return [re.search(r"25|50|75", str(event["detail"])).group() for event in events if event["type"] == "progress"]


def running(server, large, **fields):
    job = server.start_job(large.job("copy", target=server.namespace().as_target(), **fields))
    return server.wait_for_job(job["id"], until=lambda job: job["progress"]["processed"] > 0)


@pytest.mark.parametrize("count", [1, 3, 100, 5_000])
def test_tells_its_story_in_order(server, count):
    namespace = server.namespace().fill(count)
    job = server.run_job(namespace.job("copy", target=server.namespace().as_target()))
    events = server.get(f"/api/jobs/{job['id']}/events")["events"]
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["created", "started"] and kinds[-1] == "completed"
    assert milestones(events) == ["25", "50", "75"], events
    times = [event["at"] for event in events]
    assert times == sorted(times) and all(time.endswith("Z") for time in times)


def test_answers_when_the_sequence_has_moved_on(server, large):
    job = server.start_job(large.job("copy", target=server.namespace().as_target()))
    seen = [job["progress"]["sequence"]]
    while job["state"] not in ENDED:
        job = server.get(f"/api/jobs/{job['id']}?after={seen[-1]}&wait=20", timeout=30)
        seen.append(job["progress"]["sequence"])
    assert len(seen) >= 3 and seen == sorted(set(seen)), "each answer brings something new"
    assert job["state"] == "completed" and job["progress"]["succeeded"] == 60_000


def test_waits_no_longer_than_asked_and_never_for_a_job_that_has_ended(server, namespace):
    job = server.run_job(namespace.job("delete"))
    begin = time.monotonic()
    again = server.get(f"/api/jobs/{job['id']}?after={job['progress']['sequence']}&wait=20")
    assert again == job and time.monotonic() - begin < 5
    for query in ("after=x", "wait=x"):
        problem(server.api("GET", f"/api/jobs/{job['id']}?{query}"), 400, "invalid_request")


def test_percentages_rise_and_are_100_only_at_the_end(server, large):
    job = server.start_job(large.job("copy", target=server.namespace().as_target()))
    last = 0
    while job["state"] not in ENDED:
        percentage = job["progress"]["percentage"]
        if percentage is not None:
            assert last <= percentage < 100
            last = percentage
        job = server.get(f"/api/jobs/{job['id']}?after={job['progress']['sequence']}&wait=20")
    assert job["progress"]["percentage"] == 100


def test_cancels(server, large):
    job = running(server, large)
    answer = expect(server.api("POST", f"/api/jobs/{job['id']}/cancel"), 202).json()
    assert answer["id"] == job["id"]
    ended = server.wait_for_job(job["id"])
    assert ended["state"] == "cancelled" and types(server, job["id"])[-1] == "cancelled"
    progress = ended["progress"]
    assert progress["processed"] == progress["succeeded"] < 60_000
    target = server.get(f"/api/stores/local/namespaces/{ended['target']['namespace']}")
    assert target["keyCount"] == progress["succeeded"], "what is done stays done, and is said"
    problem(server.api("POST", f"/api/jobs/{job['id']}/cancel"), 409, "invalid_transition")


def test_refuses_what_a_finished_job_cannot_do(server, namespace):
    job = server.run_job(namespace.job("delete"))
    problem(server.api("POST", f"/api/jobs/{job['id']}/cancel"), 409, "invalid_transition")
    problem(server.api("POST", "/api/jobs/nothing/cancel"), 404, "job_not_found")
    problem(server.api("GET", f"/api/jobs/{job['id']}/download"), 404, "no_download")


def test_fails_when_its_namespace_goes(server, large):
    source = server.namespace().fill(30_000)
    job = server.start_job(source.job("copy", target=server.namespace().as_target()))
    expect(server.api("DELETE", source.path), 204)
    ended = server.wait_for_job(job["id"])
    assert ended["state"] == "failed" and ended["error"]["code"] == "namespace_not_found", ended
    assert types(server, job["id"])[-1] == "failed"


def test_fails_when_its_target_goes(server, large):
    target = server.namespace()
    job = server.start_job(large.job("copy", target=target.as_target()))
    expect(server.api("DELETE", target.path), 204)
    ended = server.wait_for_job(job["id"])
    assert ended["state"] == "failed" and ended["error"]["code"] == "namespace_not_found", ended


def test_many_jobs_run_to_their_ends(server):
    sources = [server.namespace().fill(300) for _ in range(12)]
    target = server.namespace()
    jobs = [server.start_job(source.job("copy", target=target.as_target())) for source in sources]
    assert [server.wait_for_job(job["id"])["state"] for job in jobs] == ["completed"] * 12
    assert len(target.names()) == 300


def test_a_repeated_request_makes_one_job(server, namespace):
    key = {"Idempotency-Key": "once only"}
    first = server.start_job(namespace.job("delete"), headers=key)
    server.wait_for_job(first["id"])
    answer = server.api("POST", "/api/jobs", json=namespace.job("delete"), headers=key)
    assert expect(answer, 200, 202).json()["id"] == first["id"]
    assert answer.headers.get("Location", f"/api/jobs/{first['id']}") == f"/api/jobs/{first['id']}"
    assert server.start_job(namespace.job("delete"), headers={"Idempotency-Key": "another"})["id"] != first["id"]


def test_racing_repetitions_make_one_job(server, namespace):
    ids, headers = [], {"Idempotency-Key": "race"}

    def post():
        ids.append(expect(server.api("POST", "/api/jobs", json=namespace.job("delete"), headers=headers), 200, 202).json()["id"])
    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 and len(set(ids)) == 1


def test_a_repeated_import_makes_one_job(server, namespace):
    headers = {"Idempotency-Key": "import once"}
    first = namespace.start_import(b'{"key":"a","value":"1"}\n', headers=headers)
    server.wait_for_job(first["id"])
    namespace.put("a", "changed since")
    again = expect(server.api("POST", f"{namespace.path}/import", data=b'{"key":"a","value":"1"}\n', headers=headers), 200, 202)
    assert again.json()["id"] == first["id"]
    assert namespace.read("a")["value"] == "changed since"


def test_lists_and_filters(fresh_server):
    server = fresh_server
    one, two = server.namespace().fill(3), server.namespace().fill(3)
    deletes = [server.run_job(one.job("delete"))["id"] for _ in range(3)]
    exports = [server.run_job(two.job("export"))["id"] for _ in range(2)]
    broken = server.run_job(two.job("rename", {"keys": ["key:000001"]}, oldPrefix="x", newPrefix="y"))["id"]

    def ids(query=""):
        return [job["id"] for job in server.get(f"/api/jobs{query}")["jobs"]]
    assert ids()[:6] == [broken, *exports[::-1], *deletes[::-1]], "the newest first"
    assert set(ids("?kind=delete")) == set(deletes)
    assert ids(f"?kind=delete&namespace={one.id}&state=completed&order=asc&limit=2") == deletes[:2]
    assert ids("?state=incomplete") == [broken] and ids("?minFailures=1") == [broken]
    assert set(ids(f"?namespace={two.id}")) >= set(exports)
    assert ids(f"?id={exports[0]}") == [exports[0]]
    assert ids("?store=elsewhere") == [] and ids("?since=2999-01-01T00:00:00.000Z") == []
    page = server.get("/api/jobs?limit=5")
    assert page["total"] == 8 and len(page["jobs"]) == 5
    rest = server.get(f"/api/jobs?limit=5&cursor={page['cursor']}")
    assert len(rest["jobs"]) == 3 and rest["cursor"] is None
    assert len({job["id"] for job in page["jobs"] + rest["jobs"]}) == 8
    for query in ("state=done", "kind=x", "limit=0", "order=up", "since=yesterday", "minFailures=x", "cursor=%21"):
        problem(server.api("GET", f"/api/jobs?{query}"), 400,
                "invalid_cursor" if "cursor" in query else "invalid_request")


def test_lists_every_failure(server):
    source = server.namespace().fill(2_501)
    names = source.names()
    job = server.run_job(source.job("rename", {"keys": names}, oldPrefix="key:000000", newPrefix="new"), within=300)
    assert job["state"] == "incomplete" and job["progress"]["failed"] == 2_500
    found, cursor = [], None
    while True:
        page = server.get(f"/api/jobs/{job['id']}/failures?limit=1000" + (f"&cursor={cursor}" if cursor else ""))
        found += [failure["key"] for failure in page["failures"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert sorted(found) == names[1:]


@pytest.fixture(scope="module")
def export(server):
    job = server.run_job(server.namespace("a title / \"with\" oddities é").fill(1_000).job("export"))
    assert job["state"] == "completed"
    return job


class TestDownload:
    def test_comes_as_an_attachment_as_often_as_asked(self, server, export):
        download = export["download"]
        assert set(download) >= {"name", "bytes", "url"} and download["url"] == f"/api/jobs/{export['id']}/download"
        answers = [expect(server.api("GET", download["url"]), 200) for _ in range(3)]
        assert len({answer.content for answer in answers}) == 1
        assert len(answers[0].content) == download["bytes"] == int(answers[0].headers["Content-Length"])
        assert answers[0].headers["Content-Disposition"].startswith("attachment;")
        assert answers[0].headers["Accept-Ranges"] == "bytes"
        assert answers[0].content.count(b"\n") == 1_000

    @pytest.mark.parametrize("wanted, begin, end", [
        ("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=5-99999999", 5, None)])
    def test_honours_ranges(self, server, export, wanted, begin, end):
        url, size = export["download"]["url"], export["download"]["bytes"]
        whole = server.api("GET", url).content
        part = expect(server.api("GET", url, headers={"Range": wanted}), 206)
        assert part.content == whole[begin:end]
        first = begin % size
        assert part.headers["Content-Range"] == f"bytes {first}-{first + len(part.content) - 1}/{size}"

    def test_refuses_a_range_beyond_the_end_and_ignores_nonsense(self, server, export):
        url, size = export["download"]["url"], export["download"]["bytes"]
        answer = expect(server.api("GET", url, headers={"Range": f"bytes={size}-"}), 416)
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        for nonsense in ("bytes=x", "lines=1-2", "bytes=5-2"):
            expect(server.api("GET", url, headers={"Range": nonsense}), 200, 416)

    def test_is_there_after_a_restart(self, fresh_server):
        job = fresh_server.run_job(fresh_server.namespace().fill(100).job("export"))
        before = fresh_server.api("GET", job["download"]["url"]).content
        fresh_server.kill()
        fresh_server.start()
        assert expect(fresh_server.api("GET", job["download"]["url"]), 200).content == before
