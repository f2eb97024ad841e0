"""HTTPS by the program itself: who gets in, what is shown, and that certificates are replaced while it is at work."""
import json
import os
import pty
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import time

import pytest
import requests
from certificates import Issuer
from cli import CommandLine
from server import Server, binary, expect, problem
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")


class SecureServer(Server):
    """Its certificate lies where it may be replaced."""

    def __init__(self, folder, *options, environment=None):
        super().__init__(folder, *options, environment=environment)
        self.issuer = Issuer(self.folder)
        self.certificate, self.key = self.folder / "cert.pem", self.folder / "key.pem"
        self.show("first")
        self.options = ["--tls-cert", str(self.certificate), "--tls-key", str(self.key), *options]

    def start(self, *options, **how):
        super().start(*options, **how)
        self.session.verify = str(self.issuer.authority)
        return self

    def show(self, name):
        """Puts a new pair in the place of the one before, as those who renew certificates do."""
        for new, place in zip(self.issuer.issue(name), (self.certificate, self.key)):
            shutil.copy(new, f"{place}.new")
            os.replace(f"{place}.new", place)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    @property
    def trust(self):
        return ssl.create_default_context(cafile=str(self.issuer.authority))

    def connect(self, context=None):
        return (context or self.trust).wrap_socket(
            socket.create_connection(("127.0.0.1", self.port), timeout=30), server_hostname="localhost")

    @property
    def shown(self):
        """The name of the certificate that a new connection sees."""
        with self.connect() as connection:
            return dict(part[0] for part in connection.getpeercert()["subject"])["commonName"]

    def log_until(self, words, within=30):
        deadline = time.monotonic() + within
        while words not in self.printed():
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.05)

    def watch(self, job):
        return connect(f"{self.websocket_url}/api/jobs/{job['id']}/progress", ssl=self.trust, proxy=None)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = SecureServer(tmp_path_factory.mktemp("secure"), "--allowed-host", "kv.example.com").start()
    yield server
    assert server.terminate() == 0, server.printed()


@pytest.fixture
def own_server(tmp_path):
    server = SecureServer(tmp_path).start()
    yield server
    assert server.terminate() == 0, server.printed()


def follow(watched):
    messages = []
    try:
        while True:
            messages.append(json.loads(watched.recv(timeout=60)))
    except ConnectionClosed as closed:
        return messages, closed.rcvd.code if closed.rcvd else None


def test_everything_works_by_https(server, namespace):
    assert server.url.startswith("https://127.0.0.1:")
    namespace.put("a/b ?é", b"\0\xff")
    assert namespace.bytes("a/b ?é") == b"\0\xff"
    large = os.urandom(25 << 20)
    expect(server.api("PUT", namespace.value("large"), data=large), 200, 201)
    assert namespace.bytes("large") == large


def test_progress_comes_by_wss(server):
    namespace = server.namespace().fill(60_000)
    job = server.start_job(namespace.job("copy", target=server.namespace().as_target()))
    with server.watch(job) as watched:
        messages, code = follow(watched)
    assert code == 1000 and len(messages) >= 3 and messages[-1]["type"] == "finished"
    assert messages[-1]["job"]["state"] == "completed"


def test_verify_trusts_the_issuer_that_it_is_told_of(server):
    kv = CommandLine("--server", server.url)
    authority = str(server.issuer.authority)
    report = kv("verify", "--watch", "0", "--output", "json", "--ca-cert", authority).json
    assert report["passed"], [check for check in report["checks"] if not check["passed"]]
    by_environment = CommandLine("--server", server.url, environment={"KV_MANAGER_CA_CERT": authority})
    assert by_environment("stores").text
    refused = kv("stores", status=69)
    assert "--ca-cert" in refused.errors
    assert "not a PEM file" in kv("stores", "--ca-cert", binary(), status=1).errors


