"""Two programs: one serves an embedded store through its gateway, the other has that gateway as a Cloudflare store."""
import base64
import http.server
import json
import os
import threading

import pytest

from empty_pages import empty_pages
from odd import KEYS, VALUES
from server import Server, expect, problem
from test_jobs_life import undo

pytest_plugins = ("two",)
FAR = 4_102_444_800
def usage(gateway):
    return gateway.get("/api/gateway/usage")


def reset(gateway):
    expect(gateway.api("DELETE", "/api/gateway/usage"), 204)


def lines(entries):
    return "\n".join(json.dumps(entry) for entry in entries).encode()


def hostile_entries():
    """Odd names, with values that text cannot carry among them."""
    values = [*VALUES, b"a\xef\xbf\xbdb"]
    for number, key in enumerate(KEYS):
        entry = {"key": key, "valueBase64": base64.b64encode(values[number % len(values)]).decode()}
        if number % 2:
            entry["metadata"] = {"number": number, "é": "ü"}
        if number % 3 == 0:
            entry["expiration"] = FAR + number
        yield entry


def content(namespace):
    """What an export of everything says, by key."""
    exported = [json.loads(line) for line in namespace.export(exact=True).splitlines()]
    return {entry.pop("key"): entry for entry in exported}


def test_every_way_keeps_everything(two):
    gateway, client = two()
    source = client.namespace("source", store="local")
    job = source.load(lines(hostile_entries()))
    assert job["state"] == "completed", job
    wanted = content(source)
    assert len(wanted) == len(KEYS)

    cloud = client.namespace("cloud copy", store="cloud")
    for step in [(source, cloud), (cloud, client.namespace("second", store="cloud")), (cloud, client.namespace("back"))]:
        job = client.run_job(step[0].job("copy", target=step[1].as_target()))
        assert (job["state"], job["progress"]["succeeded"]) == ("completed", len(wanted)), job
        assert content(step[1]) == wanted

    named = client.namespace("named")
    job = client.run_job(cloud.job("copy", {"keys": list(wanted)}, target=named.as_target()))
    assert job["state"] == "completed", job
    assert content(named) == wanted

    imported = client.namespace("imported", store="cloud")
    assert imported.load(cloud.export(format="csv", gzip=True))["state"] == "completed"
    assert content(imported) == wanted

    for key in wanted:
        assert cloud.bytes(key) == source.bytes(key)
    job = client.run_job(cloud.job("delete"))
    assert job["state"] == "completed", job
    assert cloud.names() == []


def test_requests_are_spared(two):
    gateway, client = two("--gateway-quota", "1000000/1s")
    count = 10_000
    cloud = client.namespace("many", store="cloud")
    data = lines({"key": f"key:{n:06}", "value": f"value {n}", **({"expiration": FAR} if n % 7 == 0 else {})}
                 for n in range(count))

    def spent(work):
        reset(gateway)
        job = work()
        assert (job["state"], job["progress"]["succeeded"] + job["progress"]["skipped"]) == ("completed", count), job
        assert job["progress"]["failed"] == 0
        told = usage(gateway)
        assert told["throttled"] == 0
        # The job's own figure is what the gateway saw, but for the look at the namespaces before it.
        assert 0 <= told["requests"] - job["progress"]["requests"] <= 4, (told, job)
        return job["progress"]["requests"]

    target = client.namespace("target", store="cloud")
    assert spent(lambda: cloud.load(data)) <= 2
    assert spent(lambda: cloud.load(data, collision="skip")) <= 112
    assert spent(lambda: client.run_job(cloud.job("copy", {"prefix": "key:"}, target=target.as_target()))) <= 112
    names = {"keys": [f"key:{n:06}" for n in range(count)]}
    assert spent(lambda: client.run_job(cloud.job("copy", names, target=target.as_target()))) <= 102
    assert spent(lambda: client.run_job(cloud.job("export", {"prefix": "key:"}))) <= 111
    assert spent(lambda: client.run_job(cloud.job("delete", {"prefix": "key:"}))) <= 12


def test_the_quota_is_never_overrun(two):
    """Half of the work fits into the first window; jobs and a person share what is left."""
    gateway, client = two("--gateway-quota", "60/5s", pace="60/5s")
    cloud, target = client.namespace("a", store="cloud"), client.namespace("b", store="cloud")
    cloud.load(lines({"key": f"key:{n:06}", "value": "v"} for n in range(8_000)))
    job = client.start_job(cloud.job("copy", target=target.as_target()))
    seen = client.wait_for_job(job["id"], until=lambda state: state["progress"]["throttledUntil"])
    assert seen["state"] == "running"
    # A person's request goes before those of the job, out of what jobs leave.
    assert cloud.read("key:000001")["value"] == "v"
    done = client.wait_for_job(job["id"])
    assert (done["state"], done["progress"]["succeeded"]) == ("completed", 8_000), done
    assert done["progress"]["throttledUntil"] is None
    assert usage(gateway)["throttled"] == 0


