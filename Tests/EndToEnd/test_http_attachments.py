"""Names of downloads: exact for those who understand `filename*`, safe in ASCII for the others (RFC 6266)."""
import re
import urllib.parse

import pytest

from server import expect


def names(answer):
    """The name in ASCII, and the exact one."""
    header = answer.headers["Content-Disposition"]
    found = re.fullmatch(r'attachment; filename="([A-Za-z0-9._ ()+=@,-]+)"(?:; filename\*=UTF-8\'\'([A-Za-z0-9._~%-]+))?', header)
    assert found, header
    return found[1], urllib.parse.unquote(found[2], errors="strict") if found[2] else found[1]


@pytest.mark.parametrize("title, ascii, exact", [
    ("orders", "orders-DAY", "orders-DAY"), ("会话", "export-DAY", "会话-DAY"), ("-rf", "rf-DAY", "rf-DAY"), ("...", "export-DAY", "export-DAY"),
    ("Größe 2", "Gr-e-2-DAY", "Größe-2-DAY"), ('a"; filename=evil', "a--filename=evil-DAY", "a-;-filename=evil-DAY"),
    ("../../etc/x", "etc-x-DAY", "etc-x-DAY"), ("\u202efdp", "fdp-DAY", "fdp-DAY"), ("100%41", "100-41-DAY", "100%41-DAY")])
def test_the_file_of_an_export_is_named_after_its_namespace(server, title, ascii, exact):
    namespace = server.namespace(title)
    job = server.run_job(namespace.job("export", gzip=True))
    answer = expect(server.api("GET", job["download"]["url"]), 200)
    day = job["createdAt"][:10]
    assert names(answer) == (f"{ascii}.ndjson.gz".replace("DAY", day), f"{exact}.ndjson.gz".replace("DAY", day))
    assert job["download"]["name"] == names(answer)[1]


@pytest.mark.parametrize("key, ascii, exact", [
    ("photos/cat.png", "cat.png", "cat.png"), ("会话.txt", "value.txt", "会话.txt"), ("a/会话/", "value", "会话"), ("/", "value", "value"),
    ("a/..", "value", "value"), ("--rm -rf", "rm -rf", "rm -rf"), ("a\r\nSet-Cookie: x", "a--Set-Cookie- x", "a--Set-Cookie- x"),
    ('quote".txt', "quote-.txt", "quote-.txt"), ("semi;colon", "semi-colon", "semi;colon"), ("it's*(1)", "it-s-(1)", "it's-(1)")])
def test_a_value_is_named_after_its_key(server, namespace, key, ascii, exact):
    namespace.put(key, "v")
    answer = expect(server.api("GET", f"{namespace.value(key)}?download=1"), 200)
    assert names(answer) == (ascii, exact)
    assert "Content-Disposition" not in server.api("GET", namespace.value(key)).headers


def test_other_downloads_have_names_too(server, namespace):
    job = server.run_job(namespace.job("copy", {"keys": ["none"]}, target=server.namespace().as_target()))
    assert names(server.api("GET", f"/api/jobs/{job['id']}/failures?format=ndjson"))[0] == f"failures-{job['id']}.ndjson"
    assert re.fullmatch(r"audit-\d{4}-\d\d-\d\d\.csv", names(server.api("GET", "/api/audit?format=csv"))[0])
