"""Backups: made while the server is at work or without one, read back, restored, and found out when they are not whole."""
import fcntl
import itertools
import json
import os
import subprocess
import threading

import pytest
import requests

from cli import CommandLine, against, in_new_folder
from disks import small_disk
from server import ENDED, Server, binary, expect, problem

pytestmark = pytest.mark.slow


def on(server):
    """Commands on the folder of a server, whether it runs or not."""
    return CommandLine("--data", str(server.data))


def flip(path):
    """Changes one byte in the middle; the size stays."""
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def test_a_backup_of_a_running_server_is_made_listed_verified_and_restored(fresh_server):
    server = fresh_server
    namespace = server.namespace().fill(5_000)
    server.run_job(namespace.job("export"))
    run = on(server)
    made = run("backup", "create", "--output", "json").json
    assert made["state"] == "complete" and made["error"] is None
    files = [file["path"] for file in json.loads((server.data / "backups" / made["name"] / "manifest.json").read_text())["files"]]
    assert made["files"] == len(files) and {"ledger.sqlite", "stores/local.sqlite"} < set(files)
    assert {path.rpartition("/")[2] for path in files} >= {"upload", "export"}
    assert [one["name"] for one in run("backup", "list", "--output", "json").json] == [made["name"]]
    assert run("backup", "verify", made["name"]).text == f"{made['name']} is whole.\n"
    server.run_job(namespace.job("delete", undoable=False))
    refused = run("backup", "restore", made["name"], "--yes", status=1)
    assert f"in use by the server at {server.url}" in refused.errors
    server.terminate()

    asked = run("backup", "restore", made["name"], status=1)
    assert "use --yes" in asked.errors
    restored = run("backup", "restore", made["name"], "--yes")
    aside, = server.data.glob("replaced-*")
    assert str(aside) in restored.errors and (aside / "stores/local.sqlite").exists()
    server.start()
    assert len(namespace.names()) == 5_000
    export, upload = server.get("/api/jobs")["jobs"]
    assert (export["kind"], upload["kind"]) == ("export", "import")
    assert expect(server.api("GET", export["download"]["url"]), 200).content.count(b"\n") == 5_000


def test_without_a_server_it_needs_none(tmp_path):
    run = in_new_folder(tmp_path / "data")
    run("namespace", "create", "sessions")
    run("key", "put", "-n", "sessions", "user:1", "before")
    names = [run("backup", "create", "--output", "json").json["name"] for _ in range(3)]
    assert len(set(names)) == 3
    assert [one["name"] for one in run("backup", "list", "--output", "ndjson").lines] == sorted(names, reverse=True)
    run("key", "put", "-n", "sessions", "user:1", "after")
    run("backup", "restore", names[0], "--yes")
    assert run("key", "get", "-n", "sessions", "user:1").output == b"before"


def test_backups_lie_where_they_are_set_to_and_restore_elsewhere(tmp_path):
    (tmp_path / "safe").mkdir(mode=0o700)
    run = CommandLine("--data", str(tmp_path / "data"), "--backups", str(tmp_path / "safe"))
    in_new_folder(tmp_path / "data")("namespace", "create", "sessions")
    name = run("backup", "create", "--output", "json").json["name"]
    assert (tmp_path / "safe" / name / "manifest.json").exists() and not (tmp_path / "data" / "backups").exists()
    other = CommandLine("--data", str(tmp_path / "other"))
    restored = other("backup", "restore", str(tmp_path / "safe" / name), "--yes")
    assert "former data" not in restored.errors, "there was nothing to set aside"
    assert [one["title"] for one in other("namespace", "list", "--output", "json").json] == ["sessions"]


