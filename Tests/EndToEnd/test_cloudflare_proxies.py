"""Connections to the outside through a forward proxy, as the usual environment variables say."""
import json
import shutil
import socket

import pytest

from certificates import Issuer
from cli import CommandLine, in_new_folder
from forward_proxy import ForwardProxy
from server import Server, problem
from two import TOKEN

SECRET = "s3cret@p:w"
LOGIN = f"jane:{SECRET}"
ENCODED = "jane:s3cret%40p%3Aw"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    server = Server(folder, "--allowed-host", "store.test,kv.example.com", environment={"KV_MANAGER_GATEWAY_TOKENS": TOKEN}).start()
    yield server
    server.terminate()


@pytest.fixture
def proxy(gateway):
    with ForwardProxy({"store.test": gateway.port}) as proxy:
        yield proxy


@pytest.fixture
def cloud(gateway, tmp_path):
    """cloud(**variables): commands on a data folder with a Cloudflare store at store.test, which only a proxy knows."""
    in_new_folder(tmp_path / "data")("namespace", "create", "local one")

    def command(base="http://store.test:8080", **variables):
        store = {"name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "TEST_TOKEN", "baseURL": f"{base}/client/v4"}
        config = tmp_path / "stores.json"
        config.write_text(json.dumps({"stores": [store]}))
        where = ("--data", str(tmp_path / "data"), "--config", str(config))
        return CommandLine(*where, environment={"TEST_TOKEN": TOKEN, **variables})

    return command


def titles(kv):
    return [line["title"] for line in kv("namespace", "list", "--store", "cloud", "--output", "ndjson").lines]


def refused(kv):
    """The error of a command that cannot reach the store."""
    return kv("namespace", "list", "--store", "cloud", status=1).errors


@pytest.fixture(autouse=True, scope="module")
def without_variables():
    """The machine's own proxy is none of the tests'."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        yield


# MARK: through a proxy


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_store_is_reached_through_the_proxy_of_a_variable(gateway, proxy, cloud, name):
    title = gateway.namespace().title
    kv = cloud(**{name: f"http://{proxy.address}/"})
    assert title in titles(kv) and set(proxy.targets) == {"store.test:8080"}


def test_the_address_of_a_proxy_needs_no_scheme_and_lower_case_comes_first(gateway, proxy, cloud):
    kv = cloud(http_proxy=proxy.address, HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1", https_proxy="http://127.0.0.1:1")
    titles(kv)
    assert proxy.targets


def test_a_server_uses_the_proxy_for_all_it_does(gateway, proxy, start, tmp_path):
    config = tmp_path / "stores.json"
    config.write_text(json.dumps({"stores": [{
        "name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "TEST_TOKEN", "baseURL": "http://store.test/client/v4"}]}))
    server = start("--config", str(config), environment={"TEST_TOKEN": TOKEN, "HTTP_PROXY": f"http://{proxy.address}"})
    namespace = server.namespace(store="cloud").fill(50)
    namespace.put("large", b"\xff" * 3_000_000)
    assert server.api("GET", namespace.value("large")).content == b"\xff" * 3_000_000
    assert server.run_job(namespace.job("delete", {"prefix": "key:"}))["progress"]["succeeded"] == 50
    assert set(proxy.targets) == {"store.test:80"}


def test_a_user_and_a_password_are_sent_and_not_shown(gateway, cloud):
    with ForwardProxy({"store.test": gateway.port}, login=LOGIN) as proxy:
        kv = cloud(HTTP_PROXY=f"http://{ENCODED}@{proxy.address}")
        run = kv("namespace", "list", "--store", "cloud")
        shown = kv("config", "show").text
    assert proxy.targets and f"through the proxy http://{proxy.address} (HTTP_PROXY)" in shown
    assert not any(word in shown + run.errors for word in (SECRET, ENCODED, "jane"))


# MARK: not through a proxy


NOT_MATCHED = ["other.test", "ore.test", "test.store", "10.0.0.0/8", "store.test:9", "*.other.test", " , "]
MATCHED = ["store.test", "STORE.TEST.", ".store.test", "test", ".test", "*.test", "*", "a.example,store.test", "a.example store.test", "store.test:8080"]


@pytest.mark.parametrize("entry, isDirect", [(entry, False) for entry in NOT_MATCHED] + [(entry, True) for entry in MATCHED])
def test_hosts_of_no_proxy_are_connected_to_directly(cloud, entry, isDirect):
    shown = cloud(HTTP_PROXY="http://127.0.0.1:1", NO_PROXY=entry)("config", "show").text
    assert ("through the proxy" in shown) == (not isDirect)


@pytest.mark.parametrize("host, entry, isDirect", [
    ("10.1.2.3", "10.0.0.0/8", True), ("11.1.2.3", "10.0.0.0/8", False), ("10.1.2.3", "10.1.2.3", True), ("10.1.2.3", "10.1.2.0/31", False),
    ("10.1.2.3", "10.1.2.2/31", True), ("10.1.2.3", "0.0.0.0/0", True), ("10.1.2.3", "2.3", False), ("[fd00::1]", "fd00::/8", True),
    ("[fd00::1]", "fd00:0::1", True), ("[fd00::1]", "[fd00::1]", True), ("[fd00::1]", "[fd00::1]:8080", True), ("[fd00::1]", "fe00::/8", False),
    ("[fd00::1]", "0.0.0.0/0", False)])
def test_addresses_and_networks_of_no_proxy_are_connected_to_directly(cloud, host, entry, isDirect):
    shown = cloud(f"http://{host}:8080", http_proxy="http://127.0.0.1:1", no_proxy=entry)("config", "show").text
    assert ("through the proxy" in shown) == (not isDirect)


def test_no_proxy_bypasses_a_proxy_that_would_refuse(gateway, cloud, start):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
        try:
            # Nothing is sent: this selects the address of this machine towards others.
            route.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no other address than that of loopback")
        address = route.getsockname()[0]
    server = start("--host", address, "--allow-unauthenticated", environment={"KV_MANAGER_GATEWAY_TOKENS": TOKEN})
    kv = cloud(f"http://{address}:{server.port}", HTTP_PROXY="http://127.0.0.1:1", NO_PROXY=f"{address}/24")
    assert titles(kv) == []


def test_this_machine_is_never_reached_through_a_proxy(gateway, proxy, cloud):
    for host in ("127.0.0.1", "localhost"):
        kv = cloud(f"http://{host}:{gateway.port}", ALL_PROXY=f"http://{proxy.address}")
        titles(kv)
    CommandLine("--server", gateway.url, environment={"http_proxy": f"http://{proxy.address}"})("stores")
    assert proxy.targets == []


# MARK: faults


def test_a_proxy_that_asks_who_one_is_is_named(gateway, cloud):
    with ForwardProxy({"store.test": gateway.port}, login=LOGIN) as proxy:
        words = refused(cloud(HTTP_PROXY=f"http://{proxy.address}"))
        assert f"The proxy http://{proxy.address} (HTTP_PROXY) requires a user and a password." in words
        words = refused(cloud(ALL_PROXY=f"http://jane:wr0ng@{proxy.address}"))
        assert f"The proxy http://{proxy.address} (ALL_PROXY) refused the user or the password in ALL_PROXY." in words
        assert "wr0ng" not in words and "jane" not in words


def test_a_proxy_that_refuses_a_host_is_named(cloud):
    with ForwardProxy({}) as proxy:
        words = refused(cloud(HTTP_PROXY=f"http://{ENCODED}@{proxy.address}"))
    assert f"The proxy http://{proxy.address} (HTTP_PROXY) did not connect to store.test" in words and SECRET not in words


def test_a_proxy_that_is_not_there_is_named(cloud):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    words = refused(cloud(http_proxy=f"http://{ENCODED}@127.0.0.1:{port}"))
    assert f"The proxy http://127.0.0.1:{port} (http_proxy) cannot be reached. Correct http_proxy" in words and "jane" not in words


def test_a_server_says_so_too(start, tmp_path):
    config = tmp_path / "stores.json"
    config.write_text(json.dumps({"stores": [{
        "name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "TEST_TOKEN", "baseURL": "http://store.test/client/v4"}]}))
    with ForwardProxy({}, login=LOGIN) as proxy:
        server = start("--config", str(config), environment={"TEST_TOKEN": TOKEN, "HTTP_PROXY": f"http://jane:wr0ng@{proxy.address}"})
        answer = server.api("GET", "/api/stores/cloud/namespaces")
    assert "refused the user or the password in HTTP_PROXY" in problem(answer, 503, "store_unavailable")["detail"]
    assert "wr0ng" not in server.printed() + answer.text and "wr0ng" not in server.api("GET", "/readyz").text


@pytest.mark.parametrize("text, words", [
    ("proxy", "not the address of a proxy"), ("http://proxy", "not the address of a proxy"), ("http://:8080", "not the address of a proxy"),
    ("http://jane:s3cret@proxy:99999", "not the address of a proxy"), ("http://jane:s3/cret@proxy:1", "not the address of a proxy"),
    ("https://jane:s3cret@proxy:1", 'the scheme "https" is not supported'), ("socks5h://jane:s3cret@proxy:1", 'the scheme "socks5h"'),
    ("http://proxy:1/path", "not the address of a proxy")])
def test_a_variable_that_is_not_understood_is_named(cloud, text, words):
    for name in ("HTTP_PROXY", "all_proxy"):
        errors = cloud(**{name: text})("config", "check", status=1).errors
        assert f"{name}: " in errors and words in errors and "s3" not in errors


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "10.0.0.0/x", "fd00::/129", "store.test/8", "store.test:http"])
def test_an_entry_of_no_proxy_that_is_not_understood_is_named(cloud, entry):
    errors = cloud(HTTP_PROXY="http://proxy:1", no_proxy=f"a.example,{entry}")("config", "check", status=1).errors
    assert f'no_proxy: Invalid entry "{entry}"' in errors


def test_an_empty_variable_counts_as_unset(gateway, proxy, cloud):
    kv = cloud(http_proxy="", HTTP_PROXY=proxy.address, no_proxy="", NO_PROXY="")
    titles(kv)
    assert proxy.targets


# MARK: commands


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
def test_commands_use_the_proxy_and_verify_the_name_of_the_server_behind_it(start, tmp_path):
    issuer = Issuer(tmp_path)
    certificate, key = issuer.issue("server")
    server = start("--tls-cert", str(certificate), "--tls-key", str(key), "--allowed-host", "kv.example.com,other.example.com")
    with ForwardProxy({"kv.example.com": server.port, "other.example.com": server.port}, login=LOGIN) as proxy:
        environment = {"HTTPS_PROXY": f"http://{ENCODED}@{proxy.address}"}
        trust = ("--ca-cert", str(issuer.authority))
        report = CommandLine("--server", "https://kv.example.com", *trust, environment=environment)("verify", "--watch", "0", "--output", "json").json
        assert report["passed"] and set(proxy.targets) == {"kv.example.com:443"}
        kv = CommandLine("--server", "https://other.example.com", *trust, environment=environment)
        assert "another name" in kv("stores", status=69).errors
        kv = CommandLine("--server", "https://unknown.example.com", *trust, environment=environment)
        assert f"The proxy http://{proxy.address} (HTTPS_PROXY) did not connect to unknown.example.com" in kv("stores", status=69).errors
    assert "HTTPS_PROXY) cannot be reached" in kv("stores", status=69).errors
