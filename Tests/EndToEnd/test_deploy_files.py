"""What stands in deploy/: the proxies carry everything, WebSockets and odd keys too, and the unit is one that systemd takes."""
import os
import re
import shutil
import socket
import subprocess
import time

import pytest
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


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request, server, tmp_path):
    """The address of the server behind a proxy that is set up by the example, but for names and ports."""
    program = shutil.which(request.param, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not program:
        pytest.skip(f"there is no {request.param}")
    port = free_port()
    if request.param == "nginx":
        example = (DEPLOY / "nginx.conf").read_text()
        example = example.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("kv.example.com", "localhost")
        (tmp_path / "kv.conf").write_text(example.replace("127.0.0.1:8787", f"127.0.0.1:{server.port}"))
        paths = "\n".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (tmp_path / "nginx.conf").write_text(
            f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\n"
            f"http {{ access_log off; {paths}\ninclude {tmp_path}/kv.conf; }}\n")
        command = [program, "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"]
    else:
        example = (DEPLOY / "Caddyfile").read_text().replace("kv.example.com {", f"http://localhost:{port} {{")
        (tmp_path / "Caddyfile").write_text(
            "{\n\tadmin off\n}\n" + re.sub(r"127\.0\.0\.1:8787", f"127.0.0.1:{server.port}", example))
        command = [program, "run", "--config", tmp_path / "Caddyfile"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | {"HOME": str(tmp_path)})
    deadline = time.monotonic() + 30
    while not listens(port):
        assert running.poll() is None and time.monotonic() < deadline, running.stderr.read().decode()
    yield f"http://localhost:{port}"
    running.terminate()
    running.wait(timeout=15)


def test_everything_goes_through_the_proxies(proxy):
    report = CommandLine("--server", proxy)("verify", "--watch", "0", "--output", "json").json
    assert report["passed"], [check for check in report["checks"] if not check["passed"]]


def test_a_large_import_and_its_export_go_through_the_proxies(proxy, server):
    space = server.namespace()
    data = b"".join(b'{"key":"k%06d","value":"%s"}\n' % (n, b"x" * 200) for n in range(20_000))
    kv = CommandLine("--server", proxy)
    kv("import", "-n", space.id, "-", input=data)
    assert len(kv("export", "-n", space.id, "--all").output.splitlines()) == 20_000


def test_systemd_takes_the_unit_and_finds_it_well_confined(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    unit = tmp_path / "kv-manager.service"
    unit.write_text((DEPLOY / "kv-manager.service").read_text().replace("/usr/local/bin/kv-manager", binary()))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    judged = subprocess.run(["systemd-analyze", "security", "--offline=yes", unit], capture_output=True, text=True).stdout
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", judged)[1]) < 2.5


def test_the_image_brings_what_the_program_needs():
    """Building it takes an engine for containers. Without one: what it names is what the program links, and it does not run as root."""
    text = (ROOT / "Dockerfile").read_text()
    libraries = (ROOT / "script/lib/swift.sh").read_text()
    assert all(name in libraries for name in ("libsqlite3-dev", "zlib1g-dev")) and "libsqlite3-dev zlib1g-dev" in text
    last = text[text.rindex("\nFROM "):]
    assert "USER 65532:65532" in last and 'ENTRYPOINT ["kv-manager"]' in last
    linked = subprocess.run(["ldd", binary()], capture_output=True, text=True).stdout
    assert "libsqlite3.so.0" in linked and "libz.so.1" in linked
