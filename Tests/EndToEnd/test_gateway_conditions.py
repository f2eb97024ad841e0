"""The gateway under the hosted service's limits: tokens, quota, latency, faults; and what it counts of them."""
import os
import re
import time

import cloudflare
import pytest
import requests
from cloudflare import Cloudflare

from gateway import ROOT, Hosted, body, refused, result
from server import expect
from test_startup import run

USAGE = "/api/gateway/usage"
SECRETS = {"KV_MANAGER_GATEWAY_TOKENS": "first-token, second-token"}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def usage(server):
    counted = server.get(USAGE)
    assert set(counted) == {"requests", "throttled", "faults", "byRoute"}
    assert sum(counted["byRoute"].values()) == counted["requests"]
    return counted


# MARK: tokens


@pytest.mark.parametrize("headers, status, code", [
    ({}, 400, 9106), ({"X-Auth-Email": "a@example.com"}, 400, 9106), ({"X-Auth-Key": "first-token"}, 400, 9106),
    (bearer("wrong"), 401, 10000), (bearer("first-tokeN"), 401, 10000), (bearer("first-token, second-token"), 401, 10000),
    ({"Authorization": "Bearer"}, 401, 10000), ({"Authorization": "Basic first-token"}, 401, 10000),
    ({"X-Auth-Email": "a@example.com", "X-Auth-Key": "wrong"}, 401, 10000),
])
def test_refuses_those_it_does_not_know(start, headers, status, code):
    server = start(environment=SECRETS)
    for path in (f"{ROOT}/accounts", f"{ROOT}/accounts/local/storage/kv/namespaces", f"{ROOT}/nowhere"):
        refused(server.api("GET", path, headers=headers), status, code)
    refused(server.api("GET", f"{ROOT}/user/tokens/verify", headers=headers), status, 1000 if status == 401 else code)


def test_lets_in_those_it_knows_and_tells_no_log(start):
    server = start(environment=SECRETS | {"KV_MANAGER_LOG_LEVEL": "trace"})
    for headers in (bearer("first-token"), bearer("second-token"), {"Authorization": "bearer second-token"},
                    {"X-Auth-Email": "a@example.com", "X-Auth-Key": "first-token"}):
        assert result(server.api("GET", f"{ROOT}/user/tokens/verify", headers=headers))["status"] == "active"
    refused(server.api("GET", f"{ROOT}/user", headers=bearer("guessed-token")), 401, 10000)
    with Cloudflare(base_url=server.url + ROOT, api_token="wrong", max_retries=0) as client:
        with pytest.raises(cloudflare.AuthenticationError):
            client.kv.namespaces.list(account_id="local")
    expect(server.api("GET", "/api/stores"), 200)
    assert server.terminate() == 0
    assert "-token" not in server.printed()


def test_asks_nobody_when_it_was_given_no_tokens(start):
    server = start(environment={"KV_MANAGER_GATEWAY_TOKENS": ""})
    for headers in ({}, bearer("any"), {"Authorization": "Basic x"}):
        result(server.api("GET", f"{ROOT}/accounts", headers=headers))


def test_wrong_tokens_are_counted_slowed_down_and_logged_once(start):
    server = start(environment=SECRETS)
    counted = re.compile(r"^kv_gateway_refused_tokens_total (\d+)$", re.MULTILINE)
    assert counted.search(server.api("GET", "/metrics").text)[1] == "0"
    began = time.monotonic()
    for _ in range(8):
        refused(server.api("GET", f"{ROOT}/user", headers=bearer("wrong")), 401, 10000)
    # 10 ms, 20 ms, … up to a second.
    assert time.monotonic() - began > 2.2
    assert counted.search(server.api("GET", "/metrics").text)[1] == "8"
    result(server.api("GET", f"{ROOT}/user", headers=bearer("first-token")))
    assert server.terminate() == 0
    (line,) = [line for line in server.log if "does not know" in line]
    assert "127.0.0.1" in line and "wrong" not in line


