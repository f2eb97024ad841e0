"""kill -9 at random moments of jobs of every kind: in the end everything is as after an undisturbed run.

Compared are entries, counts, the file of an export, failures, and what an undo restores. The name of a test is its seed.
`KV_MANAGER_KILLS` is the number of runs of each kind. The runs of one kind share a process, because they share the
undisturbed run that they are compared with.
"""
import os
import shutil
import time

import pytest

from kills import NAMES, Template, Watcher, outcome, seeded, state

RUNS = int(os.environ.get("KV_MANAGER_KILLS", "5"))
KILLS = 3
COUNT = 15_000
KINDS = [pytest.param(name, marks=pytest.mark.xdist_group(f"kills of {name}")) for name in NAMES]
# The number of kills of each kind.
COUNTED = dict.fromkeys(NAMES, 0)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("template"), COUNT)


@pytest.fixture(scope="module")
def undisturbed(template, tmp_path_factory):
    """name: what a run to which nothing happens leaves, what its undo leaves, and how long it takes."""
    known = {}

    def run(name):
        if name not in known:
            folder = tmp_path_factory.mktemp("undisturbed") / "server"
            server = template.copy(folder)
            before = state(server)
            begin = time.monotonic()
            job = server.wait_for_job(template.jobs()[name](server)["id"])
            seconds = time.monotonic() - begin
            left = state(server), outcome(server, job)
            undo = undo_of(server, job)
            assert undo is None or (undo["state"] == "completed" and state(server)[0] == before[0]), undo
            server.terminate()
            shutil.rmtree(folder)
            known[name] = left, before, seconds
        return known[name]

    return run


def undo_of(server, job):
    """The job that undoes it, at its end."""
    if not job["undoable"]:
        assert job["kind"] == "export"
        return None
    undo = server.api("POST", f"/api/jobs/{job['id']}/undo").json()
    assert undo["undoOf"] == job["id"], undo
    return server.wait_for_job(undo["id"])


def kill_at_random(name, server, job, chance, seconds):
    """Kills the program at random moments of the job's time, and takes the job to its end; how often it was killed."""
    kills, watcher = 0, Watcher(server, job)
    watcher.begin()
    while kills < KILLS and not server.get(f"/api/jobs/{job['id']}")["finishedAt"]:
        # The moment is what is random here; nothing is waited for.
        time.sleep(chance.uniform(0, seconds * 0.6))
        server.kill()
        kills += 1
        watcher.end()
        server.start()
        watcher.begin()
    job = server.wait_for_job(job["id"])
    watcher.end()
    assert watcher.finished and watcher.last["state"] == job["state"]
    COUNTED[name] += kills
    return kills, job


@pytest.mark.parametrize("number", range(RUNS))
@pytest.mark.parametrize("name", KINDS)
def test_a_killed_job_ends_as_if_nothing_had_happened(template, undisturbed, tmp_path, name, number):
    run_with_kills(template, undisturbed, tmp_path, name, number)


def run_with_kills(template, undisturbed, folder, name, number):
    expected, before, seconds = undisturbed(name)
    server = template.copy(folder / "server")
    chance = seeded(name, number)
    job = template.jobs()[name](server)
    kills, job = kill_at_random(name, server, job, chance, seconds)
    assert (state(server), outcome(server, job)) == expected
    types = [event["type"] for event in server.get(f"/api/jobs/{job['id']}/events")["events"]]
    assert types[0] == "created" and types.count("started") == 1 and types[-1] == job["state"]
    assert types.count("progress") in (0, 3) and types.count("recovered") <= kills
    undo = undo_of_killed(name, server, job, chance, seconds)
    if undo:
        assert undo["state"] == "completed" and undo["progress"]["failed"] == 0, undo
        assert state(server)[0] == before[0]
    server.terminate()
    shutil.rmtree(folder)


def undo_of_killed(name, server, job, chance, seconds):
    """The undo is killed too."""
    if not job["undoable"]:
        return None
    undo = server.api("POST", f"/api/jobs/{job['id']}/undo").json()
    return kill_at_random(name, server, undo, chance, seconds)[1]


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_job_was_killed_often(template, undisturbed, tmp_path, name):
    """On a fast machine jobs may end before their kills. Then there are more runs. Exports are fast, and have no undo."""
    wanted, number = RUNS if name.startswith("export") else 3 * RUNS, RUNS
    while COUNTED[name] < wanted and number < 5 * RUNS:
        run_with_kills(template, undisturbed, tmp_path / str(number), name, number)
        number += 1
    assert COUNTED[name] >= wanted, COUNTED
