"""Import and export: whatever goes out comes in again; what cannot be read is said, line by line."""
import gzip
import json

import pytest

import odd
from server import expect, problem
from test_jobs_bulk import contents, counts

IN_2100 = 4102444800
FORMATS = ["ndjson", "json", "csv", "wrangler"]


@pytest.fixture(scope="module")
def rich(server):
    namespace = server.namespace("rich")
    for number, key in enumerate(odd.KEYS):
        namespace.put(key, odd.VALUES[number % len(odd.VALUES)],
                      **({"metadata": {"n": number, "text": "é,\"\n"}} if number % 2 else {}),
                      **({"expiration": IN_2100 + number} if number % 3 == 0 else {}))
    return namespace


def failures(server, job):
    return server.get(f"/api/jobs/{job['id']}/failures?limit=1000")["failures"]


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("told", ["auto", "named"])
def test_what_goes_out_comes_in_again(server, rich, format, zipped, told):
    exported = rich.export(format=format, gzip=zipped)
    if zipped:
        assert exported[:2] == b"\x1f\x8b"
    target = server.namespace()
    job = target.load(exported, format="auto" if told == "auto" else format)
    assert job["state"] == "completed", (job, failures(server, job))
    assert counts(job) == (len(odd.KEYS), 0, 0)
    assert contents(target) == contents(rich)
    assert target.export(format=format) == rich.export(format=format)


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_of_nothing_is_a_file_that_can_be_read_again(server, namespace, format):
    job = namespace.load(namespace.export(format=format), format=format)
    assert job["state"] == "completed" and counts(job) == (0, 0, 0)


def test_exports_a_selection(server, rich):
    job = server.run_job(rich.job("export", {"prefix": "a"}))
    lines = server.api("GET", job["download"]["url"]).text.splitlines()
    assert [json.loads(line)["key"] for line in lines] == odd.by_bytes(key for key in odd.KEYS if key.startswith("a"))
    job = server.run_job(rich.job("export", {"keys": ["🎉", "not there"]}))
    assert job["state"] == "completed" and counts(job) == (1, 0, 1)


def test_exports_lines_that_programs_read(server, rich):
    lines = [json.loads(line) for line in rich.export().splitlines()]
    assert [line["key"] for line in lines] == odd.by_bytes(odd.KEYS)
    array = json.loads(rich.export(format="wrangler"))
    assert {entry["key"] for entry in array} == set(odd.KEYS)
    assert all(set(entry) <= {"key", "value", "base64", "metadata", "expiration"} for entry in array)


def test_imports_lines_as_programs_write_them(server, namespace):
    lines = [
        {"key": "a", "value": "1"},
        {"key": "b", "value": "2", "metadata": {"x": 1}, "expiration": IN_2100},
        {"key": "c", "value": "", "metadata": None},
    ]
    job = namespace.load("\r\n".join(json.dumps(line) for line in lines).encode(), filename="lines.ndjson")
    assert job["state"] == "completed" and counts(job) == (3, 0, 0)
    assert contents(namespace) == {"a": (b"1", None, None), "b": (b"2", {"x": 1}, IN_2100), "c": (b"", None, None)}


def test_the_name_of_a_file_stands_on_the_timeline(server, namespace):
    job = namespace.load(b'{"key":"a","value":"1"}', filename="orders\u202e/é.ndjson")
    first = server.get(f"/api/jobs/{job['id']}/events")["events"][0]
    assert (first["type"], first["detail"]) == ("created", "from the file orders\u202e/é.ndjson")
    job = namespace.load(b'{"key":"a","value":"1"}', filename="x" * 999)
    assert len(server.get(f"/api/jobs/{job['id']}/events")["events"][0]["detail"]) < 300


