"""The command line: bulk jobs, transfers, and what can be done with jobs."""
import gzip
import json
import os
import subprocess

import pytest
from cli import against, in_new_folder


@pytest.fixture(params=["server", "folder"])
def kv(request, tmp_path):
    if request.param == "server":
        return against(request.getfixturevalue("server"))
    return in_new_folder(tmp_path / "data")


@pytest.fixture
def space(kv):
    """The title of a namespace with entries that have all that entries can have."""
    title = f"cli-{os.urandom(6).hex()}"
    kv("namespace", "create", title)
    kv("import", "-n", title, "-", input=b"\n".join(
        json.dumps({"key": f"user:{n:03}", "value": f"v{n}", "metadata": {"n": n}, "expiration": 4_000_000_000 + n, "tags": ["t"]})
        .encode() for n in range(120)))
    return title


def keys(kv, title, *options):
    return kv("key", "list", "-n", title, *options, "--output", "ndjson").lines


def other(kv, title):
    kv("namespace", "create", f"{title}-other")
    return f"{title}-other"


# MARK: bulk

def test_a_copy_takes_all_that_belongs_to_a_key(kv, space):
    target = other(kv, space)
    run = kv("bulk", "copy", "-n", space, "--prefix", "user:00", "--to", target)
    assert run.errors.splitlines()[-1].startswith("completed: 10 keys done")
    assert keys(kv, target) == keys(kv, space, "--prefix", "user:00") != []


def test_a_deletion_is_planned_refused_done_and_undone(kv, space):
    before = keys(kv, space)
    assert "120" in kv("bulk", "delete", "-n", space, "--all", "--plan").text
    assert kv("bulk", "copy", "-n", space, "--all", "--to", other(kv, space), "--plan").text.startswith(
        f'Copy keys of "{space}" to "{space}-other"')
    assert kv("bulk", "delete", "-n", space, "--all", "--plan", "--output", "json").json["keys"] == 120
    assert "--yes" in kv("bulk", "delete", "-n", space, "--all", status=1).errors
    assert keys(kv, space) == before
    job = kv("bulk", "delete", "-n", space, "--all", "--yes", "--output", "json").json
    assert (job["state"], keys(kv, space)) == ("completed", [])
    kv("jobs", "undo", job["id"])
    assert keys(kv, space) == before


def test_keys_are_named_one_by_one_and_by_files(kv, space, tmp_path):
    kv("bulk", "delete", "-n", space, "--key", "user:000", "--key", "user:001", "--yes")
    file = tmp_path / "keys"
    file.write_text("user:002\nuser:003\n")
    kv("bulk", "delete", "-n", space, "--keys-from", str(file), "--yes")
    kv("bulk", "delete", "-n", space, "--keys-from", "-", "--yes", input=b"user:004")
    kv("bulk", "delete", "-n", space, "--keys-from", "-", "--keys-format", "ndjson", "--yes", input=b'{"key":"user:005","value":""}')
    assert keys(kv, space)[0]["name"] == "user:006"


def test_keys_move_are_renamed_expire_and_are_tagged(kv, space):
    target = other(kv, space)
    kv("bulk", "move", "-n", space, "--prefix", "user:11", "--to", target, "--yes")
    assert (len(keys(kv, space)), len(keys(kv, target))) == (110, 10)
    kv("bulk", "rename", "-n", target, "user:", "person:")
    kv("bulk", "expire", "-n", target, "--all", "--never")
    kv("bulk", "tag", "-n", target, "--key", "person:110", "--add", "x", "--remove", "t")
    kv("bulk", "tag", "-n", target, "--key", "person:111", "--clear")
    kv("bulk", "tag", "-n", target, "--prefix", "person:11", "--color", "green")
    kv("bulk", "tag", "-n", target, "--key", "person:112", "--color", "none")
    first, second, third, *_ = keys(kv, target)
    assert (first["name"], first["tags"], "expiration" in first) == ("person:110", ["x"], False)
    assert ("tags" in second, third["tags"]) == (False, ["t"])
    assert [first.get("color"), second.get("color"), third.get("color")] == ["green", "green", None]


def test_keys_that_cannot_be_done_are_another_exit_status_and_are_listed(kv, space):
    tags = [option for n in range(50) for option in ("--tag", f"t{n}")]
    kv("key", "put", "-n", space, "full", "v", *tags)
    options = ("bulk", "tag", "-n", space, "--key", "user:001", "--key", "full", "--add", "x")
    run = kv(*options, "--output", "json", status=2)
    job = run.json
    assert (job["state"], job["progress"]["failed"]) == ("incomplete", 1)
    failures = kv("jobs", "failures", job["id"], "--output", "ndjson").lines
    assert [(one["key"], one["code"]) for one in failures] == [("full", "invalid_tags")]
    words = kv(*options, status=2).errors
    assert "full: " in words and "kv-manager jobs retry" in words
    kv("bulk", "tag", "-n", space, "--key", "full", "--clear")
    kv("jobs", "retry", job["id"])
    assert [one["tags"] for one in keys(kv, space) if one["name"] == "full"] == [["x"]]


def test_a_job_that_fails_is_another_exit_status(kv, space):
    target = other(kv, space)
    kv("key", "put", "-n", target, "user:000", "mine")
    run = kv("bulk", "copy", "-n", space, "--all", "--to", target, "--collision", "fail", status=3)
    assert "failed: " in run.errors


@pytest.mark.parametrize("words", [[], ["--all", "--prefix", "x"], ["--prefix", ""], ["--key", "a", "--all"]])
def test_a_selection_is_said_once(kv, words):
    assert "Usage:" in kv("bulk", "delete", "-n", "any", *words, status=64).errors