# MARK: quota


def test_answers_429_beyond_the_quota_until_the_window_is_over(start):
    server = start("--gateway-quota", "5/2s")
    url = f"{server.url}{ROOT}/accounts/local/storage/kv/namespaces"
    for left in (4, 3, 2, 1, 0):
        answer = expect(requests.get(url, timeout=10), 200)
        assert re.fullmatch(rf'"default";r={left};t=[12]', answer.headers["Ratelimit"]), answer.headers
        assert answer.headers["Ratelimit-Policy"] == '"default";q=5;w=2' and "Retry-After" not in answer.headers
    answer = requests.get(url, timeout=10)
    assert refused(answer, 429, 971) == "Please wait and consider throttling your request speed"
    assert answer.headers["Retry-After"] in ("1", "2") and answer.headers["Ratelimit"].startswith('"default";r=0;t=')
    for method, path in [("PUT", "/x"), ("POST", "/x/bulk/get"), ("GET", "/x/nowhere")]:
        refused(requests.request(method, url + path, timeout=10), 429, 971)
    throttled, deadline = 0, time.monotonic() + 20
    while (answer := requests.get(url, timeout=10)).status_code == 429:
        throttled += 1
        assert time.monotonic() < deadline, "the window does not end"
    assert answer.status_code == 200 and answer.headers["Ratelimit"].startswith('"default";r=4;t=')
    counted = usage(server)
    assert counted["throttled"] == 4 + throttled and counted["requests"] == 10 + throttled
    assert counted["byRoute"]["GET …/namespaces"] == 7 + throttled and counted["byRoute"]["other"] == 1


def test_counts_a_quota_for_each_credential(start):
    server = start("--gateway-quota", "2/3600s")
    for headers in ({}, bearer("a"), bearer("b"), {"X-Auth-Email": "e", "X-Auth-Key": "c"}):
        for status in (200, 200, 429, 429):
            expect(server.api("GET", f"{ROOT}/accounts", headers=headers), status)
    expect(server.api("GET", f"{ROOT}/accounts", headers={"X-Auth-Email": "other", "X-Auth-Key": "c"}), 429)
    expect(server.api("GET", "/api/stores"), 200)


def test_counts_one_quota_for_all_whom_it_does_not_know(start):
    server = start("--gateway-quota", "2/3600s", environment=SECRETS)
    for guess, status in (("a", 401), ("b", 401), ("c", 429), ("d", 429)):
        answer = expect(server.api("GET", f"{ROOT}/accounts", headers=bearer(guess)), status)
        assert answer.headers["Ratelimit-Policy"] == '"default";q=2;w=3600'
    result(server.api("GET", f"{ROOT}/accounts", headers=bearer("first-token")))


def test_tells_what_is_left_on_errors_too(start):
    server = start("--gateway-quota", "100/300s")
    answer = server.api("GET", f"{ROOT}/nowhere")
    refused(answer, 404, 7003)
    assert answer.headers["Ratelimit"] == '"default";r=99;t=300'
    hosted = Hosted(server)
    assert server.api("GET", hosted.value("none")).headers["Ratelimit"].startswith('"default";r=97;t=')


def test_the_official_client_waits_and_is_served(start):
    server = start("--gateway-quota", "3/1s")
    with Cloudflare(base_url=server.url + ROOT, api_token="any", max_retries=5) as client:
        for _ in range(8):
            client.kv.namespaces.list(account_id="local")
    assert usage(server)["throttled"] > 0


# MARK: usage


