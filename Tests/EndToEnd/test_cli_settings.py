"""Variables as container platforms set them, and errors that name where a setting comes from."""
import json

import pytest
from cli import CommandLine


def kv(*where, **environment):
    return CommandLine(*where, environment={"HOME": "/home/me", **environment})


SERVICE = "tcp://10.96.0.12:8787"


@pytest.mark.parametrize("value", [SERVICE, "udp://10.96.0.12:8787", "sctp://[fd00::1]:8787"])
def test_the_variable_that_kubernetes_sets_for_a_service_is_ignored_with_a_notice(value, start, tmp_path):
    others = {"KV_MANAGER_SERVICE_HOST": "10.96.0.12", "KV_MANAGER_SERVICE_PORT": "8787", "KV_MANAGER_PORT_8787_TCP": SERVICE,
              "KV_MANAGER_PORT_8787_TCP_PROTO": "tcp", "KV_MANAGER_PORT_8787_TCP_ADDR": "10.96.0.12"}
    checked = kv(KV_MANAGER_PORT=value, **others)("config", "check")
    assert "http://127.0.0.1:8787" in checked.text
    assert "KV_MANAGER_PORT is ignored" in checked.errors and value in checked.errors and "Kubernetes" in checked.errors
    config = tmp_path / "kv.yaml"
    config.write_text("port: 9000\n")
    assert "http://127.0.0.1:9000" in kv("--config", str(config), KV_MANAGER_PORT=value)("config", "check").text
    assert "http://127.0.0.1:9001" in kv("--port", "9001", KV_MANAGER_PORT=value)("config", "check").text


def test_a_server_starts_beside_that_variable_and_logs_the_notice(start):
    server = start(environment={"KV_MANAGER_PORT": SERVICE})
    server.get("/healthz")
    assert "KV_MANAGER_PORT is ignored" in server.printed()


def test_another_address_is_not_a_port():
    for value in ("http://10.96.0.12:8787", "tcp:8787", "8787/tcp", " tcp://10.96.0.12:8787"):
        assert "KV_MANAGER_PORT: Invalid port" in kv(KV_MANAGER_PORT=value)("config", "check", status=1).errors


def test_an_empty_variable_is_not_set(tmp_path):
    names = ["CONFIG", "DATA", "BACKUPS", "HOST", "PORT", "BASE_PATH", "TLS_CERT", "TLS_KEY", "ALLOWED_HOSTS", "LOG_LEVEL", "LOG_FORMAT",
             "MEMORY_BUDGET", "GATEWAY_TOKENS", "GATEWAY_TOKENS_FILE", "GATEWAY_QUOTA", "GATEWAY_LATENCY", "GATEWAY_FAULTS",
             "GATEWAY_SEED", "PACE", "SERVER", "SERVER_HEADERS", "SERVER_HEADERS_FILE", "CA_CERT", "STORE"]
    empty = {f"KV_MANAGER_{name}": "" for name in names}
    shown = kv(XDG_DATA_HOME="", **empty)("config", "show", "--output", "json").json
    assert {row["from"] for row in shown} == {"default"}
    assert [row["value"] for row in shown if row["setting"] == "data"] == ["/home/me/.local/share/kv-manager"]
    (tmp_path / "data").mkdir()
    here = kv("--data", str(tmp_path / "data"), **empty)
    here("namespace", "create", "sessions")
    assert "sessions" in here("namespace", "list").text
    assert "KV_MANAGER_SERVER" in kv(**empty)("verify", status=64).errors


BAD = [
    ("port", "PORT", "--port", "70000", "Invalid port"), ("logLevel", "LOG_LEVEL", "--log-level", "loud", "Invalid log level"),
    ("logFormat", "LOG_FORMAT", "--log-format", "xml", "Invalid log format"), ("basePath", "BASE_PATH", "--base-path", "a b", ""),
    ("memoryBudget", "MEMORY_BUDGET", "--memory-budget", "1", ""), ("gateway.quota", "GATEWAY_QUOTA", "--gateway-quota", "x", ""),
    ("gateway.latency", "GATEWAY_LATENCY", "--gateway-latency", "x", ""), ("gateway.faults", "GATEWAY_FAULTS", "--gateway-faults", "2", ""),
    ("gateway.seed", "GATEWAY_SEED", "--gateway-seed", "x", ""), ("host", "HOST", "--host", "0.0.0.0", "--allow-unauthenticated"),
    ("tlsCert", "TLS_CERT", "--tls-cert", "/none", "without --tls-key"), ("tlsKey", "TLS_KEY", "--tls-key", "/none", "without --tls-cert"),
]


@pytest.mark.parametrize("field, variable, option, value, said", BAD, ids=[row[0] for row in BAD])
def test_an_error_names_the_option_the_variable_or_the_line(tmp_path, field, variable, option, value, said):
    errors = kv(option, value)("config", "check", status=1).errors
    assert errors.startswith(f"kv-manager: {option}") and said in errors
    errors = kv(**{f"KV_MANAGER_{variable}": value})("config", "check", status=1).errors
    assert errors.startswith(f"kv-manager: KV_MANAGER_{variable}") and said in errors
    group, _, name = field.rpartition(".")
    lines = [f"{group}:", f"  {name}: {value}"] if group else [f"{name}: {value}"]
    config = tmp_path / "kv.yaml"
    config.write_text("\n".join(["# The configuration.", "allowedHosts: [a]", *lines]))
    errors = kv("--config", str(config))("config", "check", status=1).errors
    assert errors.startswith(f"kv-manager: {config}, line {2 + len(lines)}") and said.removeprefix("Invalid ") in errors.replace('"port"', "port")


