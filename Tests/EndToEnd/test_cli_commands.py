"""The command line: namespaces, keys, stores and the audit log; against a server, and against the data folder."""
import json
import os
import pathlib
import pty
import signal
import subprocess
import time

import pytest
import requests
from broken import Asks, BrokenDoor, StopsInTheMiddle
from cli import CommandLine, against, in_new_folder
from odd import KEYS as ODD
from odd import VALUES, by_bytes
from server import binary


@pytest.fixture
def kv(server):
    return against(server)


@pytest.fixture(params=["server", "folder"])
def anywhere(request, tmp_path):
    """The same commands, answered by a server or by the command's own process."""
    if request.param == "server":
        return against(request.getfixturevalue("server"))
    return in_new_folder(tmp_path / "data")


# MARK: namespaces

def test_a_namespace_lives_from_its_creation_to_its_end(anywhere):
    made = anywhere("namespace", "create", "life", "--output", "json").json
    assert made["title"] == "life" and len(made["id"]) == 32
    listed = anywhere("namespace", "list", "--query", "life", "--output", "ndjson").lines
    assert [one["id"] for one in listed] == [made["id"]]
    renamed = anywhere("namespace", "rename", "life", "afterlife").text
    assert renamed == f"{made['id']}  afterlife\n"
    assert "without a terminal" in anywhere("namespace", "delete", "afterlife", status=1).errors
    anywhere("namespace", "delete", made["id"], "--yes")
    assert anywhere("namespace", "list", "--query", "life", "--output", "json").json == []


def test_people_see_a_table(kv, server):
    space = server.namespace("a table").fill(1200)
    lines = kv("namespace", "list", "--query", "a table").text.splitlines()
    assert lines[0].split() == ["ID", "KEYS", "VALUES", "PROTECTED", "TITLE"]
    assert lines[1].split() == [space.id, "1,200", "24.0", "KB", "no", "a", "table"]


def test_a_title_is_refused_twice(kv, server):
    server.namespace("taken")
    assert "taken" in kv("namespace", "create", "taken", status=1).errors


def test_what_is_not_there_is_named(kv):
    assert '"nowhere"' in kv("key", "list", "-n", "nowhere", status=1).errors
    assert "elsewhere" in kv("namespace", "list", "--store", "elsewhere", status=1).errors


# MARK: keys

def test_a_key_is_written_read_listed_and_deleted(anywhere):
    anywhere("namespace", "create", "keys")
    anywhere("key", "put", "-n", "keys", "user:1", "hello", "--ttl", "3600", "--metadata", '{"by": "é",\n "n": 1.0}')
    assert anywhere("key", "get", "-n", "keys", "user:1").output == b"hello"
    entry = anywhere("key", "get", "-n", "keys", "user:1", "--output", "json")
    assert '"metadata":{"by":' in entry.text.replace(" ", "") and "1.0" in entry.text
    assert entry.json["metadata"]["by"] == "é" and abs(entry.json["expiration"] - time.time() - 3600) < 60
    assert [key["name"] for key in anywhere("key", "list", "-n", "keys", "--output", "json").json] == ["user:1"]
    anywhere("key", "delete", "-n", "keys", "user:1")
    assert "user:1" in anywhere("key", "get", "-n", "keys", "user:1", status=1).errors
    anywhere("key", "delete", "-n", "keys", "user:1", status=1)


@pytest.mark.parametrize("value", VALUES)
def test_any_value_goes_in_and_comes_out_the_same(kv, server, value, tmp_path):
    space, file = server.namespace(), tmp_path / "value"
    file.write_bytes(value)
    kv("key", "put", "-n", space.id, "from file", "--path", str(file))
    kv("key", "put", "-n", space.id, "from input", "--path", "-", input=value)
    assert [kv("key", "get", "-n", space.id, f"from {one}").output for one in ("file", "input")] == [value, value]