def test_counts_what_arrives_and_begins_anew(start):
    server = start()
    assert usage(server) == {"requests": 0, "throttled": 0, "faults": 0, "byRoute": {}}
    hosted = Hosted(server)
    for number in range(3):
        hosted.put(f"k/{number}", b"v")
    hosted.names()
    hosted.bulk_get(["k/0"])
    hosted.call("DELETE", "/bulk", json=["k/0"])
    hosted.call("POST", "/bulk/delete", json=["k/1"])
    server.api("GET", hosted.path)
    server.api("GET", f"{ROOT}/nowhere")
    server.api("PATCH", hosted.path)
    server.get("/api/stores")
    assert usage(server) == {"requests": 11, "throttled": 0, "faults": 0, "byRoute": {
        "POST …/namespaces": 1, "PUT …/values/{key}": 3, "GET …/keys": 1, "POST …/bulk/get": 1, "DELETE …/bulk": 1,
        "POST …/bulk/delete": 1, "GET …/namespaces/{namespace}": 1, "PATCH …/namespaces/{namespace}": 1, "other": 1}}
    assert expect(server.api("DELETE", USAGE), 204).content == b""
    assert usage(server)["requests"] == 0
    hosted.names()
    assert usage(server)["byRoute"] == {"GET …/keys": 1}


# MARK: latency


def test_takes_its_time_where_it_is_told_to(start):
    server = start("--gateway-latency", "120ms")
    for path in (f"{ROOT}/accounts", f"{ROOT}/nowhere"):
        began = time.monotonic()
        server.api("GET", path)
        assert 0.12 <= time.monotonic() - began < 5
    began = time.monotonic()
    for _ in range(5):
        server.get("/api/stores")
    assert time.monotonic() - began < 0.5, "the rest of the program is not slowed"


# MARK: faults


def fate(server, method, path, **options):
    """What becomes of one request, on a connection of its own."""
    try:
        answer = requests.request(method, server.url + path, timeout=20, **options)
    except requests.ConnectionError:
        return "dropped"
    if answer.status_code == 502:
        assert answer.headers["Content-Type"].startswith("text/html") and "502 Bad Gateway" in answer.text
    elif answer.status_code == 500:
        refused(answer, 500, 10001)
    else:
        outcome = result(answer)
        return "partial" if outcome["unsuccessful_keys"] else "served"
    return answer.status_code


def bulk_fates(start, *options, count=120):
    """What becomes of so many bulk writes; and whether the namespace holds just what they were said to have done."""
    server = start(*options)
    namespace = server.namespace()
    hosted = Hosted(server, id=namespace.id)
    fates, dropped_but_done, partial = [], 0, 0
    for number in range(count):
        keys = [f"{number:03}:{index}" for index in range(20)]
        fates.append(fate(server, "PUT", f"{hosted.path}/bulk", json=[{"key": key, "value": "v"} for key in keys]))
        written = len(namespace.names(prefix=f"{number:03}:"))
        if fates[-1] == "served":
            assert written == 20
        elif fates[-1] == "partial":
            assert written < 20
            partial += written
        elif fates[-1] == "dropped":
            assert written in (0, 20)
            dropped_but_done += written == 20
        else:
            assert written == 0
    counted = usage(server)
    assert counted["requests"] == count and counted["faults"] == sum(each != "served" for each in fates)
    return fates, dropped_but_done, partial


def test_fails_in_every_way_and_the_same_way_again_for_the_same_seed(start):
    options = ("--gateway-faults", "0.5", "--gateway-seed", "42")
    fates, done, partial = bulk_fates(start, *options)
    assert {"served", "dropped", "partial", 500, 502} == set(fates)
    assert 0 < done < fates.count("dropped"), "before the work, and after"
    assert partial > 0
    assert bulk_fates(start, *options) == (fates, done, partial)
    assert bulk_fates(start, "--gateway-faults", "0.5", "--gateway-seed", "43")[0] != fates


