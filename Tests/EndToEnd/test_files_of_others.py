"""Files as other tools write them, into the program and through its command line."""
import gzip
import json

import pytest

from cli import against
from server import expect, problem


def zipped(content):
    """The same bytes at any time: they are part of the names of tests."""
    return gzip.compress(content, mtime=0)


PAIRS = {"a": "1", "b/ü": "zwei"}
OBJECTS = [{"name": name, "value": value} for name, value in PAIRS.items()]
PRETTY = "".join(json.dumps(entry, indent=2, ensure_ascii=False) + "\n" for entry in OBJECTS)
KEY_LIST = json.dumps([{"name": "a"}, {"name": "b/ü", "expiration": 4102444800, "metadata": {"x": 1}}], indent=2)

FILES = {
    "wrangler-bulk-get": (json.dumps({"values": PAIRS}, indent=2) + "\n\nSuccess!\n").encode(),
    "wrangler-bulk-get-local": json.dumps({name: {"value": value} for name, value in PAIRS.items()}, indent=2).encode(),
    "another-manager": json.dumps([entry | {"metadata": {}, "custom_metadata": {"owner": "x"}, "tags": ["t"]} for entry in OBJECTS]).encode(),
    "excel-germany": "Key;Value\r\na;1\r\nb/ü;zwei\r\n".encode("utf-8-sig"),
    "excel-unicode": "key\tvalue\r\na\t1\r\nb/ü\tzwei\r\n".encode("utf-16"),
    "jq": PRETTY.encode(),
    "powershell": json.dumps(OBJECTS, indent=4).replace("\n", "\r\n").encode("utf-16"),
    "concatenated": "".join(json.dumps(entry) for entry in OBJECTS).encode(),
    "text-sequence": "".join(f"\x1e{json.dumps(entry)}\n" for entry in OBJECTS).encode(),
    "two-arrays": "".join(json.dumps([entry]) for entry in OBJECTS).encode(),
    "api-answer": json.dumps({"success": True, "errors": [], "messages": [], "result": OBJECTS}).encode(),
    "padded-gzip": zipped(PRETTY.encode()) + bytes(512),
}


def notices(server, job):
    return [event["detail"] for event in server.get(f"/api/jobs/{job['id']}/events")["events"] if event["type"] == "notice"]


def values(namespace):
    return {entry["key"]: entry["value"] for entry in map(json.loads, namespace.export().splitlines())}


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_tools_are_imported(server, namespace, name):
    job = namespace.load(FILES[name], format="auto")
    assert (job["state"], job["progress"]["failed"], job["progress"]["total"]) == ("completed", 0, 2), job
    assert values(namespace) == PAIRS
    expected = ['"Success!"'] if name == "wrangler-bulk-get" else []
    found = [notice for notice in notices(server, job) if "gzip" not in notice]
    assert len(found) == len(expected) and all(part in notice for part, notice in zip(expected, found)), found


