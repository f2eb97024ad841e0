"""`kv-manager health`, by which containers and supervisors see whether a server answers."""
import json
import os
import re
import shutil
import socket
import subprocess

import pytest

from certificates import Issuer
from cli import CommandLine, against
from server import ROOT, Server, binary


def health_check():
    """The command of the image's HEALTHCHECK, of the program that is tested."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    program, *words = json.loads(re.search(r"^HEALTHCHECK .*?CMD (\[.*\])$", text, re.MULTILINE)[1])
    assert program == "kv-manager"
    return [binary(), *words]


def checked(data, **environment):
    """The check as it runs in the container: beside the server, with the same variables, without its options."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KV_MANAGER_")}
    done = subprocess.run(health_check(), env=inherited | {"KV_MANAGER_DATA": str(data)} | environment, capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(params=["nothing", "base path", "every address", "IPv6", "TLS", "all", "variables", "configuration"])
def set_up(request, tmp_path):
    """A server as people set it up, and the variables that it has."""
    options, environment = [], {}
    if request.param in ("base path", "all"):
        options += ["--base-path", "/tools/kv"]
    if request.param in ("every address", "all"):
        options += ["--host", "0.0.0.0", "--allow-unauthenticated"]
    if request.param == "IPv6":
        if not socket.has_ipv6:
            pytest.skip("there is no IPv6")
        options += ["--host", "::1"]
    if request.param in ("TLS", "all"):
        if not shutil.which("openssl"):
            pytest.skip("there is no openssl")
        certificate, key = Issuer(tmp_path).issue("server", "subjectAltName=DNS:kv.example.com")
        options += ["--tls-cert", str(certificate), "--tls-key", str(key), "--allowed-host", "kv.example.com"]
    if request.param == "variables":
        environment = {"KV_MANAGER_BASE_PATH": "/kv", "KV_MANAGER_ALLOWED_HOSTS": "kv.example.com"}
    if request.param == "configuration":
        (tmp_path / "kv.yaml").write_text("basePath: /kv\n")
        environment = {"KV_MANAGER_CONFIG": str(tmp_path / "kv.yaml")}
    server = Server(tmp_path, *options, environment=environment).start()
    yield server, environment
    assert server.terminate() == 0, server.printed()


def test_the_check_of_the_image_finds_the_server_however_it_is_set_up(set_up):
    server, environment = set_up
    status, said, errors = checked(server.data, **environment)
    assert (status, errors) == (0, "") and said.endswith(" is alive.\n"), said


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_it_fails_once_the_server_has_ended(tmp_path, end):
    server = Server(tmp_path).start()
    assert checked(server.data)[0] == 0
    getattr(server, end)()
    status, said, errors = checked(server.data)
    assert (status, said) == (69, "") and errors.startswith("kv-manager: "), errors


def test_it_fails_where_no_server_runs_and_creates_nothing(tmp_path):
    status, said, errors = checked(tmp_path / "none")
    assert (status, said) == (69, "") and f"No server runs on the data folder {tmp_path}/none (KV_MANAGER_DATA)." in errors
    assert not list(tmp_path.iterdir())


def test_it_asks_a_server_by_its_address_too(server, tmp_path):
    assert against(server)("health").text == f"{server.url} is alive.\n"
    assert CommandLine(environment={"KV_MANAGER_SERVER": server.url})("health").text == f"{server.url} is alive.\n"
    CommandLine("--server", "http://127.0.0.1:1")("health", status=69)


def test_it_fails_where_the_server_answers_something_else(server):
    refused = CommandLine("--server", f"{server.url}/kv")("health", status=1)
    assert refused.errors.startswith("kv-manager: ")