def test_tells_which_keys_of_a_partial_result_are_not_done(start):
    server = start("--gateway-faults", "1", "--gateway-seed", "1")
    namespace = server.namespace()
    hosted = Hosted(server, id=namespace.id)
    keys = [f"k{index:03}" for index in range(100)]
    for method, path, entries in [("PUT", "/bulk", [{"key": key, "value": "v"} for key in keys]), ("POST", "/bulk/delete", keys)]:
        for _ in range(200):
            before = namespace.names()
            try:
                answer = requests.request(method, server.url + hosted.path + path, json=entries, timeout=20)
            except requests.ConnectionError:
                continue
            if answer.status_code == 200:
                told = result(answer)
                break
        failed = told["unsuccessful_keys"]
        assert failed and told["successful_key_count"] + len(failed) == 100
        done = set(keys) - set(failed)
        assert set(namespace.names()) == (set(before) | done if method == "PUT" else set(before) - done)


def test_fails_always_or_never_as_it_is_told(start):
    server = start("--gateway-faults", "1")
    assert "served" not in {fate(server, "GET", f"{ROOT}/accounts") for _ in range(30)}
    server.get("/api/stores")
    assert usage(server)["faults"] == 30
    other = start("--gateway-faults", "0")
    for _ in range(50):
        result(other.api("GET", f"{ROOT}/accounts"))


def test_the_official_client_gets_through_with_its_retries(start):
    server = start("--gateway-faults", "0.3", "--gateway-seed", "7")
    with Cloudflare(base_url=server.url + ROOT, api_token="any", max_retries=10) as client:
        for _ in range(10):
            client.kv.namespaces.list(account_id="local")
    assert usage(server)["faults"] > 0
    assert "error" not in server.printed()


# MARK: settings


@pytest.mark.parametrize("option, text", [
    ("quota", "many"), ("quota", "0/1s"), ("quota", "5/0s"), ("quota", "5/1m"), ("quota", "-5/1s"),
    ("latency", "20"), ("latency", "-1ms"), ("latency", "soon"), ("latency", "61s"), ("latency", "nans"),
    ("faults", "2"), ("faults", "-0.1"), ("faults", "1%"), ("faults", "nan"), ("seed", "-1"), ("seed", "x"), ("seed", "1.5"),
])
def test_names_what_makes_no_sense(tmp_path, option, text):
    data = ("serve", "--port", 0, "--data", tmp_path / "data")
    status, out, error = run(*data, f"--gateway-{option}={text}")
    assert status != 0 and out == "" and option in error and f'"{text}"' in error, error
    (tmp_path / "config.yaml").write_text(f'gateway:\n  {option}: "{text}"\n')
    status, out, error = run(*data, "--config", tmp_path / "config.yaml")
    assert status != 0 and out == "" and option in error, error


def test_names_a_field_that_is_none_and_a_list_of_no_token(tmp_path):
    data = ("serve", "--port", 0, "--data", tmp_path / "data")
    (tmp_path / "config.yaml").write_text("gateway:\n  tokens: [secret]\n")
    status, out, error = run(*data, "--config", tmp_path / "config.yaml")
    assert status != 0 and out == "" and "tokens" in error and "secret" not in error
    status, out, error = run(*data, environment={"KV_MANAGER_GATEWAY_TOKENS": " , "})
    assert status != 0 and out == "" and "KV_MANAGER_GATEWAY_TOKENS" in error


def test_hears_options_before_environment_before_configuration(start, tmp_path):
    (tmp_path / "config.json").write_text('{"gateway": {"quota": "1/300s", "latency": "1ms", "faults": 0, "seed": 42}}')
    for options, environment, quota in [
        ((), {}, "q=1;w=300"), ((), {"KV_MANAGER_GATEWAY_QUOTA": "2/300s"}, "q=2;w=300"),
        (("--gateway-quota", "3/2.5s"), {"KV_MANAGER_GATEWAY_QUOTA": "2/300s"}, "q=3;w=3"),
    ]:
        server = start("--config", tmp_path / "config.json", *options, environment=environment)
        assert body(server.api("GET", f"{ROOT}/user")) and server.api("GET", f"{ROOT}/user").headers["Ratelimit-Policy"].endswith(quota)
        assert server.terminate() == 0
