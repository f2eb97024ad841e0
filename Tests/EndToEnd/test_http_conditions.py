"""Conditions of requests that read: If-Match, If-None-Match and Range, in the order of RFC 9110, section 13.2.2."""
import pytest

from server import expect, problem


@pytest.fixture(params=["value", "entry"])
def resource(request, namespace):
    """The address of a value, or of its entry as JSON, and the ETag of what is there."""
    namespace.put("k", "value", tags=["t"])
    path = getattr(namespace, request.param)("k")
    return path, expect(namespace.server.api("GET", path), 200).headers["ETag"]


def asked(server, path, method="GET", **headers):
    return server.api(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_has_the_current_state_gets_none_of_it_again(server, resource, method):
    path, etag = resource
    for known in (etag, f"W/{etag}", f'"other", {etag}', f'"a,b",{etag}', "*"):
        answer = expect(asked(server, path, method, If_None_Match=known), 304)
        assert answer.headers["ETag"] == etag and not answer.content
        assert not {"Content-Type", "Content-Disposition", "KV-Metadata", "Accept-Ranges"} & set(answer.headers)
    for known in ('"other"', etag.strip('"'), f"{etag[:-1]}x\"", ""):
        expect(asked(server, path, method, If_None_Match=known), 200)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_read_of_another_state_than_the_client_expects_is_refused(server, resource, method):
    path, etag = resource
    for expected in (etag, "*", f'"other", {etag}'):
        expect(asked(server, path, method, If_Match=expected), 200)
    for expected in ('"0"', f"W/{etag}", etag.strip('"'), '"other"', ""):
        answer = asked(server, path, method, If_Match=expected)
        assert answer.status_code == 412
        if method == "GET":
            problem(answer, 412, "precondition_failed")


def test_if_match_comes_first_then_if_none_match_then_the_range(server, namespace):
    namespace.put("k", "0123456789")
    path = namespace.value("k")
    etag = server.api("GET", path).headers["ETag"]
    assert asked(server, path, If_Match='"0"', If_None_Match=etag).status_code == 412
    assert asked(server, path, If_Match=etag, If_None_Match=etag).status_code == 304
    assert asked(server, path, If_None_Match=etag, Range="bytes=0-1").status_code == 304
    assert asked(server, path, If_Match='"0"', Range="bytes=0-1").status_code == 412
    assert asked(server, path, If_Match='"0"', Range="bytes=99-").status_code == 412
    assert asked(server, path, If_Match=etag, If_None_Match='"0"', Range="bytes=0-1").content == b"01"
    assert asked(server, path, If_None_Match='"0"', If_Range=etag, Range="bytes=0-1").status_code == 206
    whole = expect(asked(server, path, "HEAD", Range="bytes=0-1"), 200)
    assert whole.headers["Content-Length"] == "10", "a range is of GET alone"


def test_conditions_on_a_date_are_passed_over_since_nothing_has_one(server, resource):
    path, _ = resource
    for name in ("If_Modified_Since", "If_Unmodified_Since"):
        expect(asked(server, path, **{name: "Sat, 01 Jan 2000 00:00:00 GMT"}), 200)
        expect(asked(server, path, **{name: "Fri, 01 Jan 2100 00:00:00 GMT"}), 200)


def test_what_is_not_there_is_not_found_whatever_the_condition(server, namespace):
    for path in (namespace.value("none"), namespace.entry("none")):
        for condition in ({"If_Match": "*"}, {"If_None_Match": "*"}, {"If_Match": '"1"'}):
            problem(asked(server, path, **condition), 404, "key_not_found")


def test_every_change_makes_another_state(server, namespace):
    namespace.put("k", "value")
    path, known = namespace.entry("k"), set()

    def changed(**fields):
        before = server.api("GET", path).headers["ETag"]
        namespace.put("k", "value", **fields)
        answer = expect(asked(server, path, If_None_Match=before), 200)
        known.add(answer.headers["ETag"])

    for fields in ({}, {"metadata": {"a": 1}}, {"ttl": 3600}, {"tags": ["x"]}, {"tags": ["y"]}, {"color": "red"}, {"customMetadata": {"a": 2}}):
        changed(**fields)
    assert len(known) == 7
    tags = server.run_job(namespace.job("tag", {"keys": ["k"]}, add=["z"]))
    assert tags["progress"]["succeeded"] == 1
    answer = expect(asked(server, path, If_None_Match=", ".join(known)), 200)
    assert answer.json()["tags"] == ["y", "z"], "tags are no part of the entry in the store, but of what is answered"


def test_the_etag_of_an_annotated_entry_is_good_for_a_write(server, namespace):
    namespace.put("k", "1", tags=["t"])
    etag = server.api("GET", namespace.entry("k")).headers["ETag"]
    expect(asked(server, namespace.entry("k"), If_Match=f'"{namespace.read("k")["etag"]}"'), 200)
    written = server.api("PUT", namespace.entry("k"), json={"value": "2"}, headers={"If-Match": etag})
    expect(written, 200)
    problem(server.api("PUT", namespace.entry("k"), json={"value": "3"}, headers={"If-Match": etag}), 412, "precondition_failed")
    problem(server.api("PUT", namespace.value("k"), data=b"3", headers={"If-Match": etag}), 412, "precondition_failed")
    assert namespace.read("k")["value"] == "2" and namespace.read("k")["tags"] == ["t"]


def test_large_values_and_files_of_exports_are_not_sent_again(server, namespace):
    expect(server.api("PUT", namespace.value("large"), data=b"x" * 3_000_000), 201)
    job = server.run_job(namespace.job("export"))
    for path in (namespace.value("large"), namespace.entry("large"), job["download"]["url"], "/app.js", "/"):
        etag = server.api("HEAD", path).headers["ETag"]
        assert not expect(asked(server, path, If_None_Match=etag), 304).content, path
        expect(asked(server, path, If_Match='"0"'), 412)
        expect(asked(server, path, If_Match=etag), 200)
