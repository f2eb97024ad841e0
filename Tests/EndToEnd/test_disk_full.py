"""A disk that is nearly full: what takes room is refused, what frees some works, and the program starts."""
import pytest

from disks import small_disk
from server import Server, expect, problem

MIB = 1 << 20


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", 64 * MIB) as disk:
        yield disk


@pytest.fixture
def server(disk):
    server = Server(disk.folder).start()
    yield server
    server.terminate()


def fill_into_reserve(disk):
    disk.fill(leaving=disk.reserve - MIB)


def test_what_takes_room_is_refused_and_what_frees_some_works(disk, server):
    namespace, doomed = server.namespace("kept"), server.namespace("doomed")
    namespace.fill(200)
    doomed.fill(10)
    done = server.run_job(namespace.job("export"))
    fill_into_reserve(disk)

    problem(server.api("PUT", namespace.entry("new"), json={"value": "v"}), 507, "disk_full")
    problem(server.api("PUT", namespace.value("new"), data=b"v" * 2 * MIB), 507, "disk_full")
    problem(server.api("POST", f"{namespace.path}/import", data=b'{"key":"a","value":"b"}\n'), 507, "disk_full")
    problem(server.api("POST", "/api/key-lists", data=b"a\nb\n"), 507, "disk_full")
    failed = server.run_job(namespace.job("export"))
    assert failed["state"] == "failed" and failed["error"]["code"] == "disk_full", failed
    problem(server.api("GET", "/readyz"), 503, "store_unavailable")
    expect(server.api("GET", "/healthz"), 200)

    expect(server.api("DELETE", namespace.entry("key:000000")), 204)
    expect(server.api("DELETE", doomed.path), 204)
    keys = {"keys": [f"key:{n:06}" for n in range(1, 50)]}
    deleted = server.run_job(namespace.job("delete", keys, undoable=False))
    assert deleted["state"] == "completed", deleted
    free = disk.free
    expect(server.api("DELETE", f"/api/jobs/{done['id']}"), 204)
    problem(server.api("GET", f"/api/jobs/{done['id']}"), 404, "job_not_found")
    assert disk.free > free - MIB
    assert len(namespace.names()) == 150

    disk.empty()
    expect(server.api("GET", "/readyz"), 200)
    namespace.put("new", "v")


def test_a_job_that_fails_at_many_keys_waits_for_room(disk, server):
    namespace = server.namespace("kept")
    namespace.fill(500)
    keys = {"keys": namespace.names()}
    fill_into_reserve(disk)
    job = server.start_job(namespace.job("rename", keys, oldPrefix="other", newPrefix="new", undoable=False))
    seen = server.wait_for_job(job["id"], until=lambda job: job["progress"]["notice"])
    assert seen["state"] == "running" and seen["progress"]["failed"] == 0, seen
    disk.empty()
    done = server.wait_for_job(job["id"])
    assert done["state"] == "incomplete" and done["progress"]["failed"] == done["failuresRecorded"] == 500, done
    assert done["progress"]["notice"] is None


def test_the_program_starts_and_says_that_it_is_not_ready(disk):
    server = Server(disk.folder).start()
    namespace = server.namespace("kept")
    namespace.fill(20)
    # A list that nobody uses is cleared away later.
    expect(server.api("POST", "/api/key-lists", data="\n".join(f"key {n}" for n in range(5_000)).encode()), 201)
    server.kill()
    disk.fill(leaving=256 << 10)
    server.start()
    try:
        problem(server.api("GET", "/readyz"), 503, "store_unavailable")
        assert len(namespace.names()) == 20
        disk.empty()
        expect(server.api("GET", "/readyz"), 200)
    finally:
        server.terminate()
