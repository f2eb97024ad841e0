"""Commands on folders that do not exist or hold nothing of ours: a mistyped path is an error, and creates nothing."""
import hashlib
import json
import pathlib
import shutil

import pytest
from cli import CommandLine, in_new_folder
from server import binary

READING = [
    ["namespace", "list"], ["stores"], ["jobs", "list"], ["audit"], ["key", "list", "-n", "x"], ["key", "get", "-n", "x", "k"],
    ["export", "-n", "x", "--all"], ["bulk", "get", "-n", "x", "-"], ["backup", "list"], ["backup", "create"],
    ["backup", "verify", "2026-11-25T10-20-30Z"]]
WRITING = [
    ["key", "put", "-n", "x", "k", "v"], ["key", "delete", "-n", "x", "k"], ["import", "-n", "x", "-"],
    ["bulk", "delete", "-n", "x", "--all", "--yes"], ["bulk", "copy", "-n", "x", "--all", "--to", "y"],
    ["namespace", "rename", "x", "y"], ["namespace", "delete", "x", "--yes"], ["jobs", "cancel", "0"]]


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*"))


@pytest.mark.parametrize("words", READING + WRITING, ids=lambda words: " ".join(words[:2]))
def test_a_command_needs_a_data_folder(tmp_path, words):
    refused = CommandLine("--data", str(tmp_path / "no/typo"))(*words, status=1).errors
    assert f"There is no data folder at {tmp_path}/no/typo (--data)." in refused
    (tmp_path / "empty").mkdir()
    refused = CommandLine(environment={"KV_MANAGER_DATA": str(tmp_path / "empty")})(*words, status=1).errors
    assert f"{tmp_path}/empty (KV_MANAGER_DATA) holds no data of KV Manager." in refused
    assert contents(tmp_path) == ["empty"]


def test_the_place_that_sets_the_folder_is_named(tmp_path):
    config = tmp_path / "kv.yaml"
    config.write_text(f"logLevel: info\ndata: {tmp_path}/typo\n")
    refused = CommandLine("--config", str(config))("namespace", "list", status=1).errors
    assert f"at {tmp_path}/typo ({config}, line 2)." in refused
    # A cron job that leaves out the configuration of the server.
    refused = CommandLine(environment={"HOME": str(tmp_path), "XDG_DATA_HOME": ""})("backup", "create", status=1).errors
    assert f"at {tmp_path}/.local/share/kv-manager (the default)." in refused and "--config" in refused
    assert contents(tmp_path) == ["kv.yaml"]


@pytest.mark.parametrize("source", ["option", "variable", "file"])
@pytest.mark.parametrize("words", [["namespace", "create", "sessions"], ["namespace", "create", "sessions", "--store", "locall"],
                                   ["release", "activate", "1.0.0", "--stop", "true", "--start", "true"]], ids=lambda words: words[-1])
def test_a_named_folder_that_does_not_exist_is_not_created(tmp_path, source, words):
    typo, config = tmp_path / "no/typo", tmp_path / "kv.yaml"
    config.write_text(f"logLevel: info\ndata: {typo}\n")
    root = tmp_path / "versions"
    installed(root, "1.0.0")
    words = [*words, "--root", str(root)] if words[0] == "release" else words
    kv, name = {"option": (CommandLine("--data", str(typo)), "--data"),
                "variable": (CommandLine(environment={"KV_MANAGER_DATA": str(typo)}), "KV_MANAGER_DATA"),
                "file": (CommandLine("--config", str(config)), f"{config}, line 2")}[source]
    before = contents(tmp_path)
    refused = kv(*words, status=1).errors
    assert f"There is no data folder at {typo} ({name})." in refused
    assert "kv-manager serve" in refused and "mkdir -p -m 700" in refused
    assert contents(tmp_path) == before