@pytest.mark.parametrize("harm,words", [
    (lambda folder: flip(folder / "stores/local.sqlite"), "stores/local.sqlite has changed"),
    (lambda folder: (folder / "ledger.sqlite").unlink(), "ledger.sqlite is missing"),
    (lambda folder: (folder / "stores/more.sqlite").touch(), "stores/more.sqlite does not belong to it"),
    (lambda folder: open(folder / "ledger.sqlite", "a").write("x"), "ledger.sqlite has"),
])
def test_what_is_not_whole_is_found_and_not_restored(tmp_path, harm, words):
    run = in_new_folder(tmp_path / "data")
    run("namespace", "create", "sessions")
    name = run("backup", "create", "--output", "json").json["name"]
    harm(tmp_path / "data/backups" / name)
    assert words in run("backup", "verify", name, status=1).errors
    assert words in run("backup", "restore", name, "--yes", status=1).errors
    assert not list((tmp_path / "data").glob("replaced-*"))
    with Running(tmp_path) as server:
        found = against(server)("backup", "verify", name, "--output", "json", status=1).json
        assert found["check"]["state"] == "failed" and words in found["check"]["faults"][0]


class Running:
    """A server on a folder that is there already."""

    def __init__(self, folder, *options):
        self.server = Server(folder, *options)

    def __enter__(self):
        return self.server.start()

    def __exit__(self, *_):
        self.server.kill()


def test_what_a_manifest_names_outside_of_its_backup_is_not_touched(tmp_path):
    run = in_new_folder(tmp_path / "data")
    run("namespace", "create", "sessions")
    name = run("backup", "create", "--output", "json").json["name"]
    path = tmp_path / "data/backups" / name / "manifest.json"
    manifest = json.loads(path.read_text())
    for outside in ("../../lock", "/etc/hostname", "stores/../../x", "lock"):
        manifest["files"][0]["path"] = outside
        path.write_text(json.dumps(manifest))
        assert "outside of the backup" in run("backup", "restore", name, "--yes", status=1).errors


def test_names_that_are_none(server):
    for name in ("nope", "../../etc", "2026-11-25T10-20-30Z"):
        assert f'There is no backup "{name}"' in against(server)("backup", "verify", name, status=1).errors
    problem(server.api("GET", "/api/backups/2026-11-25T10-20-30Z"), 404, "backup_not_found")
    problem(server.api("POST", "/api/backups/%2e%2e/verify"), 404, "backup_not_found")


def test_one_is_made_at_a_time(fresh_server):
    server = fresh_server
    server.namespace().fill(60_000, size=400)
    first = expect(server.api("POST", "/api/backups"), 202)
    assert first.json()["state"] == "creating" and first.headers["Location"] == f"/api/backups/{first.json()['name']}"
    problem(server.api("POST", "/api/backups"), 409, "backup_at_work")
    made = server.get(f"{first.headers['Location']}?wait=60")
    assert made["state"] == "complete"
    kinds = {one["kind"]: one["bytes"] for one in server.get("/api/storage")["kinds"]}
    assert kinds["backups"] > made["bytes"] > 30_000_000


def test_what_a_dead_program_left_is_removed_and_what_another_one_makes_is_not(tmp_path):
    """Programs of several data folders may share one of backups."""
    backups, run = tmp_path / "backups", CommandLine("--data", str(tmp_path / "data"), "--backups", str(tmp_path / "backups"))
    left, made = (backups / f"2026-01-02T03-04-0{second}Z.partial" for second in (5, 6))
    for folder in (left, made):
        (folder / "stores").mkdir(parents=True)
    in_new_folder(tmp_path / "data")("namespace", "create", "sessions")
    hold = os.open(made, os.O_RDONLY)
    fcntl.flock(hold, fcntl.LOCK_EX)
    run("backup", "create")
    os.close(hold)
    assert not left.exists() and (made / "stores").exists()


def test_where_none_can_be_made_it_says_so(tmp_path):
    (tmp_path / "file").touch()
    with Running(tmp_path, "--backups", str(tmp_path / "file")) as server:
        failed = against(server)("backup", "create", status=1)
        assert f"{tmp_path}/file cannot be created" in failed.errors
        kept, = server.get("/api/backups")["backups"]
        assert kept["state"] == "failed" and kept["error"]["code"] == "store_unavailable"