def test_a_job_that_waits_for_the_quota_is_cancelled_at_once(two):
    gateway, client = two("--gateway-quota", "20/300s", pace="20/300s")
    cloud, target = client.namespace("a", store="cloud"), client.namespace("b", store="cloud")
    cloud.load(lines({"key": f"key:{n:06}", "value": "v"} for n in range(3_000)))
    jobs = [client.start_job(cloud.job("copy", target=target.as_target())) for _ in range(2)]
    for job in jobs:
        client.wait_for_job(job["id"], until=lambda state: state["progress"]["throttledUntil"])
    expect(client.api("POST", f"/api/jobs/{jobs[0]['id']}/cancel"), 202)
    done = client.wait_for_job(jobs[0]["id"], within=10)
    assert done["state"] == "cancelled", done
    # Nor does the other one keep the program from ending.
    assert client.terminate() == 0
    assert usage(gateway)["throttled"] == 0


def test_a_job_that_waits_for_the_quota_ends_with_its_namespace(two):
    gateway, client = two("--gateway-quota", "20/300s", pace="20/300s")
    cloud, target = client.namespace("a", store="cloud"), client.namespace("b", store="cloud")
    cloud.load(lines({"key": f"key:{n:06}", "value": "v"} for n in range(3_000)))
    job = client.start_job(cloud.job("copy", target=target.as_target()))
    client.wait_for_job(job["id"], until=lambda state: state["progress"]["throttledUntil"])
    expect(client.api("DELETE", target.path), 204)
    done = client.wait_for_job(job["id"], within=10)
    assert (done["state"], done["error"]["code"]) == ("failed", "namespace_not_found"), done


def test_a_key_that_somebody_else_deleted_leaves_no_annotation_to_the_next_one(two):
    gateway, client = two()
    cloud = client.namespace("a", store="cloud")
    cloud.put("k", "v", tags=["old"], color="red")
    expect(gateway.api("DELETE", f"/api/stores/local/namespaces/{cloud.id}/entries/k"), 204)
    job = cloud.load(b'{"key":"k","value":"new","tags":["new"]}')
    assert cloud.read("k")["tags"] == ["new"] and "color" not in cloud.read("k")
    undone = undo(client, job)
    assert undone["state"] == "completed" and cloud.names() == []


def test_a_refusal_stops_the_line_and_the_request_goes_again(two):
    """The store's pace is set too high: the gateway says so."""
    gateway, client = two("--gateway-quota", "20/2s", pace="1000/1s")
    cloud, target = client.namespace("a", store="cloud"), client.namespace("b", store="cloud")
    cloud.load(lines({"key": f"key:{n:06}", "value": "v"} for n in range(3_000)))
    job = client.run_job(cloud.job("copy", target=target.as_target()))
    assert (job["state"], job["progress"]["succeeded"]) == ("completed", 3_000), job
    if usage(gateway)["throttled"]:
        events = client.get(f"/api/jobs/{job['id']}/events")["events"]
        assert "throttled" in [event["type"] for event in events]


def test_faults_lose_nothing(two):
    gateway, client = two("--gateway-faults", "0.1", "--gateway-seed", "7")
    source = client.namespace("source", store="local").fill(5_000)
    wanted = content(source)
    cloud = client.namespace("cloud", store="cloud")
    job = client.run_job(source.job("copy", target=cloud.as_target()))
    assert (job["state"], job["progress"]["failed"]) == ("completed", 0), (job["error"], client.printed()[-2000:])
    back = client.namespace("back")
    job = client.run_job(cloud.job("copy", target=back.as_target()))
    assert (job["state"], job["progress"]["failed"]) == ("completed", 0), (job["error"], client.printed()[-2000:])
    assert content(back) == wanted
    job = client.run_job(cloud.job("delete"))
    assert (job["state"], job["progress"]["failed"]) == ("completed", 0), (job["error"], client.printed()[-2000:])
    assert cloud.names() == []
    assert usage(gateway)["requests"] > 0


