"""SIGHUP: what can be read anew is, what is wrong changes nothing, and what needs a restart is named."""
import json
import signal
import time

import pytest

from server import expect, problem


@pytest.fixture
def configured(start, tmp_path):
    """A server with a configuration file, and how that is written anew."""
    file, tokens = tmp_path / "kv-manager.yaml", tmp_path / "tokens"
    file.write_text("logLevel: notice\n")
    tokens.write_text("first\n")
    server = start("--config", str(file), environment={"KV_MANAGER_GATEWAY_TOKENS_FILE": str(tokens)})

    def write(text, token="first"):
        file.write_text(text)
        tokens.write_text(token)
        before = len(told(server))
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        ends = ("Settings read again", "The new settings cannot be used; the former ones stay")
        while not any(line["message"] in ends for line in told(server)[before:]):
            assert time.monotonic() < deadline, server.printed()
            expect(server.api("GET", "/healthz"), 200)
        return told(server)[before:]

    return server, write


def told(server):
    return [json.loads(line) for line in list(server.log) if line.startswith("{")]


def verified(server, token):
    return server.api("GET", "/client/v4/user/tokens/verify", headers={"Authorization": f"Bearer {token}"}).status_code


def test_what_can_be_read_anew_is(configured):
    server, write = configured
    name = {"Host": "kv.example.com"}
    problem(server.api("GET", "/api/version", headers=name), 421, "host_not_allowed")
    assert (verified(server, "first"), verified(server, "second")) == (200, 401)
    write("allowedHosts: [kv.example.com]\nlogLevel: debug\n", token="second")
    expect(server.api("GET", "/api/version", headers=name), 200)
    assert (verified(server, "first"), verified(server, "second")) == (401, 200)
    write("logLevel: notice\n", token="second")
    problem(server.api("GET", "/api/version", headers=name), 421, "host_not_allowed")


@pytest.mark.parametrize("level,expected", [("notice", False), ("debug", True)])
def test_the_level_of_the_log_changes(configured, level, expected):
    server, write = configured
    write(f"logLevel: {level}\n")
    assert server.terminate() == 0
    assert any(line["level"] == "debug" for line in told(server)) == expected, "its end is told in detail, or is not"


def test_what_is_wrong_changes_nothing(configured):
    server, write = configured
    write("allowedHosts: [kv.example.com]\n")
    line, = write("allowedHosts: []\nnonsense: 1\n", token="second")
    assert line["level"] == "error" and "nonsense" in line["fields"]["detail"]
    expect(server.api("GET", "/api/version", headers={"Host": "kv.example.com"}), 200)
    assert (verified(server, "first"), verified(server, "second")) == (200, 401)


def test_what_needs_a_restart_is_named(configured):
    server, write = configured
    warning, notice = write("port: 1\nstores:\n  - {name: more, engine: sqlite}\n")
    # The port is given by an option, which beats the file.
    assert (warning["level"], warning["fields"]["settings"]) == ("warning", "stores") and notice["level"] == "notice"
    assert [store["name"] for store in server.get("/api/stores")["stores"]] == ["local"]
