"""Commands on folders that do not exist or hold nothing of ours: a mistyped path is an error, and creates nothing."""
import json
import pathlib
import shutil

import pytest
from cli import CommandLine

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


def test_a_new_folder_is_created_by_the_commands_that_begin_with_one(tmp_path, start):
    kv = CommandLine("--data", str(tmp_path / "new/data"))
    created = f"Created the data folder {tmp_path}/new/data.\n"
    assert created in kv("namespace", "create", "sessions").errors
    assert "sessions" in kv("namespace", "list").text
    assert created not in kv("namespace", "create", "more").errors
    served = start(name="served")
    assert served.data.is_dir() and any("Created the data folder" in line for line in served.log)


@pytest.fixture
def backed_up(tmp_path):
    """A data folder, and the name of a backup of it."""
    kv = CommandLine("--data", str(tmp_path / "data"))
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
    assert f"--backups: there is no folder {tmp_path}/typo." in kv("backup", "create", "--backups", deep, status=1).errors
    by_variable = CommandLine("--data", str(data), environment={"KV_MANAGER_BACKUPS": deep})
    for words in (["create"], ["list"], ["verify", name]):
        assert f"KV_MANAGER_BACKUPS: there is no folder {tmp_path}/typo" in by_variable("backup", *words, status=1).errors
    for path in (tmp_path / "typo", data):
        other = CommandLine("--data", str(tmp_path / "other"))
        assert f"There is no backup at {path}." in other("backup", "restore", str(path), "--yes", status=1).errors
    assert contents(tmp_path) == before
    kv("backup", "create", "--backups", str(tmp_path / "safe"))


def test_a_mistyped_path_elsewhere_creates_nothing(backed_up, tmp_path):
    kv, data, name = backed_up
    kv("key", "put", "-n", "sessions", "k", "v")
    before, typo = contents(tmp_path), str(tmp_path / "typo/file")
    assert "there is no folder" in kv("export", "-n", "sessions", "--all", typo, status=1).errors
    assert kv("jobs", "list", "--output", "json").json == []
    kv("import", "-n", "sessions", typo, status=1)
    kv("key", "put", "-n", "sessions", "k", "--path", typo, status=1)
    kv("bulk", "delete", "-n", "sessions", "--keys-from", typo, "--yes", status=1)
    here = CommandLine("--root", str(tmp_path / "releases"))
    for words in (["list"], ["prune"], ["install", typo]):
        assert here("release", *words, status=1).errors
    new = CommandLine("--data", str(tmp_path / "new"), "--port", "0")
    assert typo in new("serve", "--config", typo, status=1).errors
    assert typo in new("serve", "--tls-cert", typo, "--tls-key", typo, status=1).errors
    assert contents(tmp_path) == before