def test_imports_what_wrangler_reads(namespace):
    entries = [{"key": "a", "value": "1"}, {"key": "b", "value": "AP8=", "base64": True, "metadata": {"x": 1}},
               {"key": "c", "value": "3", "expiration": IN_2100}, {"key": "d", "value": "4", "expiration_ttl": 3600}]
    job = namespace.load(json.dumps(entries).encode(), format="wrangler")
    assert job["state"] == "completed" and counts(job) == (4, 0, 0)
    assert namespace.bytes("b") == b"\x00\xff" and namespace.read("c")["expiration"] == IN_2100
    assert namespace.read("d")["expiration"] > 1_700_000_000


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_tells_of_each_line_that_it_could_not_take(server, namespace, zipped):
    lines = [
        b'{"key":"good 1","value":"1"}',
        b"nonsense",
        b'{"key":"","value":"empty name"}',
        b'{"key":"no value"}',
        b'{"key":"past","value":"x","expiration":1000000000}',
        b'{"key":"bad metadata","value":"x","metadata":"' + b"x" * 1100 + b'"}',
        b'{"key":"..","value":"x"}',
        b'{"key":"not text","value":"\xff"}',
        b'{"key":"good 2","value":"2"}',
        b'{"key":"cut off","value":',
    ]
    data = b"\n".join(lines)
    job = namespace.load(gzip.compress(data) if zipped else data)
    assert job["state"] == "incomplete", job
    assert namespace.names() == ["good 1", "good 2"]
    found = {failure["line"]: failure for failure in failures(server, job)}
    expired = job["progress"]["skipped"]
    assert set(found) | {5} == {2, 3, 4, 5, 6, 7, 8, 10} and (5 in found) != bool(expired), found
    assert job["progress"]["succeeded"] == 2
    counts(job)
    for failure in found.values():
        assert failure["code"] and failure["detail"]
    assert found[3]["code"] == "invalid_key" and found[2]["code"] == "invalid_record"


@pytest.mark.parametrize("collision", ["overwrite", "skip", "fail"])
def test_meets_keys_that_are_there(server, collision):
    namespace = server.namespace()
    namespace.put("b", "mine", metadata={"m": 1})
    data = "\n".join(json.dumps({"key": key, "value": "new"}) for key in "abc").encode()
    job = namespace.load(data, collision=collision)
    kept = namespace.read("b")
    if collision == "overwrite":
        assert job["state"] == "completed" and counts(job) == (3, 0, 0)
        assert kept["value"] == "new" and not kept.get("metadata")
    elif collision == "skip":
        assert job["state"] == "completed" and counts(job) == (2, 0, 1)
        assert (kept["value"], kept["metadata"]) == ("mine", {"m": 1}) and namespace.names() == ["a", "b", "c"]
    else:
        assert job["state"] == "failed" and job["error"]["code"] == "key_exists"
        assert kept["value"] == "mine"


def test_of_a_key_that_comes_twice_the_last_stands(server, namespace):
    data = b"".join(b'{"key":"k","value":"%d"}\n' % n for n in range(10)) + b'{"key":"a","value":"x"}\n'
    job = namespace.load(data)
    assert job["state"] == "completed" and counts(job)[0] + counts(job)[2] == 11
    assert namespace.read("k")["value"] == "9" and namespace.names() == ["a", "k"]


@pytest.mark.parametrize("data", [
    b"\x89PNG\r\n\x1a\n" + bytes(100), b"%PDF-1.7\n", b"PK\x03\x04" + bytes(50), b"\x00" * 100, b"just some words\nand more\n",
    gzip.compress(b"just some words\nand more\n", mtime=0), b"<html></html>"])
def test_refuses_a_file_of_no_known_format(server, namespace, data):
    answer = server.api("POST", f"{namespace.path}/import", data=data)
    problem(answer, 400, "unknown_format")
    assert namespace.names() == [] and not [
        job for job in server.get(f"/api/jobs?namespace={namespace.id}")["jobs"]]


@pytest.mark.parametrize("query", ["format=xlsx", "collision=merge", "colision=skip&collision=x"])
def test_refuses_a_query_that_makes_no_sense(server, namespace, query):
    answer = server.api("POST", f"{namespace.path}/import?{query}", data=b'{"key":"a","value":"b"}\n')
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid_request", "unknown_format")


