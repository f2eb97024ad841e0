"""Durations and times as text, where an entry gets its expiration."""
import time
import urllib.parse

import pytest

from server import expect, problem

DURATIONS = [("90s", 90), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000), ("2w", 1_209_600), ("1d 12h", 129_600), ("1 hour", 3_600),
             ("3600", 3_600), ("3600.0", 3_600)]
TIMES = [("2030-01-01T00:00:00Z", 1_893_456_000), ("2030-01-01T02:00:00.5+02:00", 1_893_456_000), ("2030-01-01 02:00 +0200", 1_893_456_000),
         ("2030-01-01+02:00", 1_893_448_800), ("2030-01-01Z", 1_893_456_000), ("1893456000", 1_893_456_000)]
NOT_DURATIONS = ["", "soon", "1x", "1.5h", "-1h", "59s", "0d", "1", "9223372036854775807w", "1000000d 99999999999999w", "9" * 65 + "s"]
NOT_TIMES = ["", "soon", "12h", "2030-01-01", "2030-01-01T00:00:00", "2030-02-30Z", "2030-01-01T25:00:00Z", "1999-12-31T00:00:00Z",
             "2030-01-01T00:00:00+99:00", "01/01/2030", "10000-01-01Z", "2030-01-01 CET"]


def of_entry(namespace, **fields):
    return namespace.server.api("PUT", namespace.entry("k"), json={"value": "v", **fields})


def of_value(namespace, **fields):
    return namespace.server.api("PUT", f"{namespace.value('k')}?{urllib.parse.urlencode(fields)}", data=b"v")


def of_job(namespace, **fields):
    answer = namespace.server.api("POST", "/api/jobs", json=namespace.job("expire", **fields))
    if answer.status_code == 202:
        namespace.server.wait_for_job(answer.json()["id"])
    return answer


WAYS = [of_entry, of_value, of_job]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text, seconds", DURATIONS)
def test_a_ttl_may_be_a_duration(namespace, way, text, seconds):
    namespace.put("k", "v")
    expect(way(namespace, ttl=text), 200, 202)
    assert abs(namespace.read("k")["expiration"] - time.time() - seconds) < 60


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text, seconds", TIMES)
def test_an_expiration_may_be_a_time(namespace, way, text, seconds):
    namespace.put("k", "v")
    expect(way(namespace, expiration=text), 200, 202)
    assert namespace.read("k")["expiration"] == seconds


@pytest.mark.parametrize("way", WAYS)
def test_other_text_is_refused_and_changes_nothing(namespace, way):
    namespace.put("k", "before", ttl=1_000)
    for field, texts in (("ttl", NOT_DURATIONS), ("expiration", NOT_TIMES)):
        for text in texts:
            # An empty parameter is not given.
            if text or way is not of_value:
                answer = way(namespace, **{field: text})
                assert problem(answer, 400, answer.json()["code"])["code"] in ("invalid_expiration", "invalid_request"), (field, text)
    problem(way(namespace, ttl="1h", expiration="2030-01-01Z"), 400, "invalid_request")
    assert abs(namespace.read("k")["expiration"] - time.time() - 1_000) < 60


def test_the_error_says_how_it_is_written(namespace):
    assert "15m" in problem(of_entry(namespace, ttl="1x"), 400, "invalid_expiration")["detail"]
    assert "2030-01-01T00:00:00Z" in problem(of_value(namespace, expiration="tomorrow"), 400, "invalid_expiration")["detail"]
    for fields in ({"ttl": True}, {"ttl": ["1h"]}, {"expiration": {}}, {"ttl": 1.5}):
        problem(of_entry(namespace, **fields), 400, "invalid_request")
    expect(of_entry(namespace, ttl=None, expiration=None), 200, 201)


def test_filters_by_time_accept_the_same_times(fresh_server):
    fresh_server.run_job(fresh_server.namespace().job("export"))
    for text in ("2020-01-01T00:00:00Z", "2020-01-01T00:00%2B02:00", "2020-01-01 00:00 UTC", "2020-01-01"):
        assert len(fresh_server.get(f"/api/jobs?since={text}")["jobs"]) == 1 and fresh_server.get(f"/api/jobs?until={text}")["jobs"] == []
    # A plus sign that is not encoded is a space.
    problem(fresh_server.api("GET", "/api/jobs?since=2020-01-01T00:00:00+02:00"), 400, "invalid_request")
