"""Each name that a command takes, mistyped once: an error that says what to do next, and nothing is created or changed."""
import pytest
from cli import against
from server import expect

NAMESPACE = ["kv-manager namespace list", '"sesions"']
STORE = ["kv-manager stores", '"locall"']
JOB = ["kv-manager jobs list", '"nope"']
KEY = ["Check its name", '"kk"']
FILE = ["typo.file cannot be read"]
MISTAKES = [
    (["namespace", "rename", "sesions", "x"], NAMESPACE), (["namespace", "delete", "sesions", "--yes"], NAMESPACE),
    (["namespace", "list", "--store", "locall"], STORE), (["namespace", "create", "x", "--store", "locall"], STORE),
    (["key", "list", "-n", "sesions"], NAMESPACE), (["key", "get", "-n", "sesions", "k"], NAMESPACE),
    (["key", "put", "-n", "sesions", "k", "v"], NAMESPACE), (["key", "delete", "-n", "sesions", "k"], NAMESPACE),
    (["key", "get", "-n", "sessions", "kk"], KEY), (["key", "delete", "-n", "sessions", "kk"], KEY),
    (["key", "put", "-n", "sessions", "k", "v", "--store", "locall"], STORE),
    (["key", "put", "-n", "sessions", "k", "--path", "typo.file"], FILE),
    (["bulk", "put", "-n", "sesions", "keys"], NAMESPACE), (["bulk", "put", "-n", "sessions", "typo.file"], FILE),
    (["bulk", "get", "-n", "sesions", "keys"], NAMESPACE), (["bulk", "get", "-n", "sessions", "typo.file", "out"], FILE),
    (["bulk", "delete", "-n", "sesions", "--all", "--yes"], NAMESPACE),
    (["bulk", "delete", "-n", "sessions", "--keys-from", "typo.file", "--yes"], FILE),
    (["bulk", "copy", "-n", "sessions", "--all", "--to", "sesions", "--yes"], NAMESPACE),
    (["bulk", "copy", "-n", "sesions", "--all", "--to", "sessions", "--yes"], NAMESPACE),
    (["bulk", "copy", "-n", "sessions", "--all", "--to", "sessions", "--to-store", "locall", "--yes"], STORE),
    (["bulk", "move", "-n", "sessions", "--all", "--to", "sesions", "--yes"], NAMESPACE),
    (["bulk", "rename", "-n", "sesions", "k", "x", "--yes"], NAMESPACE),
    (["bulk", "expire", "-n", "sesions", "--all", "--ttl", "1h", "--yes"], NAMESPACE),
    (["bulk", "tag", "-n", "sesions", "--all", "--add", "t"], NAMESPACE),
    (["export", "-n", "sesions", "--all", "out"], NAMESPACE), (["export", "-n", "sessions", "--all", "out", "--store", "locall"], STORE),
    (["export", "-n", "sessions", "--all", "no/out"], ["no/out cannot be written: there is no folder"]),
    (["import", "-n", "sesions", "-"], NAMESPACE), (["import", "-n", "sessions", "typo.file"], FILE),
    *[(["jobs", verb, "nope"], JOB) for verb in ("show", "watch", "pause", "resume", "cancel", "retry", "undo", "failures")],
    (["jobs", "list", "--state", "runing"], ['"runing"', "running"]),
    (["backup", "verify", "nope"], ["kv-manager backup list", '"nope"']),
]


@pytest.fixture(scope="module")
def sessions(server):
    space = server.namespace("sessions")
    space.put("k", "v")
    return space


def state(server):
    """All that a mistake could have created or changed."""
    listed = [expect(server.api("GET", f"/api/{path}"), 200).json() for path in ("stores/local/namespaces", "jobs", "audit")]
    return listed, sorted(path for path in server.folder.rglob("*") if path.suffix not in (".sqlite-wal", ".sqlite-shm"))


@pytest.mark.parametrize("words, said", MISTAKES, ids=lambda value: " ".join(value)[:40])
def test_a_mistake_creates_nothing_and_says_what_to_do(server, sessions, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys").write_text("k\n")
    before = state(server)
    errors = against(server)(*words, status=1).errors
    assert all(part in errors for part in said), errors
    assert state(server) == before and [path.name for path in tmp_path.iterdir()] == ["keys"]
    assert sessions.bytes("k") == b"v"


@pytest.mark.parametrize("words", [["keyy", "list"], ["key", "lst"], ["jobs", "follow", "x"], ["import", "-n", "sessions"],
                                   ["export", "--al", "-n", "sessions"], ["completions", "bsh"]], ids=" ".join)
def test_a_mistyped_command_or_option_leads_to_its_help(server, sessions, words):
    before = state(server)
    errors = against(server)(*words, status=64).errors
    assert "--help" in errors and state(server) == before