def test_odd_keys_are_keys_and_no_terminal_obeys_them(kv, server):
    space = server.namespace()
    keys = [key for key in ODD if "\0" not in key] + ["\x1b[31mred", "-x", "--help"]
    for key in keys:
        kv("key", "put", "-n", space.id, "--", key, key)
    assert all(kv("key", "get", "-n", space.id, "--", key).output == key.encode() for key in keys)
    listed = kv("key", "list", "-n", space.id, "--output", "ndjson").lines
    assert [one["name"] for one in listed] == by_bytes(keys)
    table = kv("key", "list", "-n", space.id).text
    assert len(table.splitlines()) == len(keys) + 1
    assert not set(table) & set("\x1b\0\u202e\x7f")


def test_lists_go_on_over_pages_and_end_where_they_are_told(kv, server):
    space = server.namespace().fill(2500)
    assert len(kv("key", "list", "-n", space.id, "--output", "ndjson").lines) == 2500
    assert len(kv("key", "list", "-n", space.id, "--limit", "1500", "--output", "json").json) == 1500
    assert len(kv("key", "list", "-n", space.id, "--prefix", "key:00001").text.splitlines()) == 11


def test_what_contradicts_itself_is_a_mistake_in_use(kv):
    for words in (["key", "put", "-n", "x", "k"], ["key", "put", "-n", "x", "k", "v", "--path", "f"], ["key", "list"],
                  ["key", "put", "-n", "x", "k", "v", "--ttl", "60", "--expiration", "1"], ["key", "list", "-n", "x", "--limit", "0"]):
        assert "Usage: kv-manager" in kv(*words, status=64).errors


# MARK: which server

def test_a_server_on_the_folder_is_found(server):
    kv = CommandLine("--data", str(server.data))
    space = server.namespace("found")
    assert space.id in kv("namespace", "list").text
    assert CommandLine(environment={"KV_MANAGER_DATA": str(server.data)})("stores", "--output", "json").json[0]["name"] == "local"


def test_after_a_crash_the_folder_is_worked_on_although_an_address_is_noted(start):
    server = start()
    server.namespace("left")
    server.kill()
    assert "left" in CommandLine("--data", str(server.data))("namespace", "list").text


def test_a_server_is_named_by_the_environment(server):
    kv = CommandLine(environment={"KV_MANAGER_SERVER": server.url + "/"})
    assert kv("stores", "--output", "ndjson").lines[0]["engine"] == "sqlite"


def test_no_server_is_another_exit_status(tmp_path):
    run = CommandLine("--server", "http://127.0.0.1:9")("stores", status=69)
    assert "http://127.0.0.1:9 cannot be reached" in run.errors
    for address in ("nonsense", "http://me:secret@127.0.0.1:1", "ftp://127.0.0.1"):
        run = CommandLine("--server", address)("stores", status=64)
        assert "Invalid address" in run.errors and "secret" not in run.errors
    assert "leave out --data" in CommandLine("--server", "http://127.0.0.1:9", "--data", str(tmp_path))("stores", status=1).errors


