"""Durations, times and addresses of servers as people type them."""
import time

import pytest
from cli import CommandLine, against

DURATIONS = [("1h", 3_600), ("90s", 90), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000), ("1d12h", 129_600), ("3600", 3_600)]
TIMES = [("2030-01-01T00:00:00Z", 1_893_456_000), ("2030-01-01T02:00:00+02:00", 1_893_456_000), ("2030-01-01+02:00", 1_893_448_800),
         ("1893456000", 1_893_456_000)]


@pytest.mark.parametrize("words", [["key", "put", "k", "v"], ["bulk", "expire", "--key", "k", "--yes"]], ids=lambda words: words[1])
def test_an_expiration_is_a_duration_or_a_time(server, words):
    kv, space = against(server), server.namespace()
    space.put("k", "v")
    for text, seconds in DURATIONS:
        kv(*words, "-n", space.id, "--ttl", text)
        assert abs(space.read("k")["expiration"] - time.time() - seconds) < 60, text
    for text, seconds in TIMES:
        kv(*words, "-n", space.id, "--expiration", text)
        assert space.read("k")["expiration"] == seconds, text


@pytest.mark.parametrize("option, texts, said", [
    ("--ttl", ["1x", "soon", "1.5h", "", "2030-01-01Z", "99999999999999999999s"], "such as 90s, 15m, 12h or 30d"),
    ("--expiration", ["1x", "soon", "2030-01-01", "2030-02-30Z", "2030-01-01T00:00:00", "12h"], "such as 2030-01-01T00:00:00Z")])
def test_other_text_is_a_mistake_in_use(server, option, texts, said):
    kv, space = against(server), server.namespace()
    space.put("k", "v")
    for text in texts:
        for words in (["key", "put", "k", "w"], ["bulk", "expire", "--key", "k"]):
            errors = kv(*words, "-n", space.id, option, text, status=64).errors
            assert said in errors and option in errors, text
    # The server's limits hold for text as well.
    assert "60 seconds" in kv("key", "put", "-n", space.id, "k", "w", "--ttl", "59s", status=1).errors
    assert space.bytes("k") == b"v" and not space.read("k").get("expiration")


def test_other_options_accept_durations(server):
    kv = against(server)
    assert kv("verify", "--watch", "0m", "--output", "json").json["passed"]
    for words in (["verify", "--watch", "soon"], ["verify", "--watch", "25h"], ["verify", "--idle", "2h"], ["release", "activate", "1", "--patience", "2h"]):
        kv(*words, status=64, where=[])


def test_an_address_of_this_machine_needs_no_scheme(server, tmp_path):
    server.namespace("found")
    for address in (f"127.0.0.1:{server.port}", f"localhost:{server.port}", f"127.0.0.1:{server.port}/", server.url, server.url + "/"):
        assert "found" in CommandLine("--server", address)("namespace", "list").text
        assert "found" in CommandLine(environment={"KV_MANAGER_SERVER": address})("namespace", "list").text
    run = CommandLine("--server", f"127.0.0.1:{server.port}")("verify", "--watch", "0", "--output", "json")
    assert run.json["passed"]
    for address in ("127.0.0.1:9", "localhost:9", "[::1]:9", "kv.localhost:9/path"):
        assert f"http://{address} cannot be reached" in CommandLine("--server", address)("stores", status=69).errors


@pytest.mark.parametrize("address, said", [
    ("kv.example.com:8787", "https://kv.example.com:8787"), ("kv.example.com", "https://kv.example.com"), ("192.0.2.1:8787", "http://192.0.2.1:8787"),
    ("127.0.0.1.example.com:8787", "no scheme"), ("localhost.example.com", "no scheme"), ("nonsense", "https://nonsense"),
    ("ftp://127.0.0.1", "Invalid address"), ("http://", "Invalid address"), ("http://127.0.0.1:x", "Invalid address"),
    ("me:secret@127.0.0.1:8787", "Invalid address"), ("http://me:secret@127.0.0.1:8787", "Invalid address"), ("127.0.0.1:8787?x=1", "Invalid address"),
    ("/path", "Invalid address"), (":8787", "Invalid address")])
def test_another_address_is_refused_and_its_source_named(address, said):
    for kv, source in ((CommandLine("--server", address), "--server"), (CommandLine(environment={"KV_MANAGER_SERVER": address}), "KV_MANAGER_SERVER")):
        for words in (["stores"], ["verify"]):
            errors = kv(*words, status=64).errors
            assert errors.startswith(f"kv-manager: {source}: ") and said in errors and "secret" not in errors
