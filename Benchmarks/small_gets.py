"""Reads of one small value over HTTP, beside nginx serving a file of that size."""
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import urllib.request

from program import Program
from report import Row, megabytes

VALUE = b"v" * 100
CONNECTIONS = 32


def small_gets(bench):
    ours, theirs, peaks = [], [], []
    folder = bench.folder / "small"
    with Nginx(bench.folder / "nginx") as nginx:
        for run in range(bench.runs):
            theirs.append(load(bench, nginx.url))
            shutil.rmtree(folder, ignore_errors=True)
            with Program(folder) as program:
                path = f"/api/stores/local/namespaces/{program.namespace('small')}/values/key"
                program.request("PUT", path, VALUE)
                assert program.request("GET", path) == VALUE
                ours.append(load(bench, program.url + path))
                peaks.append(program.peak())
            bench.note(f"small reads, run {run + 1}: {ours[-1]:,.0f}/s, nginx {theirs[-1]:,.0f}/s")
    ratio = statistics.median(ours) / statistics.median(theirs)
    return Row(f"reads of one value of {len(VALUE)} bytes, {CONNECTIONS} connections", f"{statistics.median(ours):,.0f}/s",
               f"{statistics.median(theirs):,.0f}/s (nginx, a file)", f"{ratio:.2f} ×", "≥ 0.33 ×", megabytes(max(peaks)),
               ratio >= 1 / 3, {"ours": ours, "reference": theirs})


def load(bench, url):
    """Requests a second, as wrk counts them with connections kept alive."""
    output = subprocess.run(["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{bench.seconds}s", url],
                            capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output and "Socket errors" not in output, output
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))


class Nginx:
    """nginx in a folder of its own on a free port, as quick as its plain configuration is."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "site").mkdir(parents=True)
        (self.folder / "site/value").write_bytes(VALUE)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (self.folder / "nginx.conf").write_text(f"""
            {"user root;" if os.getuid() == 0 else ""}
            worker_processes auto; daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
                client_body_temp_path {self.folder}/t1; proxy_temp_path {self.folder}/t2; fastcgi_temp_path {self.folder}/t3;
                uwsgi_temp_path {self.folder}/t4; scgi_temp_path {self.folder}/t5;
                server {{ listen 127.0.0.1:{port}; root {self.folder}/site; }}
            }}""")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen([program, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"])
        self.url = f"http://127.0.0.1:{port}/value"
        for _ in range(500):
            try:
                with urllib.request.urlopen(self.url, timeout=1) as answer:
                    assert answer.read() == VALUE
                return self
            except OSError:
                try:
                    self.process.wait(timeout=0.02)
                except subprocess.TimeoutExpired:
                    continue
                break
        raise SystemExit(f"nginx did not start; see {self.folder}/error.log")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