def test_a_command_has_the_folder_to_itself(tmp_path):
    """A second one waits for its end, and gives up after a while; a server says at once that the folder is taken."""
    data = str(tmp_path / "data")
    kv = in_new_folder(pathlib.Path(data))
    kv("namespace", "create", "busy")
    # Once it has taken more than a pipe holds, it is at work.
    working = subprocess.Popen([binary(), "key", "put", "-n", "busy", "k", "--path", "-", "--data", data],
                               stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    working.stdin.write(b"x" * 1_000_000)
    working.stdin.flush()
    assert "in use" in kv("serve", "--port", "0", status=1).errors
    assert "Another command works on the data folder" in kv("key", "list", "-n", "busy", status=1).errors
    waiting = subprocess.Popen([binary(), "key", "list", "-n", "busy", "--data", data, "--output", "json"], stdout=subprocess.PIPE)
    working.send_signal(signal.SIGINT)
    assert working.wait(timeout=15) == 130 and b"Interrupted." in working.stderr.read()
    assert json.loads(waiting.communicate(timeout=15)[0]) == []


def test_what_serves_one_command_serves_nobody_else(tmp_path):
    data = str(tmp_path / "data")
    in_new_folder(pathlib.Path(data))("namespace", "create", "mine")
    command = [binary(), "key", "put", "-n", "mine", "k", "--path", "-", "--data", data]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as working:
        working.stdin.write(b"x" * 1_000_000)
        working.stdin.flush()
        ports = {port for port in range(1024, 65536) if listens_for(working.pid, port)}
        assert ports
        for port in ports:
            for path in ("/api/stores", "/client/v4/accounts/local/storage/kv/namespaces", "/", "/healthz"):
                answer = requests.get(f"http://127.0.0.1:{port}{path}", timeout=10)
                assert answer.status_code == 403 and "commands that know its key" in answer.text
        working.stdin.close()
        assert working.wait(timeout=20) == 0


def listens_for(pid, port, known={}):
    """Whether the process listens on the port, by what the system says of its sockets."""
    if pid not in known:
        inodes = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        known[pid] = {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}
    return port in known[pid]


def test_a_question_can_be_interrupted(tmp_path):
    """At a terminal, on a folder of the command's own."""
    data = str(tmp_path / "data")
    kv = in_new_folder(pathlib.Path(data))
    kv("namespace", "create", "asked")
    kv("key", "put", "-n", "asked", "k", "v")
    ours, theirs = pty.openpty()
    running = subprocess.Popen([binary(), "bulk", "delete", "-n", "asked", "--all", "--data", data], stdin=theirs, stderr=theirs,
                               stdout=subprocess.DEVNULL)
    os.close(theirs)
    seen = b""
    while b"[y/N]" not in seen:
        seen += os.read(ours, 1024)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=15) == 130
    os.close(ours)
    assert kv("key", "get", "-n", "asked", "k").output == b"v"


# MARK: stores, audit

def test_what_was_done_stands_in_the_audit_log(kv, server):
    space = server.namespace("audited here")
    kv("key", "put", "-n", space.id, "k", "v")
    lines = kv("audit", "--namespace", space.id, "--output", "ndjson").lines
    assert [line["action"] for line in lines] == ["entry_written", "namespace_created"]
    assert "audited here" in kv("audit", "--namespace", space.id, "--limit", "1").text
    table = kv("audit", "--namespace", space.id, "--csv").text.splitlines()
    assert len(table) == 3 and "entry_written" in table[1]


def test_what_a_proxy_asks_for_is_said_by_headers(server, tmp_path):
    """To the server that is named, on every way there is, and to nobody else."""
    lines = tmp_path / "headers"
    lines.write_text("Authorization: Bearer s3cret\r\nCF-Access-Client-Id:  me\n\n")
    with BrokenDoor(server, Asks(Authorization="Bearer s3cret", CF_Access_Client_Id="me")) as door:
        assert "KV_MANAGER_SERVER_HEADERS" in CommandLine("--server", door.url)("stores", status=1).errors
        kv = CommandLine("--server", door.url, environment={"KV_MANAGER_SERVER_HEADERS_FILE": str(lines)})
        kv("stores")
        assert kv("verify", "--watch", "0", "--idle", "0", "--output", "json").json["passed"]
    named = {"KV_MANAGER_SERVER": server.url, "KV_MANAGER_SERVER_HEADERS": "X-Other: é s3cret"}
    run = CommandLine(environment=named)("stores", status=64)
    assert "Line 1 of KV_MANAGER_SERVER_HEADERS" in run.errors and "s3cret" not in run.errors
    for line in ("s3cret", "Host: s3cret", ": s3cret", "Content-Length: 5"):
        assert "s3cret" not in CommandLine(environment=named | {"KV_MANAGER_SERVER_HEADERS": line})("stores", status=64).errors
    # Who works on the data folder needs none.
    CommandLine("--data", str(server.data), environment={"KV_MANAGER_SERVER_HEADERS": "none"})("stores")


def test_an_interrupted_download_leaves_no_file(server, tmp_path):
    space = server.namespace().fill(10)
    with BrokenDoor(server, StopsInTheMiddle("/download")) as door:
        running = subprocess.Popen([binary(), "export", "-n", space.id, "--all", tmp_path / "entries.ndjson", "--server", door.url],
                                   stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob("entries.ndjson.part-*")):
            assert running.poll() is None and time.monotonic() < deadline
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=15) == 130 and b"Interrupted." in running.stderr.read()
    assert list(tmp_path.iterdir()) == []