# MARK: files

@pytest.mark.parametrize("name", ["all.ndjson", "all.json", "all.csv.gz", "all.wrangler", "all.ndjson.gz"])
def test_an_export_comes_back_the_same(kv, space, tmp_path, name):
    file, target = tmp_path / name, other(kv, space)
    kv("export", "-n", space, "--all", str(file))
    assert [one.name for one in tmp_path.glob("all*")] == [name]
    if name.endswith(".gz"):
        gzip.decompress(file.read_bytes())
    kv("import", "-n", target, str(file))
    # Tags are KV Manager's own, and go along where a format has a place for them.
    left = ("tags",) if "wrangler" in name or "csv" in name else ()
    assert [{k: v for k, v in one.items() if k not in left} for one in keys(kv, target)] == [
        {k: v for k, v in one.items() if k not in left} for one in keys(kv, space)]


def test_an_export_is_written_to_standard_output_and_nothing_else_is(kv, space):
    run = kv("export", "-n", space, "--prefix", "user:00")
    assert [line["key"] for line in run.lines] == [f"user:{n:03}" for n in range(10)]
    run = kv("export", "-n", space, "--prefix", "user:00", "--output", "json")
    assert len(run.lines) == 10


def test_named_keys_are_read_together(kv, space):
    run = kv("bulk", "get", "-n", space, "-", input=b"user:003\nuser:001\n")
    assert {line["key"]: line["value"] for line in run.lines} == {"user:001": "v1", "user:003": "v3"}


def test_bad_lines_are_failures_and_a_file_that_is_none_is_refused(kv, space):
    run = kv("bulk", "put", "-n", space, "-", input=b'{"key":"good","value":"1"}\n{"key":"bad"\n', status=2)
    assert "line 2" in run.errors
    assert kv("key", "get", "-n", space, "good").output == b"1"
    assert "not known" in kv("import", "-n", space, "-", input=b"\x00\x01", status=1).errors
    assert "No such file" in kv("import", "-n", space, "/not/there", status=1).errors
    assert "folder" in kv("import", "-n", space, "/", status=1).errors


def test_a_file_that_cannot_be_written_leaves_nothing(kv, space, tmp_path):
    (tmp_path / "taken").mkdir()
    assert "cannot be written" in kv("export", "-n", space, "--all", str(tmp_path / "taken"), status=1).errors
    assert [one.name for one in tmp_path.iterdir() if one.name != "data"] == ["taken"]


def test_an_export_goes_into_a_pipe_and_through_a_link(server, tmp_path):
    kv, space = against(server), server.namespace().fill(10)
    pipe, file, link = tmp_path / "pipe", tmp_path / "file", tmp_path / "link"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        kv("export", "-n", space.id, "--all", str(pipe))
        assert len(reader.stdout.read().splitlines()) == 10
    assert pipe.is_fifo()
    file.write_text("before")
    link.symlink_to(file)
    kv("export", "-n", space.id, "--all", str(link))
    assert link.is_symlink() and len(file.read_bytes().splitlines()) == 10


def test_an_import_comes_out_of_a_pipe(server, tmp_path):
    kv, space = against(server), server.namespace()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", f"echo '{{\"key\":\"a\",\"value\":\"1\"}}' > {pipe}"]):
        kv("import", "-n", space.id, str(pipe))
    assert space.names() == ["a"]


# MARK: jobs

def test_jobs_are_listed_and_shown(kv, space):
    job = kv("bulk", "delete", "-n", space, "--key", "user:000", "--yes", "--output", "json").json
    listed = kv("jobs", "list", "--kind", "delete", "--output", "ndjson").lines
    assert job["id"] in [one["id"] for one in listed]
    assert job["id"] in kv("jobs", "list", "--limit", "1").text
    shown = kv("jobs", "show", job["id"]).text
    assert "delete of" in shown and "completed" in shown and "started" in shown
    assert kv("jobs", "show", job["id"], "--output", "json").json == kv("jobs", "watch", job["id"], "--output", "json").json
    assert "no job" in kv("jobs", "show", "unknown", status=1).errors
    assert kv("jobs", "cancel", job["id"], status=1).errors


def test_a_job_goes_on_at_the_server_is_paused_resumed_and_watched(server):
    kv = against(server)
    source, target = server.namespace().fill(60_000), server.namespace()
    started = kv("bulk", "copy", "-n", source.id, "--all", "--to", target.id, "--detach").text.strip()
    assert kv("jobs", "pause", started).text.startswith(("paused", "running"))
    server.wait_for_job(started, until=lambda job: job["state"] == "paused")
    kv("jobs", "resume", started)
    run = kv("jobs", "watch", started)
    assert "completed: 60,000 keys done" in run.errors
    assert len(target.names()) == 60_000


def test_a_job_cannot_be_left_to_a_server_that_is_not_there(kv, space):
    if "--data" not in kv.where:
        pytest.skip("of the folder alone")
    assert "No server" in kv("bulk", "delete", "-n", space, "--all", "--yes", "--detach", status=64).errors
    assert len(keys(kv, space)) == 120


def test_progress_is_told_in_lines_where_there_is_no_terminal(server):
    kv, source, target = against(server), server.namespace().fill(60_000), server.namespace()
    lines = kv("bulk", "copy", "-n", source.id, "--all", "--to", target.id).errors.splitlines()
    assert lines[0].startswith(("queued: ", "running: ")) and lines[-1].startswith("completed: 60,000 keys done")
    assert len(lines) < 10 and "\r" not in "".join(lines)
