"""Deploying: versions beside each other, going from one to the next under a running job, and back by itself."""
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from cli import CommandLine
from deployment import Deployment, changed, other_version, own_version
from server import binary, expect

pytestmark = [pytest.mark.slow, pytest.mark.spread]

@pytest.fixture
def deployment(tmp_path):
    deployment = Deployment(tmp_path)
    deployment.release("install", binary())
    deployment.release("activate", own_version())
    yield deployment
    deployment.supervisor.close()


def watcher(server, job):
    return subprocess.Popen([binary(), "jobs", "watch", job["id"], "--server", server.url, "--output", "json"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(watching):
    output, errors = watching.communicate(timeout=120)
    assert watching.returncode == 0, errors
    return json.loads(output.splitlines()[-1])


def test_to_the_next_version_and_back_from_a_broken_one_under_a_job_and_its_watcher(deployment, tmp_path):
    server, own = deployment.server, own_version()
    assert deployment.version == own and deployment.linked == f"releases/{own}"
    source, targets = server.namespace().fill(60_000), [server.namespace() for _ in range(6)]
    target = targets[-1]

    next_one = other_version("9.0.0", tmp_path)
    deployment.release("install", str(next_one))
    assert deployment.version == own, "to install activates nothing"
    jobs = [server.start_job(source.job("copy", target=one.as_target())) for one in targets]
    watching = watcher(server, jobs[-1])
    told = deployment.release("activate", "9.0.0")
    assert told.text.splitlines()[-1] == "Version 9.0.0 is active." and "✗" not in told.text
    assert "Saving the data" not in told.errors, "both write the same formats"
    assert deployment.version == "9.0.0" and deployment.linked == "releases/9.0.0"
    seen = ended(watching)
    assert (seen["state"], seen["progress"]["succeeded"]) == ("completed", 60_000)
    for job in jobs:
        job = server.wait_for_job(job["id"])
        assert (job["state"], job["progress"]["succeeded"]) == ("completed", 60_000)
    events = [event["type"] for job in jobs for event in server.get(f"/api/jobs/{job['id']}/events")["events"]]
    assert "recovered" in events, "none was at work when the version changed"

    broken = changed(other_version("9.1.0", tmp_path), tmp_path, verify='echo "✗ the page does not load"; exit 1')
    deployment.release("install", str(broken))
    job = server.start_job(target.job("delete"))
    watching = watcher(server, job)
    told = deployment.release("activate", "9.1.0", status=1)
    assert "does not pass its verification" in told.errors and "Version 9.0.0 is active again." in told.errors
    assert deployment.version == "9.0.0" and deployment.linked == "releases/9.0.0"
    seen = ended(watching)
    assert (seen["state"], seen["progress"]["succeeded"]) == ("completed", 60_000)
    assert server.get(target.path)["keyCount"] == 0 and server.get(source.path)["keyCount"] == 60_000

    namespace = server.namespace()
    deployment.release("rollback")
    assert deployment.version == own and server.get(namespace.path)["keyCount"] == 0
    assert [(one["version"], one["active"]) for one in deployment.release("list", "--output", "json").json] == [
        ("9.1.0", False), ("9.0.0", False), (own, True)]


def test_one_that_does_not_start_is_gone_back_from(deployment, tmp_path):
    broken = changed(other_version("9.1.0", tmp_path), tmp_path, serve="exit 1")
    deployment.release("install", str(broken))
    told = deployment.release("activate", "9.1.0", "--patience", "3", status=1)
    assert "Version 9.1.0 was not ready within 3 s." in told.errors
    assert f"Version {own_version()} is active again." in told.errors and deployment.version == own_version()


def test_data_that_a_broken_version_has_migrated_is_restored(deployment, tmp_path):
    server = deployment.server
    namespace = server.namespace().fill(2_000)
    # Under the lock of the folder, as any version that writes to it.
    ruin = (f"exec flock -n {server.data}/lock python3 -c \"import sqlite3, sys; "
            "store = sqlite3.connect(sys.argv[1] + '/stores/local.sqlite'); store.execute('DELETE FROM entry'); store.commit(); "
            "ledger = sqlite3.connect(sys.argv[1] + '/ledger.sqlite'); "
            f"ledger.execute(\\\"INSERT OR IGNORE INTO grdb_migrations VALUES ('99')\\\"); ledger.commit()\" {server.data}")
    broken = changed(other_version("9.1.0", tmp_path), tmp_path, serve=ruin, release="echo '{\"ledger\":99,\"store\":99}'; exit")
    deployment.release("install", str(broken))
    told = deployment.release("activate", "9.1.0", "--patience", "3", status=1)
    assert "Saved: " in told.errors and f"Version {own_version()} is active again." in told.errors
    assert len(namespace.names()) == 2_000 and namespace.bytes("key:001999")
    assert server.get("/api/jobs")["jobs"][0]["kind"] == "import"
    assert server.terminate() is None


def test_a_rollback_to_a_version_of_another_format_takes_the_data_back(deployment, tmp_path):
    server = deployment.server
    namespace = server.namespace()
    namespace.put("before", "v")
    newer = changed(other_version("9.1.0", tmp_path), tmp_path, release="echo '{\"ledger\":99,\"store\":99}'; exit")
    deployment.release("install", str(newer))
    deployment.release("activate", "9.1.0")
    namespace.put("after", "v")
    asked = deployment.release("rollback", status=1)
    assert "what has changed since is set aside" in asked.errors and deployment.version == "9.1.0"
    deployment.release("rollback", "--yes")
    assert deployment.version == own_version() and namespace.names() == ["before"]
    aside, = server.data.glob("replaced-*")
    CommandLine("--data", str(aside))("key", "get", "-n", namespace.id, "after")


def test_what_cannot_be_installed_or_activated_says_why(deployment, tmp_path):
    own = own_version()
    assert f"Version {own} is active." in deployment.release("activate", own, status=1).errors
    assert "is not installed" in deployment.release("activate", "1.0.0", status=1).errors
    assert "is not installed" in deployment.release("activate", "../../etc", status=1).errors
    assert "There is no version before" in deployment.release("rollback", status=1).errors
    assert "is it KV Manager?" in deployment.release("install", "/bin/false", status=1).errors
    other = changed(binary(), tmp_path)
    assert f"Another program of version {own}" in deployment.release("install", str(other), status=1).errors
    deployment.release("install", binary())
    spoilt = deployment.root / "releases/9.0.0/kv-manager"
    deployment.release("install", str(other_version("9.0.0", tmp_path)))
    with open(spoilt, "ab") as file:
        file.write(b"x")
    assert "has changed since it was installed" in deployment.release("activate", "9.0.0", status=1).errors
    assert deployment.version == own


def test_prune_keeps_what_is_needed(deployment, tmp_path):
    own = own_version()
    for version in ("9.0.0", "9.1.0", "9.2.0"):
        deployment.release("install", str(changed(binary(), tmp_path, **{"--version": f"echo {version}; exit"})))
    removed = deployment.release("prune", "--keep", "1").text.splitlines()
    left = [one["version"] for one in deployment.release("list", "--output", "json").json]
    assert len(removed) == 2 and len(left) == 2 and own in left
    assert deployment.release("prune", "--keep", "0").text.count("Removed") == 1
    assert expect(deployment.server.api("GET", "/readyz"), 200)


def test_how_it_is_stopped_and_started_has_to_be_said(tmp_path):
    run = CommandLine("--root", str(tmp_path))
    for words in ([], ["--stop", "true"], ["--service", "x", "--stop", "true", "--start", "true"]):
        assert "how the program is stopped and started" in run("release", "activate", "1.0.0", *words, status=64).errors


def test_a_first_version_that_does_not_start_leaves_none(tmp_path):
    deployment = Deployment(tmp_path)
    try:
        deployment.release("install", str(changed(binary(), tmp_path, serve="exit 1")))
        told = deployment.release("activate", own_version(), "--patience", "3", status=1)
        assert "was not ready within 3 s. No version is active." in told.errors and "failed" not in told.errors
        assert not (deployment.root / "current").is_symlink()
    finally:
        deployment.supervisor.close()


def test_where_the_data_cannot_be_saved_the_version_stays(deployment, tmp_path):
    newer = changed(other_version("9.1.0", tmp_path), tmp_path, release="echo '{\"ledger\":99,\"store\":99}'; exit")
    deployment.release("install", str(newer))
    (tmp_path / "file").touch()
    told = deployment.release("activate", "9.1.0", "--backups", str(tmp_path / "file"), status=1)
    assert f"Version {own_version()} is active again." in told.errors and deployment.version == own_version()


def test_a_start_that_leaves_the_server_behind_it_is_not_waited_for(tmp_path):
    """As a shell's `&` does."""
    root, data, pid = tmp_path / "root", tmp_path / "data", tmp_path / "pid"
    for new in (root, data):
        new.mkdir(mode=0o700)
    kv = CommandLine("--root", str(root))
    kv("release", "install", binary())
    start = f"{root}/current/kv-manager serve --port 0 --data {data} > {tmp_path}/log 2>&1 & echo $! > {pid}"
    try:
        kv("release", "activate", own_version(), "--data", str(data), "--watch", "0", "--start", start, "--stop", "true")
        assert os.readlink(root / "current").endswith(own_version())
        CommandLine("--data", str(data))("stores")
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


# MARK: what happens to the command itself

@pytest.fixture
def begin(deployment):
    """begin(version, **streams): `release activate`, in a session of its own."""
    running = []

    def begin(*words, **streams):
        command = [binary(), "release", "activate", *words, "--root", str(deployment.root), "--data", str(deployment.server.data),
                   "--watch", "0", *deployment.supervisor.hooks()]
        running.append(subprocess.Popen(command, start_new_session=True, **streams))
        return running[-1]

    yield begin
    for one in running:
        one.kill()
        one.wait()


def waits(folder, until):
    """For `changed`: a verification that says that it has begun, and goes on when there is a file."""
    return f"touch {folder}/begun; while ! test -e {until}; do :; done"


def reached(path):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline


def test_it_goes_back_also_where_nobody_reads_what_it_says(deployment, begin, tmp_path):
    deployment.release("install", str(changed(other_version("9.1.0", tmp_path), tmp_path, verify="exit 1")))
    with open("/dev/full", "w") as full:
        assert begin("9.1.0", stdout=full, stderr=full).wait(60) == 1
    assert deployment.version == deployment.linked.rpartition("/")[2] == own_version()


def test_it_stays_where_nobody_reads_what_it_says_and_the_way_back_is_known(deployment, begin, tmp_path):
    deployment.release("install", str(other_version("9.1.0", tmp_path)))
    with open("/dev/full", "w") as full:
        begin("9.1.0", stdout=full, stderr=full).wait(60)
    assert deployment.version == "9.1.0"
    deployment.release("rollback")
    assert deployment.version == own_version()


def test_one_that_was_killed_leaves_a_way_back(deployment, begin, tmp_path):
    deployment.release("install", str(changed(other_version("9.1.0", tmp_path), tmp_path, verify=waits(tmp_path, tmp_path / "never"))))
    running = begin("9.1.0")
    reached(tmp_path / "begun")
    running.kill()
    running.wait()
    (tmp_path / "never").touch()
    assert deployment.version == "9.1.0"
    deployment.release("rollback")
    assert deployment.version == own_version()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_all_at_the_terminal_stops_nothing_half_way(deployment, begin, tmp_path, number):
    go_on = tmp_path / "go-on"
    version = changed(other_version("9.1.0", tmp_path), tmp_path, verify=waits(tmp_path, go_on) + '; exec "$program" "$@"')
    deployment.release("install", str(version))
    running = begin("9.1.0", stderr=subprocess.PIPE)
    reached(tmp_path / "begun")
    os.killpg(running.pid, number)
    assert b"It finishes, or rolls back" in running.stderr.readline()
    go_on.touch()
    assert running.wait(60) == 0 and deployment.version == "9.1.0"


def test_a_start_that_does_not_return_has_its_time(deployment, tmp_path):
    deployment.release("install", str(other_version("9.1.0", tmp_path)))
    hooks = deployment.supervisor.hooks()
    stuck = ["--start", "sleep 600", "--stop", hooks[3]]
    told = CommandLine("--root", str(deployment.root), "--data", str(deployment.server.data), *stuck)(
        "release", "activate", "9.1.0", "--patience", "2", status=1)
    assert "sleep 600 did not end within 2 s" in told.errors
    # The former one could not be started by that either; it is what is active.
    assert deployment.linked.endswith(own_version())


def test_what_would_fail_any_version_is_found_before_something_is_stopped(deployment, tmp_path):
    deployment.release("install", str(other_version("9.1.0", tmp_path)))
    before = deployment.supervisor.process.pid
    where = ["--root", str(deployment.root), "--data", str(deployment.server.data), *deployment.supervisor.hooks()]
    for words, environment, seen in (
            (["--ca-cert", "/nowhere"], {}, "not a PEM file"),
            (["--server", deployment.server.url], {"KV_MANAGER_SERVER_HEADERS": "none"}, "Line 1 of KV_MANAGER_SERVER_HEADERS")):
        run = CommandLine(*where, environment=environment)
        told = run("release", "activate", "9.1.0", *words, status=1 if words[0] == "--ca-cert" else 64)
        assert seen in told.errors and deployment.supervisor.process.pid == before
    # They are for a server that is named, and stop no other one.
    CommandLine(*where, environment={"KV_MANAGER_SERVER_HEADERS": "none"})("release", "activate", "9.1.0", "--watch", "0")


def other_formats(version, folder, **commands):
    return changed(other_version(version, folder), folder, release="echo '{\"ledger\":99,\"store\":99}'; exit", **commands)


def test_a_pipe_that_nobody_reads_ends_it_nowhere(deployment, begin, tmp_path):
    """Its first words are about the data that it saves; then that it goes back."""
    deployment.release("install", str(other_formats("9.1.0", tmp_path, verify="exit 1")))
    ours, theirs = os.pipe()
    os.close(ours)
    running = begin("9.1.0", stdout=theirs, stderr=theirs)
    os.close(theirs)
    assert running.wait(60) == 1
    assert deployment.version == deployment.linked.rpartition("/")[2] == own_version()


def test_others_at_work_do_not_make_it_go_back(deployment, tmp_path):
    server = deployment.server
    deployment.release("install", str(other_version("9.1.0", tmp_path)))
    over = threading.Event()

    def work():
        while not over.is_set():
            try:
                server.api("GET", "/api/stores")
            except OSError:
                pass

    space = server.namespace().fill(60_000)
    job = server.start_job(space.job("delete"))
    server.api("POST", f"/api/jobs/{job['id']}/pause")
    thread, watching = threading.Thread(target=work), watcher(server, job)
    thread.start()
    try:
        deployment.release("activate", "9.1.0", "--watch", "1")
    finally:
        over.set()
        thread.join()
        server.api("POST", f"/api/jobs/{job['id']}/cancel")
        watching.communicate(timeout=60)
    assert deployment.version == "9.1.0"


def test_a_rollback_after_a_failed_try_goes_where_the_version_before_was(deployment, tmp_path):
    """Its notes tell of what is active; a version that was gone back from left none that is taken for it."""
    server, own = deployment.server, own_version()
    space = server.namespace()
    deployment.release("install", str(other_formats("9.0.0", tmp_path)))
    deployment.release("install", str(other_formats("9.1.0", tmp_path, verify="exit 1")))
    deployment.release("activate", "9.0.0")
    space.put("under 9.0.0", "v")
    deployment.release("activate", "9.1.0", status=1)
    assert deployment.version == "9.0.0" and space.names() == ["under 9.0.0"]
    deployment.release("rollback", "--yes")
    assert deployment.version == own and space.names() == []
    assert "9.0.0" in deployment.release("rollback", status=1).errors
    deployment.release("rollback", "--yes")
    assert deployment.version == "9.0.0" and space.names() == ["under 9.0.0"]
    # By hand, to one that was gone back from: nothing is known of how it became active.
    deployment.supervisor.stop()
    (deployment.root / "current").unlink()
    (deployment.root / "current").symlink_to("releases/9.1.0")
    assert "There is no version before 9.1.0" in deployment.release("rollback", "--yes", status=1).errors


def test_an_activation_that_was_killed_before_the_switch_is_not_gone_back_from(deployment, tmp_path):
    server, own = deployment.server, own_version()
    space = server.namespace()
    deployment.release("install", str(other_formats("9.0.0", tmp_path)))
    deployment.release("activate", "9.0.0")
    space.put("k", "v")
    # As a kill between the note and the switch leaves it, the program ended.
    deployment.supervisor.stop()
    with open(deployment.root / "activations.ndjson", "a") as notes:
        notes.write('{"at":"2026-11-25T10:20:30Z","former":"9.0.0","version":"9.1.0"}\n')
    told = deployment.release("rollback", "--yes", status=1)
    assert "9.1.0 did not finish: 9.0.0 is active and running" in told.errors
    assert deployment.version == "9.0.0" and space.names() == ["k"]
    deployment.release("rollback", "--yes")
    assert deployment.version == own and space.names() == []


def test_data_that_is_elsewhere_is_asked_for_before_something_is_stopped(deployment, tmp_path):
    deployment.release("install", str(other_version("9.1.0", tmp_path)))
    (tmp_path / "elsewhere").mkdir()
    kv = CommandLine("--root", str(deployment.root), "--data", str(tmp_path / "elsewhere"), *deployment.supervisor.hooks())
    assert "with --data" in kv("release", "activate", "9.1.0", status=1).errors
    assert deployment.version == own_version()


def test_a_backup_that_is_gone_is_missed_before_something_is_stopped(deployment, tmp_path):
    deployment.release("install", str(other_formats("9.1.0", tmp_path)))
    deployment.release("activate", "9.1.0")
    backup, = (deployment.server.data / "backups").iterdir()
    shutil.rmtree(backup)
    before = deployment.supervisor.process.pid
    assert "backup" in deployment.release("rollback", "--yes", status=1).errors
    assert deployment.supervisor.process.pid == before and deployment.version == "9.1.0"


def test_a_unit_that_failed_has_all_its_starts_again(deployment, tmp_path):
    """systemd allows few in a while; the version that is gone back to needs one."""
    hooks, told = deployment.supervisor.hooks(), tmp_path / "told"
    stand_in = tmp_path / "bin/systemctl"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$@" >> {told}\ncase "$1" in\nstart) {hooks[1]} ;;\nstop) {hooks[3]} ;;\nesac\n')
    stand_in.chmod(0o755)
    deployment.release("install", str(changed(other_version("9.1.0", tmp_path), tmp_path, serve="exit 1")))
    kv = CommandLine("--root", str(deployment.root), "--data", str(deployment.server.data), "--service", "kv",
                     environment={"PATH": f"{stand_in.parent}:{os.environ['PATH']}"})
    kv("release", "activate", "9.1.0", "--patience", "3", status=1)
    assert deployment.version == own_version()
    assert told.read_text().splitlines() == ["stop kv", "reset-failed kv", "start kv"] * 2
