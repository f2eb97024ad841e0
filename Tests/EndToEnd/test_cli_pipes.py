"""Commands in pipes whose reader has seen enough: they end silently, and as other programs do."""
import os
import shlex
import signal
import subprocess
import uuid

import pytest

from cli import against, in_new_folder
from server import binary

KEYS = 20_000


@pytest.fixture(params=["server", "folder"])
def where(request, tmp_path):
    """Options of commands on a namespace of many keys, behind a server or in a folder."""
    if request.param == "server":
        kv = against(request.getfixturevalue("server"))
    else:
        kv = in_new_folder(tmp_path / "data")
    title = f"pipes {uuid.uuid4().hex}"
    kv("namespace", "create", title)
    kv("import", "-n", title, "-", input=b"".join(b'{"key":"k%06d","value":"%s"}\n' % (n, b"x" * 90) for n in range(KEYS)))
    kv("key", "put", "-n", title, "large", "--path", "-", input=b"x" * 5_000_000)
    return kv, title


def piped(kv, words, reader):
    """(status of the command, what the reader printed, what was said on standard error), as a shell sees it."""
    command = shlex.join([binary(), *words, *kv.where])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KV_MANAGER_")}
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command} | {reader}; echo \"${{PIPESTATUS[0]}}\" >&2"],
                          capture_output=True, env=environment, timeout=120)
    *said, status = done.stderr.decode().splitlines()
    return int(status), done.stdout, said


@pytest.mark.parametrize("words, reader", [
    (["key", "list"], "head -1"), (["key", "list", "--output", "ndjson"], "head -1"), (["key", "list", "--output", "json"], "head -c 10"),
    (["key", "list"], "true"), (["key", "get", "large"], "head -c 1"), (["export", "--all"], "head -1")])
def test_a_command_whose_reader_has_seen_enough_ends_silently(where, words, reader):
    kv, title = where
    status, _, said = piped(kv, [*words, "-n", title], reader)
    assert status == 128 + signal.SIGPIPE
    # An export says how its job goes on.
    assert words[0] == "export" or not said, said
    assert not [line for line in said if line.startswith("kv-manager: ") or "pipe" in line], said
    # Its end was an orderly one.
    assert len(kv("key", "list", "-n", title, "--output", "ndjson").lines) == KEYS + 1
    folder = dict(zip(kv.where, kv.where[1:])).get("--data")
    assert not folder or not [name for name in os.listdir(f"{folder}/stores") if name.endswith("-wal")]


def test_a_reader_that_takes_all_sees_no_difference(where):
    kv, title = where
    status, read, said = piped(kv, ["key", "list", "-n", title, "--output", "ndjson"], "wc -l")
    assert (status, int(read), said) == (0, KEYS + 1, [])


def test_other_faults_of_the_output_are_told(where):
    kv, title = where
    status, _, said = piped(kv, ["key", "list", "-n", title], "cat")
    assert status == 0 and not said
    command = shlex.join([binary(), "key", "list", "-n", title, *kv.where])
    for target, words in ((">/dev/full", "No space left"), (">&-", "")):
        done = subprocess.run(["bash", "-c", f"{command} {target}"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and done.stderr.startswith("kv-manager: Writing failed: ") and words in done.stderr
