"""Paths that no shell has expanded: in options, variables and the configuration file."""
import json
import os
import subprocess

import pytest
from certificates import Issuer
from cli import CommandLine
from server import binary


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def at_home(home, monkeypatch, tmp_path):
    """Commands with this home folder, in another folder, in which nothing must be created."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    yield lambda *where, **environment: CommandLine(*where, environment={"HOME": str(home), **environment})
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("where", ["option", "variable", "file", "file of a variable"])
def test_the_data_folder_may_be_in_the_home_folder(home, at_home, where):
    (home / "kv.yaml").write_text("data: ~/kvx\n")
    kv = {"option": at_home("--data=~/kvx"), "variable": at_home(KV_MANAGER_DATA="~/kvx"), "file": at_home("--config=~/kv.yaml"),
          "file of a variable": at_home(KV_MANAGER_CONFIG="~/kv.yaml")}[where]
    (home / "kvx").mkdir()
    kv("namespace", "create", "sessions")
    assert (home / "kvx/ledger.sqlite").is_file()
    assert "sessions" in kv("namespace", "list").text
    assert kv("config", "show", "--output", "json").json[1]["value"] == f"{home}/kvx"


def test_every_other_path_may_be_in_the_home_folder(home, at_home):
    Issuer(home)
    (home / "tokens").write_text("token\n")
    (home / "kv.json").write_text(json.dumps({"backups": "~/saved", "stores": [
        {"name": "far", "engine": "cloudflare", "accountID": "a", "apiTokenFile": "~/tokens"}]}))
    kv = at_home("--data=~", KV_MANAGER_BACKUPS="~/safe", KV_MANAGER_GATEWAY_TOKENS_FILE="~/tokens", KV_MANAGER_SERVER_HEADERS_FILE="~/x")
    kv("namespace", "create", "sessions")
    (home / "value").write_bytes(b"\xff")
    kv("key", "put", "-n", "sessions", "k", "--path=~/value")
    kv("export", "-n", "sessions", "--all", "~/out.ndjson")
    kv("import", "-n", "sessions", "~/out.ndjson")
    (home / "keys").write_text("k\n")
    assert "1 key done" in kv("bulk", "delete", "-n", "sessions", "--keys-from=~/keys", "--yes").errors
    for folder in ("safe", "more"):
        (home / folder).mkdir()
    name = kv("backup", "create", "--output", "json").json["name"]
    assert (home / "safe" / name).is_dir()
    kv("backup", "restore", f"~/safe/{name}", "--yes")
    kv("backup", "create", "--backups=~/more")
    assert list((home / "more").iterdir())
    checked = at_home("--config=~/kv.json")("config", "show", "--output", "json").json
    assert [row["value"] for row in checked if row["setting"] == "backups"] == [f"{home}/saved"]
    assert "~/" not in at_home("--root=~/versions")("release", "list", status=1).errors
    assert f"{home}/none.pem" in at_home("--server", "http://127.0.0.1:9", "--ca-cert=~/none.pem")("stores", status=1).errors
    for words in (["--tls-cert=~/none.pem", "--tls-key=~/none.pem"], ["--config=~/none.yaml"]):
        assert f"{home}/none." in at_home()("serve", *words, status=1).errors


@pytest.mark.parametrize("text, said", [
    ("~root/kvx", "only ~ and ~/ are expanded"), ("$HOME/kvx", "variables are not expanded"), ("${HOME}/kvx", "variables are not expanded"),
    ('"/tmp/kvx"', "quotes are part of the name"), ("'~/kvx'", "quotes are part of the name"), ("", "is empty")])
def test_what_only_a_shell_expands_is_refused(home, at_home, text, said):
    for name, kv in (("--data", at_home("--data", text)), ("KV_MANAGER_DATA", at_home(KV_MANAGER_DATA=text))):
        if name == "--data" or text:
            errors = kv("namespace", "create", "sessions", status=1).errors
            assert errors.startswith(f"kv-manager: {name}: Invalid path") and said in errors
    (home / "kv.json").write_text(json.dumps({"port": 1, "data": text}, indent=1))
    errors = at_home("--config=~/kv.json")("namespace", "create", "sessions", status=1).errors
    assert errors.startswith(f"kv-manager: {home}/kv.json, line 3: Invalid path") and said in errors


def test_a_tilde_elsewhere_is_part_of_a_name(home, tmp_path):
    kv = CommandLine("--data", str(tmp_path / "a~b/~"), environment={"HOME": str(home)})
    (tmp_path / "a~b/~").mkdir(parents=True)
    kv("namespace", "create", "sessions")
    assert (tmp_path / "a~b/~/ledger.sqlite").is_file() and list(home.iterdir()) == []


def test_the_home_folder_is_known_without_the_variable(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    run = subprocess.run([binary(), "config", "show", "--data=~/kvx", "--output", "json"], capture_output=True, env=environment)
    assert json.loads(run.stdout)[1]["value"] == os.path.expanduser(f"~{os.environ.get('USER', 'root')}/kvx")