def test_a_restore_that_was_killed_has_happened_or_not(tmp_path):
    run = in_new_folder(tmp_path / "data")
    run("namespace", "create", "sessions")
    (tmp_path / "many.ndjson").write_text("".join(json.dumps({"key": f"k{n}", "value": "v" * 500}) + "\n" for n in range(20_000)))
    run("import", "-n", "sessions", str(tmp_path / "many.ndjson"))
    name = run("backup", "create", "--output", "json").json["name"]
    run("bulk", "delete", "-n", "sessions", "--all", "--yes")
    after = run("backup", "create", "--output", "json").json["name"]
    seen = set()
    for milliseconds in itertools.chain(range(10, 400, 26), [60_000]):
        run("backup", "restore", after, "--yes")
        try:
            subprocess.run([binary(), "backup", "restore", name, "--yes", "--data", str(tmp_path / "data")],
                           timeout=milliseconds / 1_000, check=True)
        except subprocess.TimeoutExpired:
            pass
        keys = run("namespace", "list", "--output", "json").json[0]["keyCount"]
        jobs = [job["kind"] for job in run("jobs", "list", "--output", "json").json]
        assert (keys, jobs) in [(20_000, ["import"]), (0, ["delete", "import"])]
        assert not (tmp_path / "data/restoring").exists()
        seen.add(keys)
    assert seen == {0, 20_000}


# Each part runs where there is room, for together they take minutes.
@pytest.mark.parametrize("part", [pytest.param(n, marks=pytest.mark.xdist_group(f"backups under load {n}")) for n in range(5)])
def test_fifty_backups_under_load_restore_to_what_was_at_one_moment(fresh_server, tmp_path, part):
    """A writer puts keys in order, one by one, and jobs fill and empty a namespace: a backup has the keys up to one of them,
    and a job that was under way goes on from where it was to its right end."""
    server = fresh_server
    source, target, sequence = server.namespace("source").fill(3_000), server.namespace("target"), server.namespace("sequence")
    acknowledged, go, enough, broken = [0], threading.Event(), threading.Event(), []

    def write():
        session = requests.Session()
        while go.wait() and not enough.is_set():
            expect(session.put(server.url + sequence.value(f"{acknowledged[0]:08}"), data="v", timeout=60), 201)
            acknowledged[0] += 1

    def work():
        for job in itertools.cycle([source.job("copy", target=target.as_target()), target.job("delete")]):
            go.wait()
            if enough.is_set():
                return
            ended = server.run_job(job)
            assert ended["state"] == "completed", ended

    def guarded(body):
        try:
            body()
        except BaseException as error:
            broken.append(error)
            raise

    load = [threading.Thread(target=guarded, args=(body,)) for body in (write, work)]
    for one in load:
        one.start()
    halfway, round = 0, 0
    try:
        # With fewer than two of ten that had a job under way nothing would be said.
        while round < 10 or (halfway < 2 and round < 40):
            round += 1
            go.set()
            first = acknowledged[0]
            while acknowledged[0] < first + 5 and not broken:
                server.get("/healthz")
            before = acknowledged[0]
            name = expect(server.api("POST", "/api/backups"), 202).json()["name"]
            made = server.get(f"/api/backups/{name}?wait=60", timeout=90)
            after = acknowledged[0]
            # What is checked is checked sooner without the load.
            go.clear()
            assert made["state"] == "complete" and not broken, (made, broken)
            folder = tmp_path / str(round)
            CommandLine("--data", str(folder / "data"))("backup", "restore", str(server.data / "backups" / name), "--yes")
            with Running(folder) as restored:
                halfway += check(restored, [source.id, target.id, sequence.id], before, after)
    finally:
        enough.set()
        go.set()
        for one in load:
            one.join(60)
    assert not broken
    assert halfway >= 2, "too few backups had a job under way to say anything"


def check(server, ids, before, after):
    """Whether a job was under way."""
    source, target, sequence = (server.get(f"/api/stores/local/namespaces/{id}") for id in ids)
    keys = [key["name"] for key in pages(server, sequence["id"])]
    assert keys == [f"{n:08}" for n in range(len(keys))] and before <= len(keys) <= after + 1
    assert sequence["keyCount"] == len(keys) and source["keyCount"] == 3_000
    jobs = server.get("/api/jobs?limit=1000")["jobs"]
    under_way = [job for job in jobs if job["state"] not in ENDED]
    for job in under_way:
        server.wait_for_job(job["id"])
    jobs = server.get("/api/jobs?limit=1000")["jobs"]
    assert {job["state"] for job in jobs} == {"completed"}, jobs
    for job in jobs:
        assert job["progress"]["succeeded"] == 3_000, job
    expected = 3_000 if jobs[0]["kind"] == "copy" else 0
    assert server.get(f"/api/stores/local/namespaces/{target['id']}")["keyCount"] == expected
    return bool(under_way)


