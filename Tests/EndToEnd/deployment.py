"""Versions beside each other: other versions of this program, and a supervisor that runs the active one."""
import http.server
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import threading

from cli import CommandLine
from server import Server, binary

MARK = b"KV Manager version "


def other_version(version, folder):
    """This very program under another version."""
    program = pathlib.Path(binary()).read_bytes()
    own = subprocess.run([binary(), "--version"], capture_output=True, check=True, text=True).stdout.strip()
    assert program.count(MARK + own.encode()) == 1 and len(own) == len(version)
    path = folder / f"kv-manager-{version}"
    path.write_bytes(program.replace(MARK + own.encode(), MARK + version.encode()))
    path.chmod(0o755)
    return path


def changed(program, folder, **commands):
    """The program, but for those of its commands that are a shell script instead."""
    cases = "".join(f"{name}) {script} ;;\n" for name, script in commands.items())
    path = folder / f"changed-{len(list(folder.iterdir()))}"
    path.write_text(f'#!/bin/sh\nprogram={shlex.quote(str(program))}\ncase "$1" in\n{cases}esac\nexec "$program" "$@"\n')
    path.chmod(0o755)
    return path


class Supervisor:
    """Runs a command for as long as it is wanted, again when it ends, and is told by HTTP."""

    def __init__(self, command, folder):
        self.command, self.log = command, open(folder / "log", "ab")
        self.process, self.wanted, self.lock = None, threading.Event(), threading.Lock()
        self.ended = threading.Event()
        supervisor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                {"/start": supervisor.start, "/stop": supervisor.stop}[self.path]()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.ended.is_set():
            if not self.wanted.wait(0.1):
                continue
            with self.lock:
                if not self.wanted.is_set():
                    continue
                self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log)
            self.process.wait()
            self.ended.wait(0.1)

    def start(self):
        self.wanted.set()

    def stop(self):
        with self.lock:
            self.wanted.clear()
            if self.process and self.process.poll() is None:
                self.process.terminate()

    def hooks(self):
        tell = f"{sys.executable} -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])'"
        address = f"http://127.0.0.1:{self.server.server_port}"
        return ["--start", f"{tell} {address}/start", "--stop", f"{tell} {address}/stop"]

    def close(self):
        self.ended.set()
        self.stop()
        if self.process:
            self.process.wait(30)
        self.thread.join(30)
        self.server.shutdown()
        self.log.close()


class Deployment:
    """A root with versions, a data folder, and a supervisor that runs the active one."""

    def __init__(self, folder):
        self.folder, self.root = folder, folder / "root"
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        # Speaks to whatever the supervisor runs.
        self.server = Server(folder)
        self.server.url = f"http://127.0.0.1:{port}"
        for new in (self.root, self.server.data):
            new.mkdir(mode=0o700, exist_ok=True)
        self.supervisor = Supervisor(
            [str(self.root / "current/kv-manager"), "serve", "--port", str(port), "--data", str(self.server.data)], folder)

    def release(self, *words, status=0):
        switches = words[0] in ("activate", "rollback")
        where = ["--data", str(self.server.data), "--watch", "0", *self.supervisor.hooks()] if switches else []
        return CommandLine("--root", str(self.root), *where)("release", *words, status=status)

    @property
    def version(self):
        return self.server.get("/api/version")["version"]

    @property
    def linked(self):
        return os.readlink(self.root / "current")


def own_version():
    return CommandLine()("--version").text.strip()
