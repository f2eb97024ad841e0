"""A disk that fills up at random moments of jobs of every kind: what was reported is what is there after a restart with room.

A job that waits for room ends as it does on a large disk. A job that has failed stays failed, and its undo restores what was there
before. The name of a test is its seed. `KV_MANAGER_DISK_STORMS` is the number of runs of each kind.
"""
import os
import shutil

import pytest

from disks import small_disk
from kills import NAMES, Template, outcome, seeded, state
from server import ENDED, expect

RUNS = int(os.environ.get("KV_MANAGER_DISK_STORMS", "4"))
COUNT = 1_500
SIZE = 48 << 20
# Those that have filled the template.
IMPORTS = 3

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("disk storm")]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("template"), COUNT)


@pytest.fixture(scope="module")
def undisturbed(template, tmp_path_factory):
    """name: what a run leaves for which there is room."""
    known = {}

    def run(name):
        if name not in known:
            folder = tmp_path_factory.mktemp("undisturbed") / "server"
            server = template.copy(folder)
            before = state(server)
            job = server.wait_for_job(template.jobs()[name](server)["id"])
            known[name] = before, state(server), outcome(server, job)
            server.terminate()
            shutil.rmtree(folder)
        return known[name]

    return run


def room(chance, disk):
    """How much is left free: often hardly anything, else some of the reserve, or a little more than it."""
    return chance.choice([chance.randrange(64 << 10), chance.randrange(disk.reserve),
                          disk.reserve + chance.randrange(1 << 20), disk.reserve + chance.randrange(4 << 20)])


def start(server, begin):
    """The job; None where the disk has no room for it."""
    try:
        return begin(server)
    except AssertionError as refusal:
        assert "disk_full" in str(refusal), refusal
        return None


def is_told(job):
    return job["state"] in ENDED or job["progress"]["notice"] is not None


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_yields_nothing_that_a_restart_contradicts(name, run, template, undisturbed, tmp_path):
    before, left, ending = undisturbed(name)
    chance = seeded(name, run)
    with small_disk(tmp_path / "disk", SIZE) as disk:
        server = template.copy(disk.folder / "server")
        try:
            if chance.random() < 0.5:
                disk.fill(leaving=room(chance, disk))
                job = start(server, template.jobs()[name])
            else:
                job = start(server, template.jobs()[name])
                after = chance.randrange(4)
                expect(server.api("GET", f"/api/jobs/{job['id']}?after={after}&wait=5"), 200)
                disk.fill(leaving=room(chance, disk))
            told = job and server.wait_for_job(job["id"], until=is_told)
            ways = {"room": lambda: None, "kill": server.kill, "end": server.terminate}
            way = chance.choice(list(ways))
            ways[way]()
            disk.empty()
            if way != "room":
                server.start()
            check(server, told, before, left, ending)
        finally:
            server.terminate()


def check(server, told, before, left, ending):
    if told is None:
        assert server.get("/api/jobs")["total"] == IMPORTS
        assert state(server) == before
        return
    job = server.wait_for_job(told["id"])
    if told["state"] in ENDED:
        assert job == told
    ends = [event for event in server.get(f"/api/jobs/{job['id']}/events")["events"] if event["type"] in ENDED]
    assert len(ends) == 1 and ends[0]["type"] == job["state"], ends
    if job["state"] == "failed":
        assert job["error"]["code"] == "disk_full", job
        if job["undoable"]:
            undo = server.wait_for_job(expect(server.api("POST", f"/api/jobs/{job['id']}/undo"), 202).json()["id"])
            assert undo["state"] == "completed", undo
        assert state(server)[0] == before[0]
    else:
        assert (state(server), outcome(server, job)) == (left, ending)