def test_refuses_places_that_are_not_there(server):
    for place, code in (("/api/stores/elsewhere/namespaces/" + "0" * 32, "store_not_found"),
                        ("/api/stores/local/namespaces/" + "0" * 32, "namespace_not_found")):
        problem(server.api("POST", f"{place}/import", data=b'{"key":"a","value":"b"}\n'), 404, code)


def failed(server, answer, *codes):
    """Refused at the upload, or failed as a job: with one of these codes."""
    if answer.status_code == 400:
        assert answer.json()["code"] in codes, answer.text
        return
    job = server.wait_for_job(expect(answer, 202).json()["id"])
    assert job["state"] == "failed" and job["error"]["code"] in codes, job
    counts(job)


def test_says_when_a_gzip_file_is_cut_off(server, namespace):
    lines = b"".join(b'{"key":"k%06d","value":"%d"}\n' % (n, n * 7919) for n in range(20_000))
    whole = gzip.compress(lines)
    failed(server, server.api("POST", f"{namespace.path}/import", data=whole[: len(whole) // 2]), "truncated_file")
    failed(server, server.api("POST", f"{namespace.path}/import", data=whole[:-4]), "truncated_file")
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    failed(server, server.api("POST", f"{namespace.path}/import", data=bytes(damaged)), "truncated_file")
    assert namespace.names() == []


def test_reads_a_gzip_file_with_zeros_after_its_end(namespace):
    job = namespace.load(gzip.compress(b'{"key":"a","value":"1"}\n') + bytes(10_240))
    assert job["state"] == "completed" and namespace.names() == ["a"]


def test_reads_a_gzip_file_of_several_members(namespace):
    job = namespace.load(gzip.compress(b'{"key":"a","value":"1"}\n') + gzip.compress(b'{"key":"b","value":"2"}\n'))
    assert job["state"] == "completed" and namespace.names() == ["a", "b"]


def test_does_not_burst_at_a_gzip_bomb(server, namespace):
    one_line = b'{"key":"k","value":"' + b"x" * (200 << 20) + b'"}\n'
    answer = server.api("POST", f"{namespace.path}/import", data=gzip.compress(one_line, 9))
    if answer.status_code == 202:
        job = server.wait_for_job(answer.json()["id"])
        assert job["state"] in ("incomplete", "failed"), job
    else:
        assert answer.status_code == 400
    assert namespace.names() == []
    expect(server.api("GET", "/healthz"), 200)
    with open(f"/proc/{server.process.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert peak < 400 << 10, f"{peak >> 10} MB at most"


def test_a_value_too_large_is_a_failure_of_its_line(server, namespace):
    data = (b'{"key":"a","value":"1"}\n{"key":"large","value":"' + b"x" * (25 * 1024 * 1024 + 1) + b'"}\n'
            b'{"key":"z","value":"2"}\n')
    job = namespace.load(data)
    assert job["state"] == "incomplete" and namespace.names() == ["a", "z"]
    (failure,) = failures(server, job)
    assert failure["line"] == 2 and failure["code"] in ("value_too_large", "invalid_record")


def test_keeps_formulas_in_csv_from_being_formulas_of_anything_else(server, rich):
    """CSV quotes what it must, and reads back what it wrote; what a spreadsheet would run is still the value."""
    target = server.namespace()
    target.put("=HYPERLINK(1)", "=1+1")
    again = server.namespace()
    again.load(target.export(format="csv"), format="csv")
    assert contents(again) == contents(target)


def test_leaves_no_upload_behind_that_broke_off(server, namespace):
    from sockets import connect
    before = {path for path in server.data.rglob("*") if path.is_file()}
    with connect(server) as connection:
        connection.sendall((f"POST {namespace.path}/import HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                            "Content-Length: 10000000\r\n\r\n").encode() + b'{"key":"a","value":"1"}\n' * 1000)
    job = namespace.load(b'{"key":"b","value":"1"}\n')  # by its end, the other request has been dealt with
    assert job["state"] == "completed" and namespace.names() == ["b"]
    left = {path for path in server.data.rglob("*") if path.is_file()} - before
    assert all(job["id"] in str(path) or path.stat().st_size < 10_000 or path.suffix.startswith(".sqlite") for path in left), left