@pytest.mark.parametrize("name", ["wrangler-bulk-get", "another-manager", "excel-germany", "jq", "powershell"])
def test_the_command_line_imports_them_too(server, namespace, tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    run = against(server)("import", "-n", namespace.title, str(tmp_path / name))
    assert "2 keys done" in run.errors
    assert values(namespace) == PAIRS


KEYS_ALONE = {
    "wrangler-key-list": KEY_LIST.encode(), "strings": b' [ "a", "b" ]', "lines": b'{"name":"a"}\n{"name":"b","expiration":4102444800}\n',
    "utf-16": KEY_LIST.encode("utf-16"), "gzip": zipped(KEY_LIST.encode()), "csv": b"Key;Expiration\na;\n",
    "api-answer": b'{"success":true,"errors":[],"messages":[],"result":[{"name":"a"}],"result_info":{"count":1,"cursor":""}}',
}


@pytest.mark.parametrize("name", KEYS_ALONE)
def test_keys_without_values_are_no_import(server, namespace, tmp_path, name):
    answer = problem(server.api("POST", f"{namespace.path}/import", data=KEYS_ALONE[name]), 400, "no_values")
    assert "--keys-from" in answer["detail"] and "wrangler kv bulk get" in answer["detail"]
    (tmp_path / name).write_bytes(KEYS_ALONE[name])
    assert "--keys-from" in against(server)("import", "-n", namespace.title, str(tmp_path / name), status=1).errors
    assert server.get(f"/api/jobs?namespace={namespace.id}")["jobs"] == []


def test_some_entries_without_a_value_are_failures(server, namespace):
    job = namespace.load(b'{"key":"a"}\n{"key":"b","value":"2"}\n{"key":"c"}\n')
    assert (job["state"], job["progress"]["failed"], namespace.names()) == ("incomplete", 2, ["b"])


WINDOWS = "sep=;\r\nKey;Value\r\na;\"5 € – zwölf\"\r\nb/ü;…Ÿÿß\r\n"


def test_a_csv_in_windows_1252_is_imported_when_told(server, namespace, tmp_path):
    kv, file = against(server), tmp_path / "excel.csv"
    file.write_bytes(WINDOWS.encode("cp1252"))
    refused = kv("import", "-n", namespace.title, str(file), status=1).errors
    assert "Line 3" in refused and "encoding windows-1252" in refused and namespace.names() == []
    kv("import", "-n", namespace.title, str(file), "--encoding", "windows-1252")
    assert values(namespace) == {"a": "5 € – zwölf", "b/ü": "…Ÿÿß"}
    # All bytes but those that are not a character in it.
    text = bytes(set(range(0x20, 0x100)) - {0x22, 0x5C, 0x81, 0x8D, 0x8F, 0x90, 0x9D})
    namespace.load(b'{"key":"all","value":"' + text + b'"}', encoding="windows-1252")
    assert namespace.read("all")["value"] == text.decode("cp1252")


@pytest.mark.parametrize("content", [WINDOWS.encode("utf-8-sig"), WINDOWS.encode("utf-16"), zipped(WINDOWS.encode("cp1252"))])
def test_a_text_that_is_not_windows_1252_is_refused_as_such(server, namespace, content):
    path = f"{namespace.path}/import?encoding="
    assert "Leave out the encoding" in problem(server.api("POST", path + "windows-1252", data=content), 400, "unknown_format")["detail"]
    problem(server.api("POST", path + "latin-9", data=content), 400, "invalid_request")
    assert namespace.names() == []


@pytest.mark.parametrize("content, words", [
    (b"<html><body>502</body></html>", "HTML"), (b"PK\x03\x04rest", "ZIP"), (b"[{'key':'a','value':'1'}]", "single quotes"),
    (b"Listing keys...\n[{\"key\":\"a\",\"value\":\"1\"}]", "Listing keys..."),
    (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n{"key":"a"}\r\n--x--', "--data-binary"),
    (b"\xff\xfe\x00\x00[\x00\x00\x00", "UTF-32"), (b"[1,2]", "array"),
])
def test_what_is_none_of_the_formats_is_told_before_a_job_exists(server, namespace, content, words):
    answer = problem(server.api("POST", f"{namespace.path}/import", data=content), 400, "unknown_format")
    assert words in answer["detail"]
    assert server.get(f"/api/jobs?namespace={namespace.id}")["jobs"] == []


def test_unknown_members_are_told_once_or_refused(server, namespace):
    content = b'{"key":"a","value":"1","owner":"me"}\n{"key":"b","value":"2","owner":"me","size2":3}\n'
    job = namespace.load(content)
    assert (job["state"], job["strict"]) == ("completed", False)
    assert notices(server, job) == ['Members that entries do not have were ignored: "owner" (2 times), "size2" (1 times).']
    job = namespace.load(content, strict="true")
    assert (job["state"], job["strict"], job["progress"]["failed"]) == ("incomplete", True, 2)
    problem(server.api("POST", f"{namespace.path}/import?strict=true", data=b"key,value,owner\na,1,me\n"), 400, "invalid_record")
    job = namespace.load(FILES["wrangler-bulk-get"], strict="true")
    assert (job["state"], job["progress"]["succeeded"], job["progress"]["failed"]) == ("incomplete", 2, 1)
    problem(server.api("POST", f"{namespace.path}/import?strict=perhaps", data=content), 400, "invalid_request")


@pytest.mark.parametrize("content, format", [
    (KEY_LIST.encode(), "json"), (b'["a", "b/\xc3\xbc"]', "json"), ("a\r\nb/ü\r\n".encode("utf-8-sig"), "text"),
    ("a\nb/ü\n".encode("utf-16"), "text"), (PRETTY.encode(), "ndjson"), (FILES["excel-germany"], "csv"),
    (zipped(KEY_LIST.encode()), "json"), (FILES["wrangler-bulk-get-local"], "ndjson"),
])
def test_key_lists_of_other_tools_name_the_keys(server, namespace, content, format):
    for name, value in (PAIRS | {"kept": "3"}).items():
        namespace.put(name, value)
    made = expect(server.api("POST", "/api/key-lists", data=content), 201).json()
    assert (made["keys"], made["format"]) == (2, format)
    job = server.run_job(namespace.job("delete", {"list": made["list"]}))
    assert job["progress"]["succeeded"] == 2 and namespace.names() == ["kept"]


def test_a_list_of_keys_that_look_like_json_is_text_when_told(server, namespace):
    for name in ['["a"]', "a"]:
        namespace.put(name, "1")
    made = expect(server.api("POST", "/api/key-lists?format=text", data=b'["a"]\n'), 201).json()
    server.run_job(namespace.job("delete", {"list": made["list"]}))
    assert namespace.names() == ["a"]


def test_the_command_line_deletes_what_wrangler_lists(server, namespace, tmp_path):
    for name, value in PAIRS.items():
        namespace.put(name, value)
    (tmp_path / "keys.json").write_text(KEY_LIST)
    against(server)("bulk", "delete", "-n", namespace.title, "--keys-from", str(tmp_path / "keys.json"), "--yes")
    assert namespace.names() == []
