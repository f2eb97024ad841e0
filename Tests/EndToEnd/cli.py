"""The command line as its users run it: the real program, with what it reads and prints as bytes."""
import dataclasses
import json
import os
import subprocess

from server import binary


@dataclasses.dataclass
class Run:
    status: int
    output: bytes
    errors: str

    @property
    def text(self):
        return self.output.decode()

    @property
    def json(self):
        return json.loads(self.output)

    @property
    def lines(self):
        """NDJSON."""
        return [json.loads(line) for line in self.output.splitlines()]


class CommandLine:
    """Commands against one server, or one data folder."""

    def __init__(self, *where, environment=None):
        self.where, self.environment = where, environment or {}

    def __call__(self, *words, status=0, input=b"", where=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KV_MANAGER_")} | self.environment
        where = self.where if where is None else where
        split = len(words) if "--" not in words else words.index("--")
        done = subprocess.run([binary(), *words[:split], *where, *words[split:]], input=input, capture_output=True,
                              env=environment, timeout=120)
        run = Run(done.returncode, done.stdout, done.stderr.decode())
        assert run.status == status, f"{words}: {run.status}, not {status}\n{run.text}\n{run.errors}"
        return run


def against(server):
    return CommandLine("--server", server.url)


def in_new_folder(path, *options):
    """Commands on a data folder that this creates, because they create none that is named."""
    path.mkdir(mode=0o700, parents=True)
    return CommandLine("--data", str(path), *options)
