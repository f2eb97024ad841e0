"""What stands in deploy/: the proxies carry everything, WebSockets and odd keys too, and the unit is one that systemd takes."""
import base64
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

import pytest
import requests
from certificates import Issuer
from cli import CommandLine
from server import ROOT, binary

DEPLOY = ROOT / "deploy"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


USER, PASSWORD = "operator", "correct horse"


class Proxy:
    """A server behind a proxy that is set up by the example, but for names, ports and places of files."""

    def __init__(self, name, server, base, folder):
        self.server, self.base, self.folder, self.port = server, base, folder, free_port()
        self.program = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.program:
            pytest.skip(f"there is no {name}")
        self.issuer = Issuer(folder)
        self.command = self.nginx() if name == "nginx" else self.caddy()
        said = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.kv = CommandLine("--server", self.url + base, environment={
            "KV_MANAGER_CA_CERT": str(self.issuer.authority), "KV_MANAGER_SERVER_HEADERS": f"Authorization: Basic {said}"})

    def nginx(self):
        self.url = f"https://localhost:{self.port}"
        certificate, key = self.issuer.issue("proxy")
        hashed = subprocess.run(["openssl", "passwd", "-6", PASSWORD], capture_output=True, text=True, check=True).stdout
        (self.folder / "users").write_text(f"{USER}:{hashed}")
        changes = {"listen 80;": f"listen 127.0.0.1:{free_port()};", "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
                   "/etc/nginx/kv-manager.users": self.folder / "users", "/etc/nginx/kv-manager.pem": certificate, "/etc/nginx/kv-manager.key": key,
                   "location / {": f"location {self.base}/ {{"}
        self.write("nginx.conf", "kv.conf", changes)
        paths = "\n".join(f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"{'user root; ' if os.getuid() == 0 else ''}daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;\nevents {{}}\n"
            f"http {{ access_log off; {paths}\ninclude {self.folder}/kv.conf; }}\n")
        return [self.program, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"]

    def caddy(self):
        self.url = f"http://localhost:{self.port}"
        hashed = subprocess.run([self.program, "hash-password", "--plaintext", PASSWORD], capture_output=True, text=True, check=True).stdout
        changes = {"kv.example.com {": f"{self.url} {{", "HASH": hashed.strip()}
        if self.base:
            changes["\thandle {"] = f"\thandle {self.base}* {{"
        self.write("Caddyfile", "Caddyfile", changes)
        text = (self.folder / "Caddyfile").read_text()
        (self.folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
        return [self.program, "run", "--config", self.folder / "Caddyfile"]

    def write(self, example, name, changes):
        """The example with what its readers have to put in. Each is there, once but for the name."""
        text = (DEPLOY / example).read_text()
        for before, after in changes.items():
            assert text.count(before) == 1, before
            text = text.replace(before, str(after))
        text = text.replace("kv.example.com", "localhost").replace("127.0.0.1:8787", f"127.0.0.1:{self.server.port}")
        (self.folder / name).write_text(text)

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        env=os.environ | {"HOME": str(self.folder)})
        deadline = time.monotonic() + 30
        while not listens(self.port):
            assert self.process.poll() is None and time.monotonic() < deadline, self.process.stderr.read().decode()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=15)


@pytest.fixture(params=[("nginx", ""), ("nginx", "/kv"), ("caddy", ""), ("caddy", "/kv")], ids="".join)
def proxy(request, start, tmp_path):
    name, base = request.param
    with Proxy(name, start("--base-path", base or "/"), base, tmp_path) as proxy:
        yield proxy


def test_nobody_gets_through_the_proxies_without_the_password(proxy):
    for path in ("/", "/api/stores", "/metrics", "/client/v4/user"):
        answer = requests.get(proxy.url + proxy.base + path, verify=proxy.issuer.authority, timeout=20)
        assert answer.status_code == 401, path


def test_everything_goes_through_the_proxies(proxy):
    report = proxy.kv("verify", "--watch", "0", "--output", "json").json
    assert report["passed"], [check for check in report["checks"] if not check["passed"]]


def test_a_large_import_and_its_export_go_through_the_proxies(proxy):
    proxy.kv("namespace", "create", "large")
    data = b"".join(b'{"key":"k%06d","value":"%s"}\n' % (n, b"x" * 200) for n in range(20_000))
    proxy.kv("import", "-n", "large", "-", input=data)
    assert len(proxy.kv("export", "-n", "large", "--all").output.splitlines()) == 20_000


def test_systemd_takes_the_unit_and_finds_it_well_confined(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    unit = tmp_path / "kv-manager.service"
    unit.write_text((DEPLOY / "kv-manager.service").read_text().replace("/usr/local/bin/kv-manager", binary()))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    judged = subprocess.run(["systemd-analyze", "security", "--offline=yes", unit], capture_output=True, text=True).stdout
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", judged)[1]) < 2.5


def test_what_the_image_is_built_from_is_all_there():
    if not shutil.which("swift"):
        pytest.skip("there is no swift")
    told = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    left_out = {line.strip("/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    for target in json.loads(told)["targets"]:
        usual = "Tests" if target["type"] == "test" else "Sources"
        path = pathlib.Path(target.get("path") or f"{usual}/{target['name']}")
        assert not left_out & {str(path), *map(str, path.parents)}, path


def test_the_image_brings_what_the_program_needs():
    """Building it takes an engine for containers. Without one: what it names is what the program links, and it does not run as root."""
    text = (ROOT / "Dockerfile").read_text()
    libraries = (ROOT / "script/lib/swift.sh").read_text()
    assert all(name in libraries for name in ("libsqlite3-dev", "zlib1g-dev")) and "libsqlite3-dev zlib1g-dev" in text
    last = text[text.rindex("\nFROM "):]
    assert "USER 65532:65532" in last and 'ENTRYPOINT ["kv-manager"]' in last
    linked = subprocess.run(["ldd", binary()], capture_output=True, text=True).stdout
    assert "libsqlite3.so.0" in linked and "libz.so.1" in linked