def pages(server, namespace):
    cursor = ""
    while cursor is not None:
        page = server.get(f"/api/stores/local/namespaces/{namespace}/keys?limit=1000&cursor={cursor}")
        yield from page["keys"]
        cursor = page["cursor"]


@pytest.mark.parametrize("files", [
    [{"path": f"stores/{name}.sqlite", "bytes": 2**63 - 1, "sha256": "0" * 64} for name in "ab"],
    [{"path": "ledger.sqlite", "bytes": -1, "sha256": "0" * 64}],
    [{"path": "ledger.sqlite", "bytes": 2**63, "sha256": "0" * 64}],
    [{"path": "ledger.sqlite", "bytes": 1, "sha256": "0" * 64}] * 2,
    [{"path": "jobs/" + "a/" * 100_000 + "x", "bytes": 1, "sha256": "0" * 64}],
])
def test_a_forged_manifest_is_refused_with_a_sentence(tmp_path, files):
    run = CommandLine("--data", str(tmp_path / "data"))
    name = "2026-11-25T10-20-30Z"
    folder = tmp_path / "data/backups" / name
    folder.mkdir(parents=True, mode=0o700)
    (tmp_path / "data").chmod(0o700)
    (folder / "manifest.json").write_text(json.dumps(
        {"format": 1, "name": name, "createdAt": "2026-11-25T10:20:30Z", "version": "0.2.0", "files": files}))
    for command in (("verify", name), ("restore", name, "--yes"), ("restore", str(folder), "--yes")):
        refused = run("backup", *command, status=1)
        assert refused.errors.startswith("kv-manager: ") and "manifest.json" in refused.errors and "Fatal" not in refused.errors
    assert run("backup", "list", "--output", "json").json == []


def test_links_in_a_backup_are_not_followed(tmp_path):
    run = in_new_folder(tmp_path / "data")
    run("namespace", "create", "sessions")
    name = run("backup", "create", "--output", "json").json["name"]
    folder = tmp_path / "data/backups" / name
    (folder / "stores").rename(tmp_path / "stores")
    (folder / "stores").symlink_to(tmp_path / "stores")
    assert "stores is not a folder" in run("backup", "restore", name, "--yes", status=1).errors
    (folder / "stores").unlink()
    (tmp_path / "stores").rename(folder / "stores")
    (folder / "ledger.sqlite").rename(tmp_path / "ledger.sqlite")
    (folder / "ledger.sqlite").symlink_to(tmp_path / "ledger.sqlite")
    assert "ledger.sqlite is not a file" in run("backup", "restore", name, "--yes", status=1).errors
    (folder / "manifest.json").rename(tmp_path / "manifest.json")
    (folder / "manifest.json").symlink_to(tmp_path / "manifest.json")
    assert "symbolic link" in run("backup", "restore", name, "--yes", status=1).errors


def test_a_server_makes_no_more_backups_than_a_thousand(fresh_server):
    server = fresh_server
    for number in range(1_000):
        (server.data / f"backups/2026-01-01T00-{number // 60:02}-{number % 60:02}Z").mkdir(parents=True)
    body = problem(server.api("POST", "/api/backups"), 409, "too_many_backups")
    assert "1000" in body["detail"]
    next((server.data / "backups").iterdir()).rmdir()
    made = expect(server.api("POST", "/api/backups"), 202).json()["name"]
    assert server.get(f"/api/backups/{made}?wait=60")["state"] == "complete"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_backup_that_would_fill_the_disk_is_refused_at_once(tmp_path):
    with small_disk(tmp_path / "small", 64 << 20) as disk:
        disk.fill(leaving=disk.reserve)
        with Running(tmp_path, "--backups", str(disk.folder / "backups")) as server:
            problem(server.api("POST", "/api/backups"), 507, "disk_full")
            assert server.get("/api/backups")["backups"] == []
            assert list(disk.folder.iterdir()) == [disk.filler]