def test_an_empty_page_of_a_listing_is_not_its_end(two, start):
    gateway = start(name="gateway")
    with empty_pages(gateway) as address:
        client = two.client(gateway, baseURL=address)
        cloud, target = client.namespace("a", store="cloud"), client.namespace("b", store="cloud")
        old = [{"key": f"dir/key:{n:06}", "value": "old"} for n in range(300)]
        assert cloud.load(lines(old))["progress"]["succeeded"] == 300
        assert len(cloud.names()) == 300
        tree = cloud.page(delimiter="/")
        assert [folder["prefix"] for folder in tree["folders"]] == ["dir/"]
        job = cloud.load(lines({**entry, "value": "new"} for entry in old), collision="skip")
        assert (job["state"], job["progress"]["skipped"]) == ("completed", 300), job
        assert cloud.read("dir/key:000007")["value"] == "old"
        job = client.run_job(cloud.job("copy", target=target.as_target()))
        assert (job["state"], job["progress"]["succeeded"]) == ("completed", 300), job
        job = client.run_job(cloud.job("delete"))
        assert (job["state"], job["progress"]["succeeded"]) == ("completed", 300), job
        assert cloud.names() == []


def test_a_folder_is_shown_once_over_pages(two):
    gateway, client = two()
    cloud = client.namespace("a", store="cloud")
    cloud.load(lines({"key": key, "value": "v"} for key in [*(f"a/{n:05}" for n in range(5_000)), "b/1", "c"]))
    folders, keys, cursor = [], [], None
    while True:
        page = cloud.page(delimiter="/", **({"cursor": cursor} if cursor else {}))
        folders += [folder["prefix"] for folder in page["folders"]]
        keys += [key["name"] for key in page["keys"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert (folders, keys) == (["a/", "b/"], ["c"])


def test_of_equal_keys_that_must_be_absent_the_first_is_written(two):
    gateway, client = two()
    cloud = client.namespace("a", store="cloud")
    twice = lines([{"key": "k", "value": "first"}, {"key": "l", "value": "v"}, {"key": "k", "value": "second"}])
    job = cloud.load(twice, collision="skip")
    assert (job["progress"]["succeeded"], job["progress"]["skipped"]) == (2, 1), job
    assert cloud.read("k")["value"] == "first"
    other = client.namespace("b", store="cloud")
    assert other.load(twice, collision="fail")["error"]["code"] == "key_exists"


def test_values_that_one_answer_cannot_carry_are_all_copied(two):
    gateway, client = two()
    source, cloud = client.namespace("source"), client.namespace("cloud", store="cloud")
    values = {f"k{n:02}": bytes([65 + n]) * (4 << 20) for n in range(12)}
    for key, value in values.items():
        expect(client.api("PUT", source.value(key), data=value), 201)
    back = client.namespace("back")
    for exact in (False, True):
        assert client.run_job(source.job("copy", target=cloud.as_target()))["state"] == "completed"
        job = client.run_job(cloud.job("copy", target=back.as_target(), exact=exact))
        assert (job["state"], job["progress"]["succeeded"]) == ("completed", len(values)), job
        assert all(back.bytes(key) == value for key, value in values.items())


def test_a_wrong_token_fails_at_once_and_is_never_shown(start, tmp_path):
    gateway = start(name="gateway", environment={"KV_MANAGER_GATEWAY_TOKENS": "right-secret"})
    secret = tmp_path / "secret"
    secret.write_text("wrong-secret\n")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"stores": [
        {"name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenFile": str(secret),
         "baseURL": f"{gateway.url}/client/v4/"}]}))
    client = start("--config", str(config), name="client", environment={"KV_MANAGER_LOG_LEVEL": "trace"})
    stores = {store["name"]: store for store in client.get("/api/stores")["stores"]}
    assert (stores["cloud"]["reachable"], stores["local"]["reachable"]) == (False, True)
    assert (stores["cloud"]["remote"], stores["cloud"]["engine"]) == (True, "cloudflare")
    body = problem(client.api("GET", "/api/stores/cloud/namespaces"), 502, "store_unauthorized")
    assert "token" in body["detail"]
    problem(client.api("GET", "/readyz"), 503, "store_unavailable")
    assert "wrong-secret" not in client.printed() + json.dumps(stores) + json.dumps(body)


def test_a_namespace_that_is_deleted_meanwhile_fails_the_job(two):
    gateway, client = two("--gateway-latency", "300ms")
    cloud = client.namespace("a", store="cloud")
    cloud.load(lines({"key": f"key:{n:06}", "value": "v"} for n in range(6_000)))
    job = client.start_job(cloud.job("export"))
    client.wait_for_job(job["id"], until=lambda state: state["progress"]["requests"] > 0)
    expect(gateway.api("DELETE", f"/api/stores/local/namespaces/{cloud.id}"), 204)
    done = client.wait_for_job(job["id"])
    assert (done["state"], done["error"]["code"]) == ("failed", "namespace_not_found"), done


