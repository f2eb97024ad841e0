"""How the program starts and ends: what it prints, what it refuses, what it leaves alone."""
import fcntl
import json
import os
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
from random import Random

import pytest
import requests

from server import Server, binary
from sockets import connect


def run(*arguments, cwd=None, environment=None, within=60):
    """A start that is expected to fail: (status, stdout, stderr)."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KV_MANAGER_")} | (environment or {})
    ended = subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=clean, timeout=within)
    return ended.returncode, ended.stdout, ended.stderr


def test_prints_one_line_and_logs_elsewhere(tmp_path):
    process = subprocess.Popen([binary(), "serve", "--port", "0", "--data", str(tmp_path / "data")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    assert re.fullmatch(r"KV Manager is ready at http://127\.0\.0\.1:\d+\n", line)
    assert requests.get(line.split()[-1] + "/healthz", timeout=10).status_code == 200, "ready means ready"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0 and out == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_with_0_at_a_signal(start, number):
    server = start()
    server.process.send_signal(number)
    assert server.process.wait(timeout=10) == 0


def test_ends_in_time_whatever_clients_are_about(start):
    server = start()
    namespace = server.namespace().fill(60_000)
    assert server.api("PUT", namespace.value("large"), data=bytes(25 << 20)).status_code == 201
    job = server.start_job(namespace.job("copy", target=server.namespace().as_target()))
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    clients = [connect(server) for _ in range(5)]
    clients[1].sendall(b"GET /api/stores HTTP/1.1\r\n")
    clients[2].sendall(f"PUT {namespace.value('half')} HTTP/1.1\r\n{host}Content-Length: 9999999\r\n\r\nhalf".encode())
    clients[3].sendall(f"GET {namespace.value('large')} HTTP/1.1\r\n{host}\r\n".encode())
    clients[4].sendall(f"GET /api/jobs/{job['id']}?after=999999999&wait=60 HTTP/1.1\r\n{host}\r\n".encode())
    assert clients[3].recv(10), "a download has begun, and is read no further"
    assert server.terminate(within=10) == 0
    for client in clients:
        client.close()


def test_runs_alone_from_any_folder(tmp_path, monkeypatch):
    """The binary needs nothing beside it: the web interface is inside."""
    program = tmp_path / "a folder" / "program"
    program.parent.mkdir()
    shutil.copy(os.path.realpath(binary()), program)
    monkeypatch.setenv("KV_MANAGER_BINARY", str(program))
    server = Server(tmp_path).start()
    try:
        assert "<title>" in requests.get(server.url, timeout=10).text
    finally:
        assert server.terminate() == 0


def test_keeps_its_data_where_the_system_keeps_such(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KV_MANAGER_")}
    environment |= {"HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "share")}
    for variables, place in ((environment, tmp_path / "share/kv-manager"),
                             ({k: v for k, v in environment.items() if k != "XDG_DATA_HOME"},
                              tmp_path / "home/.local/share/kv-manager")):
        process = subprocess.Popen([binary(), "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   env=variables, text=True)
        assert process.stdout.readline()
        assert (place / "stores/local.sqlite").exists()
        assert place.stat().st_mode & 0o077 == 0, "others on this machine have no business here"
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_takes_settings_from_the_environment_and_flags_over_those(start, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    server = start(environment={"KV_MANAGER_PORT": "1", "KV_MANAGER_DATA": str(elsewhere)})
    assert server.port != 1 and not elsewhere.exists() and server.data.exists()


def test_environment_is_heard_where_there_is_no_flag(tmp_path):
    environment = os.environ | {"KV_MANAGER_PORT": "0", "KV_MANAGER_DATA": str(tmp_path / "from-environment")}
    process = subprocess.Popen([binary(), "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True)
    assert "127.0.0.1" in process.stdout.readline()
    assert (tmp_path / "from-environment/stores/local.sqlite").exists()
    process.terminate()
    assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("name, text", [
    ("config.json", json.dumps({"stores": [{"name": "local", "label": "The one", "engine": "sqlite"}]})),
    ("config.yaml", "stores:\n  - name: local\n    label: The one\n    engine: sqlite\n"),
])
def test_reads_a_configuration(start, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    server = start("--config", tmp_path / name)
    (store,) = server.get("/api/stores")["stores"]
    assert (store["name"], store["label"]) == ("local", "The one")


@pytest.mark.parametrize("text, named", [
    ('{"stores": [{"name": "local", "engine": "sqlite", "colour": "red"}]}', "colour"),
    ('{"shops": []}', "shops"),
    ('{"stores": [{"name": "local", "engine": "paper"}]}', "paper"),
    ('{"stores": [{"engine": "sqlite"}]}', "name"),
    ('{"stores": [{"name": "a", "engine": "sqlite"}, {"name": "a", "engine": "sqlite"}]}', "a"),
    ("stores: [", "config"),
])
def test_names_what_is_wrong_with_a_configuration(tmp_path, text, named):
    (tmp_path / "config.yaml").write_text(text)
    status, out, error = run("serve", "--port", 0, "--data", tmp_path / "data", "--config", tmp_path / "config.yaml")
    assert status != 0 and out == "" and named in error, error


def test_names_a_configuration_that_is_not_there(tmp_path):
    status, _, error = run("serve", "--port", 0, "--data", tmp_path / "data", "--config", tmp_path / "none.yaml")
    assert status != 0 and "none.yaml" in error


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_does_not_open_to_the_network_unless_told_to(tmp_path, host):
    status, out, error = run("serve", "--host", host, "--port", 0, "--data", tmp_path / "data")
    assert status != 0 and out == "" and "--allow-unauthenticated" in error, error


def test_opens_to_the_network_when_told_to(tmp_path):
    process = subprocess.Popen(
        [binary(), "serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "data"), "--allow-unauthenticated"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = process.stdout.readline().rstrip().rpartition(":")[2]
    assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).status_code == 200
    process.terminate()
    assert process.wait(timeout=10) == 0


def test_one_data_folder_has_one_program(start):
    server = start()
    status, out, error = run("serve", "--port", 0, "--data", server.data)
    assert status != 0 and out == "" and str(server.data) in error, error
    server.get("/api/stores")
    server.kill()
    server.start()


def test_a_lock_that_was_moved_away_lets_no_second_program_in(start):
    server = start()
    (server.data / "lock").rename(server.data / "lock.old")
    for command in (["serve", "--port", 0], ["backup", "restore", "x", "--yes"]):
        status, out, error = run(*command, "--data", server.data)
        assert status == 1 and out == "" and str(server.data) in error, error
    assert not (server.data / "lock").exists()
    server.get("/api/stores")
    assert server.terminate() == 0
    server.start()


def test_a_program_of_an_earlier_version_keeps_the_folder_to_itself(start):
    """It locks the file alone."""
    server = start()
    server.terminate()
    with open(server.data / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("http://127.0.0.1:1")
        lock.flush()
        status, out, error = run("serve", "--port", 0, "--data", server.data)
        assert status == 1 and out == "" and "in use" in error, error
        status, out, error = run("jobs", "list", "--data", server.data)
        assert status == 69 and "http://127.0.0.1:1" in error, error
    server.start()


def test_after_a_clean_end_the_files_of_databases_hold_everything(start, tmp_path):
    server = start()
    namespace = server.namespace("kept").fill(500)
    namespace.put("last", "v")
    assert server.terminate() == 0
    for path in ("stores/local.sqlite", "ledger.sqlite"):
        assert not (server.data / f"{path}-wal").exists(), path
    copy = Server(tmp_path / "copy")
    (copy.data / "stores").mkdir(parents=True, mode=0o700)
    for path in ("stores/local.sqlite", "ledger.sqlite"):
        shutil.copy(server.data / path, copy.data / path)
    copy.start()
    try:
        assert len(copy.get(f"{namespace.path}/keys?limit=1000")["keys"]) == 501
        assert [job["kind"] for job in copy.get("/api/jobs")["jobs"]] == ["import"]
    finally:
        assert copy.terminate() == 0


def test_says_when_the_port_is_taken(start, tmp_path):
    server = start()
    status, out, error = run("serve", "--port", server.port, "--data", tmp_path / "other")
    assert status != 0 and out == "" and str(server.port) in error, error
    assert "Fatal" not in error


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "x"], ["--nonsense"], ["--host", "not a host"]])
def test_refuses_options_that_make_no_sense(tmp_path, arguments):
    status, out, error = run("serve", "--data", tmp_path / "data", *arguments)
    assert status != 0 and out == "" and error.strip()


def test_says_when_it_may_not_write_its_data(tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, _, error = run("serve", "--port", 0, "--data", tmp_path / "file" / "data")
    assert status != 0 and "file" in error and "Fatal" not in error


def contents(path):
    with sqlite3.connect(path) as database:
        lines = list(database.iterdump())
    database.close()
    return lines


@pytest.fixture
def left_data(tmp_path):
    server = Server(tmp_path).start()
    namespace = server.namespace("kept")
    namespace.put("k", "v")
    assert server.terminate() == 0
    return server, namespace


def test_finds_its_data_again(left_data):
    server, namespace = left_data
    server.start()
    assert namespace.read("k")["value"] == "v"
    assert server.terminate() == 0


def test_leaves_the_data_of_a_newer_version_alone(left_data):
    server, _ = left_data
    path = server.data / "stores/local.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO grdb_migrations VALUES ('from the future')")
    database.close()
    before = contents(path)
    status, out, error = run("serve", "--port", 0, "--data", server.data)
    assert status != 0 and out == "" and "newer" in error, error
    assert contents(path) == before


@pytest.mark.parametrize("damage", ["not a database", "cut"])
def test_says_when_its_data_cannot_be_read(left_data, damage):
    server, _ = left_data
    path = server.data / "stores/local.sqlite"
    path.write_bytes(b"not a database at all, sorry " * 300 if damage == "not a database" else path.read_bytes()[:5000])
    for beside in ("-wal", "-shm"):
        (server.data / f"stores/local.sqlite{beside}").unlink(missing_ok=True)
    status, out, error = run("serve", "--port", 0, "--data", server.data)
    assert status != 0 and out == "" and "local.sqlite" in error, error
    assert "Fatal" not in error


@pytest.fixture(scope="module")
def full_data(tmp_path_factory):
    """A data folder with jobs, failures and audit records; parts of its databases are only in their logs."""
    server = Server(tmp_path_factory.mktemp("full")).start()
    namespace = server.namespace().fill(200)
    server.run_job(namespace.job("export"))
    server.wait_for_job(namespace.start_import(b'{"key": "", "value": ""}\n' * 2_000)["id"])
    for path in ("ledger.sqlite", "stores/local.sqlite"):
        with sqlite3.connect(server.data / path) as database:
            database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        database.close()
    server.run_job(namespace.job("delete"))
    server.kill()
    return server.data


@pytest.mark.parametrize("name", ["ledger.sqlite", "stores/local.sqlite"])
@pytest.mark.parametrize("seed", range(12))
def test_says_so_when_a_database_is_damaged_anywhere(full_data, tmp_path, name, seed):
    """Cut anywhere or changed anywhere, with its log or without: the program works, or ends with a sentence."""
    random = Random(f"{name} {seed}")
    data = tmp_path / "data"
    shutil.copytree(full_data, data)
    path, log = data / name, data / f"{name}-wal"
    if seed % 4 == 1:
        log.unlink()
    elif seed % 4 == 2:
        path = log
    content = bytearray(path.read_bytes())
    if seed % 2:
        del content[random.choice([random.randrange(len(content)), random.randrange(len(content) // 4096) * 4096]):]
    else:
        for _ in range(random.choice([1, 10, 100])):
            content[random.randrange(len(content))] = random.randrange(256)
    path.write_bytes(content)
    for command in (["jobs", "list"], ["audit"], ["backup", "create"]):
        status, _, error = run(*command, "--data", data)
        assert status == 0 or (status == 1 and error.startswith("kv-manager: ")), (status, error)
        assert "Fatal" not in error


def test_helps():
    status, out, _ = run("--help")
    assert status == 0 and "serve" in out
    status, out, _ = run("serve", "--help")
    assert status == 0
    for option in ("--host", "--port", "--data", "--config", "--allow-unauthenticated"):
        assert option in out
    status, out, _ = run("--version")
    assert status == 0 and re.search(r"\d+\.\d+\.\d+", out)


def test_says_to_the_service_manager_that_it_is_ready(start):
    # A path that is short enough for a socket; and one of those sockets that have a name, and no file.
    with tempfile.TemporaryDirectory() as folder:
        for name in (f"{folder}/notify", f"@kv-manager-{os.getpid()}"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(name.replace("@", "\0"))
                manager.settimeout(30)
                start(environment={"NOTIFY_SOCKET": name})
                assert manager.recv(100) == b"READY=1"


def test_is_not_kept_from_its_start_by_what_commands_are_told(start):
    start(environment={"KV_MANAGER_SERVER_HEADERS_FILE": "/nowhere"})


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path):
    with open("/dev/full", "w") as full:
        running = subprocess.Popen([binary(), "serve", "--port", "0", "--data", str(tmp_path / "data")],
                                   stdout=subprocess.PIPE, stderr=full, text=True)
        address = running.stdout.readline().split()[-1]
        assert requests.get(address + "/healthz", timeout=10).status_code == 200
        running.terminate()
        assert running.wait(timeout=15) == 0


def test_a_log_that_nobody_reads_holds_nobody_up(tmp_path):
    """Its reader is there, but stands still: the pipe is full when a request has something logged."""
    (tmp_path / "config.json").write_text(json.dumps({"stores": [
        {"name": "away", "engine": "cloudflare", "accountID": "a", "apiTokenEnv": "TOKEN", "baseURL": "http://127.0.0.1:9"}]}))
    ours, theirs = os.pipe()
    running = subprocess.Popen([binary(), "serve", "--port", "0", "--data", tmp_path / "data", "--config", tmp_path / "config.json"],
                               stdout=subprocess.PIPE, stderr=theirs, text=True, env=os.environ | {"TOKEN": "t"})
    try:
        address = running.stdout.readline().split()[-1]
        filler = os.open(f"/proc/self/fd/{theirs}", os.O_WRONLY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(filler, b"x")
        os.close(filler)
        os.close(theirs)
        assert requests.get(address + "/readyz", timeout=30).status_code == 503
        said = b""
        while b'"route":"/readyz"' not in said:
            assert select.select([ours], [], [], 30)[0]
            said += os.read(ours, 65536)
        running.terminate()
        assert running.wait(timeout=15) == 0
    finally:
        running.kill()
        os.close(ours)