def installed(root, version):
    """A version in a folder of versions, as `release install` leaves it."""
    folder = root / "releases" / version
    folder.mkdir(parents=True)
    (root / "lock").touch()
    program = folder / "kv-manager"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    sha256 = hashlib.sha256(program.read_bytes()).hexdigest()
    (folder / "release.json").write_text(json.dumps({"version": version, "sha256": sha256, "installedAt": "2026-01-01T00:00:00Z"}))


def test_an_empty_folder_that_is_named_is_used(tmp_path):
    (tmp_path / "empty").mkdir()
    kv = CommandLine("--data", str(tmp_path / "empty"))
    before = contents(tmp_path)
    assert '"locall"' in kv("namespace", "create", "sessions", "--store", "locall", status=1).errors
    assert contents(tmp_path) == before
    kv("namespace", "create", "sessions")
    assert "sessions" in kv("namespace", "list").text


def test_a_folder_of_other_things_is_left_as_it_is(tmp_path):
    for name in ("lock", "backup", "data.sqlite"):
        (tmp_path / "other" / name).mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    before = contents(tmp_path)
    for name, said in (("other", "holds no data"), ("file", "cannot be opened"), ("link", "There is no data folder")):
        for words in (["namespace", "list"], ["backup", "create"]):
            assert said in CommandLine("--data", str(tmp_path / name))(*words, status=1).errors
    assert contents(tmp_path) == before


def test_the_default_folder_is_created_by_the_command_that_begins_with_it(tmp_path):
    folder = tmp_path / ".local/share/kv-manager"
    kv = CommandLine(environment={"HOME": str(tmp_path), "XDG_DATA_HOME": ""})
    assert '"locall"' in kv("namespace", "create", "sessions", "--store", "locall", status=1).errors
    assert contents(tmp_path) == []
    created = f"Created the data folder {folder}.\n"
    assert created in kv("namespace", "create", "sessions").errors
    assert "sessions" in kv("namespace", "list").text
    assert created not in kv("namespace", "create", "more").errors


def test_a_named_folder_is_created_by_a_server_and_by_a_restore(backed_up, tmp_path, start):
    served = start(name="served")
    assert served.data.is_dir() and any("Created the data folder" in line for line in served.log)
    kv, data, name = backed_up
    restored = CommandLine("--data", str(tmp_path / "new/data"))
    restored("backup", "restore", str(data / "backups" / name), "--yes")
    assert "sessions" in restored("namespace", "list").text


@pytest.fixture
def backed_up(tmp_path):
    """A data folder, and the name of a backup of it."""
    kv = in_new_folder(tmp_path / "data")
    kv("namespace", "create", "sessions")
    return kv, tmp_path / "data", kv("backup", "create", "--output", "json").json["name"]


def test_backups_without_data_are_listed_verified_and_restored_and_not_saved_again(backed_up):
    kv, data, name = backed_up
    (data / "ledger.sqlite").unlink()
    shutil.rmtree(data / "stores")
    before = contents(data / "backups")
    assert name in kv("backup", "list").text
    assert "is whole" in kv("backup", "verify", name).text
    assert "nothing to back up" in kv("backup", "create", status=1).errors
    assert "holds no data" in kv("namespace", "list", status=1).errors
    assert contents(data / "backups") == before
    kv("backup", "restore", name, "--yes")
    assert "sessions" in kv("namespace", "list").text