@pytest.mark.parametrize("text, line, said", [
    ("port: 1\nprot: 2\n", 2, '"prot"'), ("gateway:\n  latency: 1s\n  speed: 2\n", 3, '"speed"'), ("gateway: fast\n", 1, "names and values"),
    ("stores:\n- name: a\n  engine: sqlite\n- name: b\n  engine: mysql\n", 5, '"mysql"'),
    ("stores:\n- name: a\n  engine: sqlite\n- name: a\n  engine: sqlite\n", 4, '"a"'),
    ("stores:\n- name: a\n  engine: cloudflare\n  accountID: x\n  apiTokenEnv: MISSING_TOKEN\n", 2, "MISSING_TOKEN"),
    ("stores:\n- name: a\n  engine: cloudflare\n  pace: fast\n", 4, "fast"), ("stores:\n- name: a\n  engine: sqlite\n  pace: 1/1s\n", 4, '"pace"'), ("stores:\n- name: A B\n  engine: sqlite\n", 2, '"A B"'),
    ("stores:\n- name: a\n  engine: sqlite\n  protected: perhaps\n", 4, "true or false"), ("allowedHosts: a\n", 1, "list"),
    ("port: 1\ndata: ~\n", 2, '"data" has no value'), ("host:\nport: 1\n", 1, '"host" has no value'), ("gateway:\n  quota: null\n", 2, "no value"),
    ("stores:\n- engine: sqlite\n  name: ~\n", 3, "no value"), ("port: 1\nhost: a\nport: 2\n", 1, 'more than once: "port"'),
    ("port: 1\n\tdata: x\n", 2, "neither YAML nor JSON"), ('{"port": 1,\n', 2, "neither YAML nor JSON"),
    ('{"port": 1,\n "stores": [\n  {"name": "a", "engine": "sqlite",\n   "colour": 1}]}', 4, '"colour"'), ("- a\n", 1, "names and values")])
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path, text, line, said):
    config = tmp_path / "kv.yaml"
    config.write_text(text)
    errors = kv("--config", str(config))("config", "check", status=1).errors
    assert errors.startswith(f"kv-manager: {config}, line {line}: ") and said in errors, errors


def test_settings_of_commands_are_named_as_well(server, tmp_path):
    (tmp_path / "none.pem").write_text("nothing")
    pem = str(tmp_path / "none.pem")
    assert f"KV_MANAGER_CA_CERT: {pem}" in kv("--server", server.url, KV_MANAGER_CA_CERT=pem)("stores", status=1).errors
    assert f"--ca-cert: {pem}" in kv("--server", server.url, "--ca-cert", pem)("stores", status=1).errors
    assert "KV_MANAGER_STORE" in kv("--server", server.url, KV_MANAGER_STORE="typo")("namespace", "list", status=1).errors
    assert "KV_MANAGER_STORE" not in kv("--server", server.url, KV_MANAGER_STORE="local")("namespace", "list", "-s", "typo", status=1).errors
    assert "KV_MANAGER_CONFIG: " in kv(KV_MANAGER_CONFIG="/not/there")("stores", status=1).errors
    assert "KV_MANAGER_DATA: " in kv(KV_MANAGER_DATA="/proc/nothing")("serve", "--port", "0", status=1).errors
    pace = kv("--config", str(tmp_path / "kv.json"), KV_MANAGER_PACE="fast", TOKEN="t")
    (tmp_path / "kv.json").write_text(json.dumps({"stores": [
        {"name": "far", "engine": "cloudflare", "accountID": "a", "apiTokenEnv": "TOKEN"}]}))
    assert "KV_MANAGER_PACE: " in pace("config", "check", status=1).errors
    for words, environment, said in (
            (["--tls-cert", pem], {"KV_MANAGER_TLS_KEY": pem}, "--tls-cert and KV_MANAGER_TLS_KEY: "),
            (["--port", str(server.port)], {}, f"The port {server.port} on 127.0.0.1 (--port) is in use"),
            (["--port", "0"], {"KV_MANAGER_HOST": "192.0.2.1"}, "KV_MANAGER_HOST: 192.0.2.1"),
            (["--port", "0", "--allow-unauthenticated"], {"KV_MANAGER_HOST": "192.0.2.1"}, "(KV_MANAGER_HOST and --port)"),
            (["--port", "0", "--allow-unauthenticated"], {"KV_MANAGER_HOST": "not a host"}, "KV_MANAGER_HOST")):
        folder = ["--data", str(tmp_path / "data")]
        assert said in kv(*folder, **environment)("serve", *words, status=1).errors


def test_what_is_shown_names_the_line(tmp_path):
    config = tmp_path / "kv.yaml"
    config.write_text("logLevel: debug\n\nport: 9000\n")
    shown = kv("--config", str(config))
    rows = {row["setting"]: row for row in shown("config", "show", "--output", "json").json}
    assert (rows["port"]["from"], rows["port"]["source"]) == ("file", f"{config}, line 3")
    assert f"{config}, line 3" in shown("config", "show").text


def test_an_allowed_host_that_is_not_one_is_named_with_its_source(tmp_path):
    assert kv("--allowed-host", "a b")("config", "check", status=1).errors.startswith("kv-manager: --allowed-host: ")
    assert kv(KV_MANAGER_ALLOWED_HOSTS="a,b c")("config", "check", status=1).errors.startswith("kv-manager: KV_MANAGER_ALLOWED_HOSTS: ")
    config = tmp_path / "kv.yaml"
    config.write_text("port: 1\nallowedHosts: [a, b c]\n")
    assert kv("--config", str(config))("config", "check", status=1).errors.startswith(f"kv-manager: {config}, line 2: ")
