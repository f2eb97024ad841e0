"""Data folders of another user: commands that root runs on them never touch anything outside, whatever the folder holds."""
import json
import os
import pathlib
import subprocess
import tempfile

import pytest

from cli import CommandLine, in_new_folder
from server import Server, binary
from test_cli_release import Deployment, other_formats, own_version

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")

OWNER = 12345
COMMANDS = [("namespace", "list"), ("jobs", "list"), ("backup", "create"), ("backup", "list"), ("backup", "restore", "{backup}", "--yes"),
            ("serve", "--port", "0")]


@pytest.fixture
def folder():
    """A folder that any user can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="kv-manager-") as path:
        os.chmod(path, 0o755)
        yield pathlib.Path(path)


@pytest.fixture
def victim(folder):
    """A folder of root with a file in it."""
    path = folder / "victim"
    path.mkdir(mode=0o700)
    (path / "file").write_text("of root")
    yield path
    assert [one.name for one in path.iterdir()] == ["file"] and (path / "file").read_text() == "of root"
    assert {one.stat().st_uid for one in (path, path / "file")} == {0}


def give(path, user=OWNER):
    for one in [path, *path.rglob("*")]:
        os.lchown(one, user, user)


def make(folder, user=OWNER):
    """A data folder with a backup; its name is returned."""
    run = in_new_folder(folder)
    run("namespace", "create", "sessions")
    name = run("backup", "create", "--output", "json").json["name"]
    give(folder, user)
    return name


@pytest.fixture
def backup(folder):
    return make(folder / "data")


def words(command, backup):
    return [word.format(backup=backup) for word in command]


def replace(path, target):
    """Puts a link in the place of what is there."""
    if path.exists():
        path.rename(f"{path}.old")
    path.symlink_to(target)
    os.lchown(path, OWNER, OWNER)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_link_as_lock_is_not_followed(folder, backup, victim, command):
    (folder / "data/lock").unlink()
    replace(folder / "data/lock", victim / "file")
    refused = CommandLine("--data", str(folder / "data"))(*words(command, backup), status=1)
    assert "lock is a symbolic link" in refused.errors and not refused.output


@pytest.mark.parametrize("name, command", [
    ("stores", COMMANDS[0]), ("ledger.sqlite", COMMANDS[1]), ("jobs", COMMANDS[0]), ("restoring", COMMANDS[2]),
    ("stores/local.sqlite", COMMANDS[2]), ("stores/local.sqlite-wal", COMMANDS[0]), ("ledger.sqlite-wal", COMMANDS[1]),
    ("ledger.sqlite", COMMANDS[5])])
def test_links_in_the_folder_are_not_followed(folder, backup, victim, name, command):
    replace(folder / "data" / name, victim / "file" if "sqlite" in name else victim)
    refused = CommandLine("--data", str(folder / "data"))(*words(command, backup), status=1)
    assert f"{name} is a symbolic link" in refused.errors, refused.errors


def test_a_link_as_backups_leads_nowhere_that_the_owner_may_not_write(folder, backup, victim):
    replace(folder / "data/backups", victim)
    refused = CommandLine("--data", str(folder / "data"))("backup", "create", status=1).errors
    assert "cannot be created" in refused and "Permission denied" in refused


@pytest.mark.parametrize("user", [0, OWNER])
@pytest.mark.parametrize("aside", ["../out", "/tmp/kv-manager-out", "replaced-../../out", "out", "", "replaced-2026-11-25T10-20-30Z/../../out"])
def test_a_forged_marker_moves_nothing(folder, user, aside):
    make(folder / "data", user)
    forged = folder / "data/restoring"
    forged.mkdir()
    (forged / "whole.json").write_text(json.dumps({"aside": aside}))
    (forged / "ledger.sqlite").write_text("forged")
    give(forged, user)
    before = sorted(path.name for path in (folder / "data").iterdir())
    refused = CommandLine("--data", str(folder / "data"))("jobs", "list", status=1)
    assert "whole.json was not written by KV Manager" in refused.errors
    assert sorted(path.name for path in (folder / "data").iterdir()) == before
    assert [path.name for path in folder.iterdir()] == ["data"] and not os.path.exists("/tmp/kv-manager-out")


def test_a_genuine_marker_is_finished(folder):
    make(folder / "data")
    fresh = folder / "data/restoring"
    (fresh / "stores").mkdir(parents=True)
    (fresh / "whole.json").write_text(json.dumps({"aside": "replaced-2026-11-25T10-20-30Z-2"}))
    give(fresh)
    CommandLine("--data", str(folder / "data"))("jobs", "list")
    assert (folder / "data/replaced-2026-11-25T10-20-30Z-2/stores/local.sqlite").exists() and not fresh.exists()


def test_a_pipe_as_lock_holds_nobody_up(folder, backup):
    (folder / "data/lock").unlink()
    os.mkfifo(folder / "data/lock")
    os.chown(folder / "data/lock", OWNER, OWNER)
    assert "not of the expected kind" in CommandLine("--data", str(folder / "data"))("jobs", "list", status=1).errors


def test_what_root_makes_belongs_to_the_owner_of_the_folder(folder, backup):
    data, run = folder / "data", CommandLine("--data", str(folder / "data"))
    name = run("backup", "create", "--output", "json").json["name"]
    run("backup", "restore", name, "--yes")
    run("namespace", "create", "more")
    assert {path.stat().st_uid for path in data.rglob("*")} == {OWNER}
    assert {path.stat().st_mode & 0o077 for path in (data / "backups").rglob("*")} == {0}


def test_a_new_folder_within_that_of_another_user_is_theirs(folder):
    (folder / "home").mkdir()
    give(folder / "home")
    CommandLine(environment={"HOME": str(folder / "home"), "XDG_DATA_HOME": ""})("namespace", "create", "sessions")
    assert (folder / "home/.local/share/kv-manager/ledger.sqlite").is_file()
    assert {path.stat().st_uid for path in (folder / "home").rglob("*")} == {OWNER}


def test_beside_a_server_links_are_not_followed_either(folder, backup, victim):
    server = Server(folder).start()
    try:
        for thread in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
            lines = [line.partition(":") for line in (thread / "status").read_text().splitlines()]
            users = {name: set(rest.split()) for name, _, rest in lines}
            assert users["Uid"] == users["Gid"] == users["Groups"] == {str(OWNER)}, "each thread is the folder's user's for good"
        assert server.namespace().put("k", "v")
        run = CommandLine("--data", str(folder / "data"))
        name = run("backup", "create", "--output", "json").json["name"]
        assert (folder / "data/backups" / name).stat().st_uid == OWNER
        replace(folder / "data/lock", victim / "file")
        for command in (("backup", "restore", name, "--yes"), ("serve", "--port", "0")):
            assert "in use" in run(*command, status=1).errors
        server.get("/readyz")
    finally:
        assert server.terminate() == 0


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
@pytest.mark.parametrize("user", [0, OWNER])
def test_a_folder_that_others_may_write_to_is_refused(folder, mode, user):
    make(folder / "data", user)
    (folder / "data").chmod(mode)
    refused = CommandLine("--data", str(folder / "data"))("jobs", "list", status=1)
    assert f"chmod go-w {folder}/data" in refused.errors


def test_a_folder_that_its_owner_cannot_reach_is_refused_unless_a_server_has_it(folder, backup):
    """As systemd places those of DynamicUser=."""
    server, run = Server(folder).start(), CommandLine("--data", str(folder / "data"))
    try:
        folder.chmod(0o700)
        assert "local" in run("stores").text
        assert server.terminate() == 0
        assert "cannot reach it" in run("jobs", "list", status=1).errors
    finally:
        server.kill()


def test_root_does_not_use_backups_of_another_user_for_its_own_folder(folder):
    name = make(folder / "data", 0)
    other = folder / "backups"
    (folder / "data/backups").rename(other)
    give(other)
    run = CommandLine("--data", str(folder / "data"), "--backups", str(other))
    for command in (("backup", "create"), ("backup", "list"), ("backup", "verify", name), ("backup", "restore", name, "--yes")):
        assert f"belongs to the user {OWNER}" in run(*command, status=1).errors
    assert {path.stat().st_uid for path in other.rglob("*")} == {OWNER} and not list((folder / "data").glob("replaced-*"))


def test_a_user_is_refused_the_folder_of_another(folder, backup):
    (folder / "program").write_bytes(pathlib.Path(binary()).read_bytes())
    (folder / "program").chmod(0o755)
    refused = subprocess.run([folder / "program", "jobs", "list", "--data", folder / "data"], user=OWNER + 1, group=OWNER + 1,
                             extra_groups=[], capture_output=True, text=True, cwd="/", timeout=60)
    assert refused.returncode == 1 and f"belongs to the user {OWNER}" in refused.stderr or "cannot be opened" in refused.stderr


def test_a_release_touches_the_folder_as_its_owner(folder, victim):
    deployment = Deployment(folder)
    give(folder / "data")
    try:
        deployment.release("install", binary())
        deployment.release("activate", own_version())
        deployment.release("install", str(other_formats("9.1.0", folder)))
        deployment.release("activate", "9.1.0")
        assert {path.stat().st_uid for path in (folder / "data").rglob("*")} == {OWNER}
        assert {path.lstat().st_uid for path in deployment.root.rglob("*")} == {0}
        deployment.release("rollback", "--yes")
        assert {path.stat().st_uid for path in (folder / "data").rglob("*")} == {OWNER}
        replace(folder / "data/backups", victim)
        told = deployment.release("activate", "9.1.0", status=1)
        assert f"Version {own_version()} is active again" in told.errors and deployment.version == own_version()
    finally:
        deployment.supervisor.close()


def test_a_release_does_not_run_programs_that_others_may_replace(folder):
    (folder / "root").mkdir()
    give(folder / "root")
    refused = CommandLine("--root", str(folder / "root"))("release", "install", binary(), status=1)
    assert "Other users than root may write" in refused.errors
