"""Arguments that are not text are refused, before anything is done with them."""
import pytest
from cli import CommandLine, against
from server import binary

import os
import subprocess


def refused(*words, environment=None):
    run = subprocess.run([binary(), *words], capture_output=True, env={**os.environ, **(environment or {})}, timeout=60)
    assert run.returncode == 64 and run.stdout == b"", (words, run)
    return run.stderr.decode()


@pytest.fixture
def space(server):
    space = server.namespace()
    # The keys that the arguments below would stand for if their bytes were replaced.
    for key in ("caf\ufffd", "a\ufffd"):
        space.put(key, "kept")
    return space


@pytest.mark.parametrize("words, position, shown", [
    (["key", "put", b"caf\xe9", "v"], 3, r'"caf\xe9"'), (["key", "put", "k", b"a\xff"], 4, r'"a\xff"'),
    (["key", "get", b"caf\xe9"], 3, r'"caf\xe9"'), (["key", "delete", b"caf\xe9"], 3, r'"caf\xe9"'),
    (["bulk", "delete", "--yes", "--key", b"caf\xe9"], 5, r'"caf\xe9"'),
    (["bulk", "delete", "--yes", b"--key=caf\xe9"], 4, r'"--key=caf\xe9"'),
    (["bulk", "delete", "--yes", "--prefix", b"\xe9"], 5, r'"\xe9"'),
    # An overlong slash, half of a surrogate pair, a code point beyond the last one, and the beginning of a character.
    (["key", "put", "--", b"\xc0\xaf", "v"], 4, r'"\xc0\xaf"'), (["key", "put", b"\xed\xa0\x80", "v"], 3, r'"\xed\xa0\x80"'),
    (["key", "put", b"\xf4\x90\x80\x80", "v"], 3, r'"\xf4\x90\x80\x80"'), (["key", "put", "k", b"\xe2\x82"], 4, r'"\xe2\x82"'),
    (["import", b"/tmp/caf\xe9.ndjson"], 2, r'"/tmp/caf\xe9.ndjson"'), (["key", "put", "k", "v", "--metadata", b"\"\xff\""], 6, r'""\xff""'),
    (["key", "put", "k", "\x1b[31m".encode() + b"\xff" + b"x" * 200], 4, r'"\x1b[31m\xff' + "x" * 94 + '…"'),
])
def test_an_argument_that_is_not_text_is_refused(server, space, words, position, shown):
    errors = refused(*words, "-n", space.id, "--server", server.url)
    assert f"Argument {position}, {shown}, is not UTF-8." in errors and "--path" in errors
    assert {key: space.bytes(key) for key in space.names()} == {"a\ufffd": b"kept", "caf\ufffd": b"kept"}


def test_no_place_is_left_out(tmp_path):
    assert "Argument 1" in refused(b"\xff")
    assert "Argument 3" in refused("namespace", "create", b"\xff", "--data", str(tmp_path / "data"))
    assert "Argument 3" in refused("serve", "--data", bytes(tmp_path / "data") + b"\xff")
    for name in ("KV_MANAGER_DATA", "KV_MANAGER_STORE", "KV_MANAGER_GATEWAY_TOKENS", "KV_MANAGER_GATEWAY_TOKENS_FILE"):
        assert f"{name} is not UTF-8" in refused("stores", environment={name: b"\xff"})
    assert list(tmp_path.iterdir()) == []


def test_text_of_every_kind_and_bytes_by_a_path_are_accepted(server, space, tmp_path):
    kv = against(server)
    for key in ("café", "cafe\u0301", "\ufffd", "\U0010ffff", "\u0080", "日本"):
        kv("key", "put", "-n", space.id, key, key)
        assert space.bytes(key) == key.encode()
    (tmp_path / "value").write_bytes(b"a\xff")
    kv("key", "put", "-n", space.id, "k", "--path", str(tmp_path / "value"))
    kv("key", "put", "-n", space.id, "l", "--path", "-", input=b"a\xff")
    assert space.bytes("k") == space.bytes("l") == b"a\xff"
    CommandLine(environment={"OTHER": b"\xff"})("--version")
