"""A real data set: KV_MANAGER_TEST_DATA names a program that writes entries as NDJSON in key order (or such a file).

Skipped where it is not set.
"""
import json
import os
import subprocess
import sys

import pytest

from server import expect
from test_jobs_bulk import counts

SOURCE = os.environ.get("KV_MANAGER_TEST_DATA")
pytestmark = pytest.mark.skipif(not SOURCE, reason="KV_MANAGER_TEST_DATA is not set: no real data set to test with")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    if SOURCE.endswith(".ndjson"):
        return SOURCE
    path = tmp_path_factory.mktemp("data") / "real.ndjson"
    subprocess.run([sys.executable, SOURCE, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def entries(file):
    with open(file, encoding="utf-8") as lines:
        return {entry["key"]: entry for entry in map(json.loads, lines)}


@pytest.fixture(scope="module")
def imported(server, file, entries):
    namespace = server.namespace("debian")
    with open(file, "rb") as data:
        job = namespace.load(data)
    assert job["state"] == "completed" and counts(job) == (len(entries), 0, 0)
    return namespace


def known(line):
    entry = json.loads(line)
    return entry["key"], entry["value"], entry.get("metadata"), entry.get("expiration")


def as_known(entries):
    return [(e["key"], e["value"], e.get("metadata"), e.get("expiration")) for e in entries]


def test_is_all_there(server, imported, entries):
    found = server.get(imported.path)
    assert found["keyCount"] == len(entries)
    assert found["valueBytes"] == sum(len(entry["value"].encode()) for entry in entries.values())
    assert [known(line) for line in imported.export().splitlines()] == as_known(entries.values())


def test_shows_its_sections(imported, entries):
    sections = {}
    for key in entries:
        section = "/".join(key.split("/")[:2]) + "/"
        sections[section] = sections.get(section, 0) + 1
    page = imported.page(prefix="debian/", delimiter="/", limit=1000)
    assert [folder["prefix"] for folder in page["folders"]] == sorted(sections)
    told = {folder["prefix"]: folder["keyCount"] for folder in page["folders"] if folder.get("keyCount") is not None}
    assert told and told == {prefix: sections[prefix] for prefix in told}
    for section in sorted(sections)[:5]:
        count = imported.page(prefix=section, count="true", limit=1)["keyCount"]
        assert count == len(imported.names(prefix=section))


def test_copies_and_deletes_one_section(server, imported, entries):
    games = [entry for key, entry in entries.items() if key.startswith("debian/games/")]
    target = server.namespace()
    job = server.run_job(imported.job("copy", {"prefix": "debian/games/"}, target=target.as_target()))
    assert job["state"] == "completed" and counts(job) == (len(games), 0, 0) and games
    assert [known(line) for line in target.export().splitlines()] == as_known(games)
    job = server.run_job(target.job("delete", {"prefix": "debian/games/"}))
    assert counts(job) == (len(games), 0, 0) and target.names() == []
    assert server.get(imported.path)["keyCount"] == len(entries)


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_goes_out_and_into_another_namespace(server, imported, entries, zipped):
    exported = imported.export(gzip=zipped)
    third = server.namespace()
    job = third.load(exported)
    assert job["state"] == "completed" and counts(job) == (len(entries), 0, 0)
    assert third.export() == imported.export()
    expect(server.api("DELETE", third.path), 204)