def test_another_issuer_and_another_name_are_not_trusted(server, tmp_path):
    other = Issuer(tmp_path)
    kv = CommandLine("--server", server.url)
    assert "--ca-cert" in kv("stores", "--ca-cert", str(other.authority), status=69).errors
    certificate, key = other.issue("elsewhere", "subjectAltName=DNS:elsewhere.example.com")
    elsewhere = Server(tmp_path, "--tls-cert", str(certificate), "--tls-key", str(key)).start()
    try:
        refused = CommandLine("--server", elsewhere.url)("stores", "--ca-cert", str(other.authority), status=69)
        assert "certificate" in refused.errors
    finally:
        elsewhere.terminate()


@pytest.mark.parametrize("version, is_taken", [
    (ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_takes_tls_from_1_2_on(server, version, is_taken):
    context = server.trust
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    if is_taken:
        with server.connect(context) as connection:
            assert connection.selected_alpn_protocol() == "http/1.1"
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            server.connect(context)


def test_tells_browsers_to_come_by_https_where_the_name_is_its_own(server):
    def told(host):
        return server.api("GET", "/healthz", headers={"Host": host}).headers.get("Strict-Transport-Security")

    assert told(f"kv.example.com:{server.port}") == "max-age=31536000"
    assert told("localhost") is None and told(f"127.0.0.1:{server.port}") is None


def test_a_page_that_came_by_http_is_another_origin(server):
    def answer(scheme):
        return server.api("POST", "/api/stores/local/namespaces", json={}, headers={
            "Host": "kv.example.com", "Origin": f"{scheme}://kv.example.com"})

    problem(answer("http"), 403, "forbidden_origin")
    assert answer("https").status_code == 400


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x00" * 500, os.urandom(5_000), b"\x16\x03\x01\xff\xff"])
def test_what_is_no_tls_is_closed_and_disturbs_nobody(server, said):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(said)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
        assert b"HTTP/" not in received
    server.get("/healthz")


def test_handshakes_that_do_not_end_are_cut_off(server):
    begin = time.monotonic()
    half = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(50)]
    for connection in half[25:]:
        connection.sendall(b"\x16\x03\x01\x02\x00")
    server.get("/healthz")
    for connection in half:
        try:
            while connection.recv(1024):
                pass
        except ConnectionResetError:
            pass
        connection.close()
    assert 5 < time.monotonic() - begin < 20


def test_clients_that_vanish_are_no_errors(server, namespace):
    before = server.printed().count('"error"')
    for _ in range(3):
        connection = server.connect()
        connection.sendall(f"PUT {namespace.value('half')} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nhalf".encode())
        connection.close()
    server.get("/healthz")
    assert server.printed().count('"error"') == before, server.printed()


def test_a_new_certificate_is_shown_while_what_is_there_goes_on(own_server):
    server = own_server
    namespace = server.namespace().fill(60_000)
    old = server.connect()
    job = server.start_job(namespace.job("copy", target=server.namespace().as_target()))
    with server.watch(job) as watched:
        assert json.loads(watched.recv(timeout=10))["type"] == "progress"
        server.show("second")
        server.hang_up()
        server.log_until("New connections are shown the new certificate")
        assert server.shown == "second"
        messages, code = follow(watched)
    assert code == 1000 and messages[-1]["job"]["state"] == "completed"
    old.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert old.recv(4096).startswith(b"HTTP/1.1 200")
    old.close()


def test_a_new_certificate_is_seen_without_a_word(own_server):
    own_server.show("second")
    own_server.log_until("New connections are shown the new certificate")
    assert own_server.shown == "second"


@pytest.mark.parametrize("damage", ["garbage", "another key", "gone"])
def test_a_bad_certificate_changes_nothing_and_is_told_once(own_server, damage, tmp_path_factory):
    server = own_server
    if damage == "garbage":
        server.certificate.write_text("-----BEGIN CERTIFICATE-----\nno\n")
    elif damage == "another key":
        shutil.copy(server.issuer.issue("other")[1], server.key)
    else:
        server.key.unlink()
    server.hang_up()
    server.log_until("cannot be used")
    assert server.shown == "first"
    # Beyond the next look of its own.
    with pytest.raises(AssertionError):
        server.log_until("New connections", within=12)
    assert server.printed().count("cannot be used") == 1
    assert "PRIVATE" not in server.printed()
    server.show("second")
    server.hang_up()
    server.log_until("New connections are shown the new certificate")
    assert server.shown == "second"


def test_commands_on_the_folder_need_not_trust_the_certificate(server, namespace):
    kv = CommandLine("--data", str(server.data))
    kv("key", "put", "-n", namespace.id, "k", "v")
    assert kv("key", "get", "-n", namespace.id, "k").text.startswith("v")
    assert namespace.read("k")["value"] == "v"
    assert kv("jobs", "list", "--output", "json")
    assert kv("backup", "create").text


def test_below_a_base_path_the_door_of_commands_is_there_too(tmp_path):
    server = SecureServer(tmp_path, "--base-path", "/kv").start()
    try:
        address, door, _ = (server.data / "lock").read_text().split("\n")
        assert address == server.url and address.endswith("/kv") and door.endswith("/kv")
        assert "local" in CommandLine("--data", str(server.data))("stores").text
        assert server.get("/healthz")
    finally:
        assert server.terminate() == 0, server.printed()


def test_the_door_of_commands_is_for_those_that_know_its_key(server):
    lock = server.data / "lock"
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    address, door, key = lock.read_text().split("\n")
    assert address == server.url and re.fullmatch(r"http://127\.0\.0\.1:\d+", door) and len(key) > 20
    for headers in ({}, {"X-Command-Key": ""}, {"X-Command-Key": "x" * len(key)}):
        for path in ("/api/stores", "/", "/healthz", "/client/v4/accounts"):
            answer = requests.get(door + path, headers=headers, timeout=10)
            assert answer.status_code == 403 and answer.headers.get("Strict-Transport-Security") is None
    assert requests.get(door + "/api/stores", headers={"X-Command-Key": key}, timeout=10).status_code == 200
    assert server.get("/healthz"), "people's door asks for no key"


def test_a_restored_folder_is_told_of_the_address_of_people(server, tmp_path):
    (tmp_path / "manifest.json").touch()
    refused = CommandLine()("backup", "restore", str(tmp_path), "--yes", "--data", str(server.data), status=1)
    assert server.url in refused.errors


@pytest.mark.parametrize("options, said", [
    (["--tls-cert", "{cert}"], "--tls-key"), (["--tls-key", "{key}"], "--tls-cert"),
    (["--tls-cert", "/not/there", "--tls-key", "{key}"], "/not/there"),
    (["--tls-cert", "{cert}", "--tls-key", "/not/there"], "/not/there"),
    (["--tls-cert", "{key}", "--tls-key", "{key}"], "certificate"),
    (["--tls-cert", "{cert}", "--tls-key", "{cert}"], "key"),
    (["--tls-cert", "{cert}", "--tls-key", "{other}"], "not the one"),
])
def test_says_what_is_wrong_with_a_pair(tmp_path, options, said):
    issuer = Issuer(tmp_path)
    (cert, key), (_, other) = issuer.issue("one"), issuer.issue("two")
    options = [word.format(cert=cert, key=key, other=other) for word in options]
    for command in (["serve", "--port", "0", "--data", str(tmp_path / "data")], ["config", "check"]):
        done = subprocess.run([binary(), *command, *options], capture_output=True, text=True, timeout=60,
                              env={"HOME": str(tmp_path)})
        assert done.returncode == 1 and said in done.stderr and "Fatal" not in done.stderr, done.stderr
        assert done.stdout == ""


def test_a_chain_and_the_file_of_the_configuration(tmp_path):
    issuer = Issuer(tmp_path)
    cert, key = issuer.issue("chained")
    cert.write_text(cert.read_text() + issuer.authority.read_text())
    (tmp_path / "kv.yaml").write_text(f"tlsCert: {cert}\ntlsKey: {key}\n")
    checked = CommandLine(environment={"HOME": str(tmp_path)})("config", "check", "--config", str(tmp_path / "kv.yaml"))
    assert "https://127.0.0.1:8787" in checked.text
    server = Server(tmp_path, "--config", str(tmp_path / "kv.yaml")).start()
    try:
        assert requests.get(server.url + "/healthz", verify=str(issuer.authority), timeout=10).status_code == 200
    finally:
        assert server.terminate() == 0


def openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, text=True).stdout


KINDS = {
    "RSA": ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "RSA, traditional": ["genrsa", "-traditional", "2048"],
    "P-256 with its parameters": ["ecparam", "-genkey", "-name", "prime256v1"], "P-384, traditional": ["ecparam", "-genkey", "-noout", "-name", "secp384r1"],
    "P-521": ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "Ed25519": ["genpkey", "-algorithm", "ed25519"]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["as it is", "in one file", "with text", "in long lines", "in short lines", "with CRLF"])
def test_a_pair_of_any_kind_is_read_as_other_programs_write_it(tmp_path, kind, form):
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    key.write_text(openssl(*KINDS[kind]))
    openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=localhost", "-days", "2", "-out", cert)
    if form == "with text":
        cert.write_text("Bag Attributes\n    localKeyID: 01\nsubject=CN = localhost\n" + openssl("x509", "-in", cert, "-text"))
        key.write_text("Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n" + key.read_text())
    elif form == "in one file":
        for file, text in ((key, key.read_text() + cert.read_text()), (cert, cert.read_text() + key.read_text())):
            file.write_text(text)
    elif "lines" in form:
        for file in (key, cert):
            file.write_text(wrapped(file.read_text(), 76 if form == "in long lines" else 60))
    elif form == "with CRLF":
        for file in (key, cert):
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    kv = CommandLine(environment={"HOME": str(tmp_path)})
    kv("config", "check", "--tls-cert", str(cert), "--tls-key", str(key))


def wrapped(text, width):
    """PEM blocks with lines of another length."""
    def block(match):
        body = match[2].replace("\n", "")
        return match[1] + "".join(body[at:at + width] + "\n" for at in range(0, len(body), width)) + match[3]

    return re.sub(r"(-----BEGIN [^-]+-----\n)([^-]+)(-----END)", block, text)


@pytest.mark.parametrize("kind", ["RSA, traditional", "P-256 with its parameters", "P-521", "Ed25519"])
def test_a_certificate_of_any_kind_is_shown(tmp_path, kind):
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    key.write_text(openssl(*KINDS[kind]))
    openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-out", cert)
    server = Server(tmp_path, "--tls-cert", str(cert), "--tls-key", str(key)).start()
    try:
        with ssl.create_default_context(cafile=str(cert)).wrap_socket(
                socket.create_connection(("127.0.0.1", server.port), timeout=30), server_hostname="localhost") as connection:
            assert connection.getpeercert(binary_form=True) == ssl.PEM_cert_to_DER_cert(cert.read_text())
    finally:
        assert server.terminate() == 0


@pytest.mark.parametrize("is_ignored", [False, True])
def test_ends_with_its_terminal_unless_told_not_to(own_server, is_ignored):
    """SIGHUP says that, too; under nohup it is to go on."""
    own_server.terminate()
    command = [binary(), "serve", "--port", "0", "--data", str(own_server.data), *own_server.options]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(own_server.folder)
        signal.signal(signal.SIGHUP, signal.SIG_IGN if is_ignored else signal.SIG_DFL)
        os.execv(command[0], command)
    said = b""
    while b"is ready at" not in said:
        said += os.read(terminal, 4096)
    os.kill(child, signal.SIGHUP)
    deadline = time.monotonic() + 30
    while (own_server.data / "lock").read_text().strip() == "":
        assert time.monotonic() < deadline, "nobody announces the folder"
        time.sleep(0.05)
    kv = CommandLine("--data", str(own_server.data))
    assert kv("stores").text, "the terminal is there: nothing ends"
    os.close(terminal)
    if is_ignored:
        # Whatever it would have done, it had the time to.
        assert kv("stores").text and os.waitpid(child, os.WNOHANG) == (0, 0)
        os.kill(child, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    own_server.start()


def test_ends_in_time_with_connections_about(own_server):
    connections = [own_server.connect() for _ in range(5)]
    connections.append(socket.create_connection(("127.0.0.1", own_server.port)))
    assert own_server.terminate(within=10) == 0
    for connection in connections:
        connection.close()
