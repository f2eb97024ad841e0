"""Real proxies before a server, in the foreground and on a free port: as Docs/proxies.md sets them up, or in any other way."""
import base64
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import textwrap
import time

import pytest
from certificates import Issuer
from cli import CommandLine
from server import ROOT

PROGRAMS = {"nginx": "nginx", "Caddy": "caddy", "HAProxy": "haproxy", "Apache": "apache2"}
USER, PASSWORD = "operator", "correct horse"
# Those that Debian enables, and those that Docs/proxies.md has enabled.
MODULES = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "deflate", "env", "filter", "reqtimeout",
           "socache_shmcb", "ssl", "proxy", "proxy_http"]


def documented(name):
    """The configuration in the section of this name."""
    text = (ROOT / "Docs/proxies.md").read_text()
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.S | re.M)[1]
    return re.search(r"^```[a-z]*\n(.*?)^```$", section, re.S | re.M)[1]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Proxy:
    """A proxy with a configuration, which names `PORT` and `SERVER` where those belong."""

    def __init__(self, name, server, text, url="http://localhost"):
        self.name, self.port = name, free_port()
        self.program = shutil.which(PROGRAMS[name], path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.program:
            pytest.skip(f"{name} is not installed: there is no program {PROGRAMS[name]}")
        self.url = f"{url}:{self.port}"
        self.text = textwrap.dedent(text.rstrip(" ")).replace("PORT", str(self.port)).replace("SERVER", f"127.0.0.1:{server.port}")
        self.kv = CommandLine("--server", self.url)

    def __enter__(self):
        # Apache's processes run as another user, who cannot read the folders of a test of root.
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.folder.chmod(0o755)
        self.prepare()
        command = getattr(self, self.name.lower())()
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"HOME": str(self.folder)})
        deadline = time.monotonic() + 30
        while not listens(self.port):
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=15)
        shutil.rmtree(self.folder)

    def prepare(self):
        """Brings the files that the configuration names."""

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    # MARK: what surrounds the configuration

    def nginx(self):
        own = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.getuid() == 0 else ""
        path = self.write("nginx.conf", f"{user} daemon off; pid {self.folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{own}gzip on;\n{self.text}\n}}\n")
        return [self.program, "-p", self.folder, "-c", path, "-e", "stderr"]

    def caddy(self):
        isolated = "\tadmin off\n\tauto_https disable_redirects\n"
        own = self.text.replace("{\n", "{\n" + isolated, 1) if self.text.startswith("{\n") else f"{{\n{isolated}}}\n{self.text}"
        return [self.program, "run", "--config", self.write("Caddyfile", own)]

    def haproxy(self):
        text = self.text if os.getuid() == 0 else re.sub(r"(?m)^\s+(user|group)\s+haproxy$", "", self.text)
        return [self.program, "-db", "-f", self.write("haproxy.cfg", text)]

    def apache(self):
        modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES)
        own = (f"ServerRoot {self.folder}\nPidFile {self.folder}/pid\nErrorLog /dev/stderr\nServerName localhost\nListen 127.0.0.1:{self.port}\n"
               "User #65534\nGroup #65534\nAddOutputFilterByType DEFLATE text/html text/plain text/xml text/css text/javascript\n")
        return [self.program, "-DFOREGROUND", "-f", self.write("apache2.conf", modules + own + self.text)]


class DocumentedProxy(Proxy):
    """A proxy as Docs/proxies.md sets it up, but for names, ports and places of files. Each of these is there once, but for the name."""

    def __init__(self, name, server, base=""):
        text = documented(name)
        for before, after in getattr(self, f"changes_of_{name.lower()}")(base):
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        text = text.replace("kv.example.com", "localhost").replace("127.0.0.1:8787", "SERVER")
        super().__init__(name, server, text, "http://localhost" if name == "Caddy" else "https://localhost")
        self.base = base

    def changes_of_nginx(self, base):
        return [("listen 80;", f"listen 127.0.0.1:{free_port()};"), ("listen 443 ssl;", "listen 127.0.0.1:PORT ssl;"),
                ("/etc/nginx/kv-manager.users", "FOLDER/users"), ("/etc/nginx/kv-manager.pem", "FOLDER/proxy.pem"),
                ("/etc/nginx/kv-manager.key", "FOLDER/proxy.key"), ("location / {", f"location {base}/ {{")]

    def changes_of_caddy(self, base):
        # It would fetch a certificate for another name, and from its own authority for this one.
        below = [("\thandle {", f"\thandle {base}* {{")] if base else []
        return [("kv.example.com {", "http://localhost:PORT {"), ("HASH", "CADDY-HASH"), *below]

    def changes_of_haproxy(self, base):
        below = [("    default_backend kv_manager", f"    use_backend kv_manager if {{ path_beg {base}/ }}")] if base else []
        return [("bind :80", f"bind 127.0.0.1:{free_port()}"), ("bind :443 ssl", "bind 127.0.0.1:PORT ssl"), ("HASH", "CRYPT-HASH"),
                ("/etc/haproxy/kv-manager.pem", "FOLDER/both.pem"), *below]

    def changes_of_apache(self, base):
        plain = free_port()
        return [("<VirtualHost *:80>", f"Listen 127.0.0.1:{plain}\n<VirtualHost *:{plain}>"), ("<VirtualHost *:443>", "<VirtualHost *:PORT>"),
                ("/etc/apache2/kv-manager.users", "FOLDER/users"), ("/etc/apache2/kv-manager.pem", "FOLDER/proxy.pem"),
                ("/etc/apache2/kv-manager.key", "FOLDER/proxy.key"),
                ('ProxyPass "/" "http://127.0.0.1:8787/"', f'ProxyPass "{base}/" "http://127.0.0.1:8787{base}/"')]

    def prepare(self):
        self.issuer = Issuer(self.folder)
        certificate, key = self.issuer.issue("proxy")
        self.write("both.pem", certificate.read_text() + key.read_text())
        hashed = self.run("openssl", "passwd", "-6", PASSWORD)
        self.write("users", f"{USER}:{hashed}\n")
        if "CADDY-HASH" in self.text:
            self.text = self.text.replace("CADDY-HASH", self.run(self.program, "hash-password", "--plaintext", PASSWORD))
        self.text = self.text.replace("CRYPT-HASH", hashed).replace("FOLDER/proxy.pem", str(certificate)).replace(
            "FOLDER/proxy.key", str(key)).replace("FOLDER", str(self.folder))
        said = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.kv = CommandLine("--server", self.url + self.base, environment={
            "KV_MANAGER_CA_CERT": str(self.issuer.authority), "KV_MANAGER_SERVER_HEADERS": f"Authorization: Basic {said}"})

    @staticmethod
    def run(*command):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