@pytest.mark.parametrize("harm", [
    lambda folder, manifest: manifest.update(files=[]),
    lambda folder, manifest: manifest.update(files=[file for file in manifest["files"] if not file["path"].endswith(".sqlite")]),
    lambda folder, manifest: empty(folder, manifest, "ledger.sqlite"),
    lambda folder, manifest: empty(folder, manifest, "stores/local.sqlite"),
], ids=["no files", "no databases", "an empty ledger", "an empty store"])
def test_an_empty_backup_is_not_whole(backed_up, harm):
    kv, data, name = backed_up
    folder = data / "backups" / name
    manifest = json.loads((folder / "manifest.json").read_text())
    harm(folder, manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for path in folder.rglob("*.*"):
        if str(path.relative_to(folder)) not in [file["path"] for file in manifest["files"]] + ["manifest.json"]:
            path.unlink()
    for words in (["verify", name], ["restore", name, "--yes"]):
        assert "empty" in kv("backup", *words, status=1).errors
    assert "sessions" in kv("namespace", "list").text


def empty(folder, manifest, path):
    (folder / path).write_bytes(b"")
    for file in manifest["files"]:
        if file["path"] == path:
            file.update(bytes=0, sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def test_a_mistyped_folder_of_backups_is_refused(backed_up, tmp_path):
    kv, data, name = backed_up
    before = contents(tmp_path)
    deep = str(tmp_path / "typo/backups")
    for typo in (deep, str(tmp_path / "typo")):
        assert f"--backups: there is no folder {typo}." in kv("backup", "create", "--backups", typo, status=1).errors
    by_variable = CommandLine("--data", str(data), environment={"KV_MANAGER_BACKUPS": deep})
    for words in (["create"], ["list"], ["verify", name]):
        assert f"KV_MANAGER_BACKUPS: there is no folder {deep}." in by_variable("backup", *words, status=1).errors
    for path in (tmp_path / "typo", data):
        other = CommandLine("--data", str(tmp_path / "other"))
        assert f"There is no backup at {path}." in other("backup", "restore", str(path), "--yes", status=1).errors
    config = tmp_path / "data" / "kv.yaml"
    config.write_text(f"backups: {deep}\n")
    configured = CommandLine("--data", str(data), "--config", str(config))
    assert f"{config}, line 1: there is no folder {deep}." in configured("backup", "create", status=1).errors
    config.unlink()
    root = tmp_path.with_name(f"{tmp_path.name}-versions")
    installed(root, "1.0.0")
    activate = ["release", "activate", "1.0.0", "--root", str(root), "--stop", "true", "--start", "true", "--backups", deep]
    assert f"--backups: there is no folder {deep}." in kv(*activate, status=1).errors
    assert contents(tmp_path) == before
    (tmp_path / "safe").mkdir()
    kv("backup", "create", "--backups", str(tmp_path / "safe"))


def test_a_mistyped_path_elsewhere_creates_nothing(backed_up, tmp_path):
    kv, data, name = backed_up
    kv("key", "put", "-n", "sessions", "k", "v")
    before, typo = contents(tmp_path), str(tmp_path / "typo/file")
    assert "there is no folder" in kv("export", "-n", "sessions", "--all", typo, status=1).errors
    for words in (["export", "-n", "sessions", "--all", str(data)], ["export", "-n", "sessions", "--all", f"{tmp_path}/typo/"],
                  ["bulk", "get", "-n", "sessions", "-", f"{tmp_path}/typo/"], ["bulk", "get", "-n", "sessions", "-", typo]):
        assert "folder" in kv(*words, input=b"k\n", status=1).errors
    assert kv("jobs", "list", "--output", "json").json == []
    kv("import", "-n", "sessions", typo, status=1)
    kv("key", "put", "-n", "sessions", "k", "--path", typo, status=1)
    kv("bulk", "delete", "-n", "sessions", "--keys-from", typo, "--yes", status=1)
    here = CommandLine("--root", str(tmp_path / "releases"))
    for words in (["list"], ["prune"], ["install", typo], ["install", binary()]):
        assert here("release", *words, status=1).errors
    for words in (["namespace", "list"], ["namespace", "create", "more"], ["config", "check"], ["backup", "restore", name, "--yes"]):
        assert typo in CommandLine("--data", str(data), "--config", typo)(*words, status=1).errors
    assert typo in kv("backup", "restore", typo, "--yes", status=1).errors
    new = CommandLine("--data", str(tmp_path / "new"), "--port", "0")
    assert typo in new("serve", "--config", typo, status=1).errors
    assert typo in new("serve", "--tls-cert", typo, "--tls-key", typo, status=1).errors
    assert contents(tmp_path) == before
