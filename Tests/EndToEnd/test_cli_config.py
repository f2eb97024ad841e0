"""What is set where, and what comes of it."""
import json

import pytest
from cli import CommandLine


def shown(*words, environment=None):
    run = CommandLine(environment={"HOME": "/home/me", **(environment or {})})("config", "show", *words, "--output", "json")
    return {row["setting"]: (row["value"], row["from"]) for row in run.json}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "kv.yaml"
    path.write_text("port: 1000\nhost: 127.0.0.2\ndata: /of/file\nlogLevel: debug\nallowedHosts: [a, b]\ngateway:\n  latency: 5ms\n")
    return path


def test_options_beat_the_environment_and_that_the_file_and_that_the_defaults(file):
    found = shown("--config", str(file), "--port", "3000", environment={"KV_MANAGER_PORT": "2000", "KV_MANAGER_HOST": "127.0.0.3"})
    assert found["port"] == ("3000", "option")
    assert found["host"] == ("127.0.0.3", "environment")
    assert found["data"] == ("/of/file", "file") and found["allowedHosts"] == ("a,b", "file")
    assert found["logLevel"] == ("debug", "file") and found["gatewayLatency"] == ("5ms", "file")
    assert found["gatewayQuota"] == ("no limit", "default")
    assert shown()["data"] == ("/home/me/.local/share/kv-manager", "default")
    assert shown(environment={"KV_MANAGER_CONFIG": str(file)})["port"] == ("1000", "file")


def test_secrets_are_masked_wherever_they_come_from(tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    (tmp_path / "kv.json").write_text(json.dumps({"stores": [
        {"name": "far", "engine": "cloudflare", "accountID": "acc", "apiTokenEnv": "FAR_TOKEN", "protected": True}]}))
    for environment in ({"FAR_TOKEN": "s3cret", "KV_MANAGER_GATEWAY_TOKENS": "s3cret"},
                        {"FAR_TOKEN_FILE": str(tmp_path / "token"), "KV_MANAGER_GATEWAY_TOKENS_FILE": str(tmp_path / "token")}):
        found = shown("--config", str(tmp_path / "kv.json"), environment=environment)
        assert found["gatewayTokens"] == ("********", "environment")
        assert found["stores.far"][0].startswith("cloudflare, account acc, token ********, 1200/300s at https://")
        assert found["stores.far"][0].endswith(", protected") and "s3cret" not in str(found)
    assert "s3cret" not in str(shown(environment={"KV_MANAGER_SERVER": "https://me:s3cret@kv.example.com/"}))


def test_a_secret_of_a_file_is_the_one_that_counts(start, tmp_path):
    (tmp_path / "tokens").write_text("right-one\n")
    server = start(environment={"KV_MANAGER_GATEWAY_TOKENS_FILE": str(tmp_path / "tokens")})
    path = "/client/v4/accounts/local/storage/kv/namespaces"
    answers = [server.api("GET", path, headers={"Authorization": f"Bearer {token}"}).status_code for token in ("right-one", "other")]
    assert answers == [200, 401]


def test_what_is_wrong_is_named(file, tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes("host: café".encode("latin-1"))
    kv = CommandLine(environment={"HOME": "/home/me"})
    assert kv("config", "check", "--config", str(file)).text.startswith("In order: http://127.0.0.2:1000, data in /of/file, stores local.")
    for words, environment, said in [
        (["--port", "70000"], {}, "0 to 65535"),
        (["--log-level", "loud"], {}, "trace"),
        (["--memory-budget", "63MiB"], {}, "at least 64MiB"), ([], {"KV_MANAGER_MEMORY_BUDGET": "256"}, "MiB or GiB"),
        (["--memory-budget", "9223372036854775807GiB"], {}, "at least 64MiB"),
        (["--config", "/not/there"], {}, "--config: the configuration file /not/there cannot be read: there is no such file."),
        (["--config", str(tmp_path)], {}, "it is a folder"),
        (["--config", str(tmp_path / "latin")], {}, "it is not UTF-8 text"),
        (["--host", "0.0.0.0"], {}, "--allow-unauthenticated"),
        ([], {"KV_MANAGER_GATEWAY_TOKENS": "a", "KV_MANAGER_GATEWAY_TOKENS_FILE": "b"}, "both set"),
        ([], {"KV_MANAGER_GATEWAY_TOKENS_FILE": "/not/there"}, "cannot be read: there is no such file"),
        # An empty one would let everybody in.
        ([], {"KV_MANAGER_GATEWAY_TOKENS_FILE": str(tmp_path / "empty")}, "is empty"),
    ]:
        run = CommandLine(environment={"HOME": "/home/me", **environment})("config", "check", *words, status=1)
        assert said in run.errors, (words, run.errors)
    file.write_text("prot: 1\n")
    assert "prot" in kv("config", "check", "--config", str(file), status=1).errors
    assert "default" in kv("config", "show").text