def test_a_protected_store_can_be_read_and_not_changed(two):
    gateway, client = two(protected=True)
    behind = gateway.namespace("behind").fill(3)
    cloud = client.get("/api/stores/cloud/namespaces")["namespaces"]
    assert [(space["title"], space["protected"]) for space in cloud] == [("behind", True)]
    path = f"/api/stores/cloud/namespaces/{behind.id}"
    assert client.get(f"{path}/entries/key%3A000001")["size"] == 20
    problem(client.api("PUT", f"{path}/entries/k", json={"value": "v"}), 403, "store_protected")
    problem(client.api("DELETE", f"{path}/entries/key%3A000001"), 403, "store_protected")
    problem(client.api("DELETE", path), 403, "store_protected")
    problem(client.api("POST", "/api/stores/cloud/namespaces", json={"title": "t"}), 403, "store_protected")
    problem(client.api("POST", "/api/jobs", json={"kind": "delete", "store": "cloud", "namespace": behind.id,
                                                  "selection": {"all": True}}), 403, "namespace_protected")
    assert len(behind.names()) == 3


@pytest.mark.parametrize("fields, word", [
    ({"engine": "cloudflare"}, "accountID"), ({"engine": "cloudflare", "accountID": "a"}, "apiTokenEnv"),
    ({"engine": "cloudflare", "accountID": "a", "apiTokenEnv": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE"),
    ({"engine": "cloudflare", "accountID": "a", "apiTokenFile": "/nowhere/at/all"}, "/nowhere/at/all"),
    ({"engine": "cloudflare", "accountID": "a", "apiTokenEnv": "HOME", "pace": "fast"}, "fast"),
    ({"engine": "cloudflare", "accountID": "a", "apiTokenEnv": "HOME", "baseURL": "ftp://x"}, "baseURL"),
    ({"engine": "sqlite", "accountID": "a"}, "accountID"), ({"engine": "redis"}, "redis"),
    ({"engine": "cloudflare", "accountID": "a", "apiTokenEnv": "HOME", "colour": "red"}, "colour"),
])
def test_a_configuration_that_cannot_work_stops_the_start(tmp_path, fields, word):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"stores": [{"name": "cloud", **fields}]}))
    server = Server(tmp_path, "--config", str(config), environment={"HOME": os.environ.get("HOME", "/")})
    with pytest.raises(AssertionError) as failure:
        server.start()
    assert word in str(failure.value)


def test_stores_with_one_token_stand_in_one_line(start, tmp_path):
    gateway = start(name="gateway")
    store = {"engine": "cloudflare", "accountID": "local", "baseURL": f"{gateway.url}/client/v4", "pace": "50/300s"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"stores": [
        {"name": "first", "apiTokenEnv": "ONE", **store}, {"name": "second", "apiTokenEnv": "ONE", **store},
        {"name": "third", "apiTokenEnv": "TWO", **store}]}))
    client = start("--config", str(config), name="client", environment={"ONE": "a", "TWO": "b"})
    for _ in range(7):
        client.get("/api/stores/second/namespaces")
    left = {one["name"]: one["pace"]["remaining"] for one in client.get("/api/stores")["stores"] if one["remote"]}
    assert left["first"] == left["second"] <= 43 < left["third"], left


@pytest.mark.parametrize("status, code", [(400, 10_012), (403, 10_000), (500, 10_001), (418, 0)])
def test_what_a_store_echoes_does_not_reach_the_log(start, tmp_path, status, code):
    class Echo(http.server.BaseHTTPRequestHandler):
        def answer(self):
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
            message = f"{self.headers['Authorization']} {self.path} {sent} " * 50
            body = json.dumps({"success": False, "errors": [{"code": code, "message": message}], "result": None}).encode()
            self.send_response(status, "Secret-reason")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = answer

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as remote:
        threading.Thread(target=remote.serve_forever, daemon=True).start()
        (tmp_path / "config.json").write_text(json.dumps({"stores": [
            {"name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "TOKEN",
             "baseURL": f"http://127.0.0.1:{remote.server_port}/client/v4"}]}))
        client = start("--config", tmp_path / "config.json", environment={"TOKEN": "t0ken-secret", "KV_MANAGER_LOG_LEVEL": "debug"})
        place = "/api/stores/cloud/namespaces/0123456789abcdef0123456789abcdef"
        said = [client.api("PUT", f"{place}/values/key-secret", data="value-secret", timeout=90).text,
                client.api("GET", "/readyz").text, client.api("GET", "/api/stores/cloud/namespaces", timeout=90).text]
        watched = client.printed() + client.api("GET", "/api/monitor").text
        remote.shutdown()
    assert all("t0ken-secret" not in text and len(text) < 2_000 for text in said), said
    assert "A request failed" in watched
    for secret in ("t0ken-secret", "key-secret", "value-secret"):
        assert secret not in watched
