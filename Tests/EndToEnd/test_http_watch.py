"""Figures for Prometheus, those that the interface draws, the log, and traces."""
import http.server
import json
import re
import threading
import time

import pytest
from websockets.sync.client import connect

SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')


def metrics(server):
    """{(name, labels): value}; every sample belongs to a figure that was told of before."""
    answer = server.api("GET", "/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found, known = {}, ""
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            known = line.split()[2]
        elif not line.startswith("# HELP "):
            name, labels, value = SAMPLE.match(line).groups()
            assert name.startswith(known), line
            found[name, labels or ""] = float(value)
    return found


def test_requests_are_counted_by_route_and_status_and_never_by_key(fresh_server):
    space = fresh_server.namespace()
    for n in range(3):
        space.put(f"secret-{n}", "v")
    fresh_server.api("GET", space.entry("absent"))
    route = "/api/stores/{store}/namespaces/{namespace}/entries/{key}"
    found = metrics(fresh_server)
    assert found["kv_http_requests_total", f'route="{route}",method="PUT",status="201"'] == 3
    assert found["kv_http_requests_total", f'route="{route}",method="GET",status="404"'] == 1
    assert found["kv_http_request_duration_seconds_count", f'route="{route}"'] == 4
    assert found["kv_http_request_duration_seconds_bucket", f'route="{route}",le="+Inf"'] == 4
    assert found["kv_http_requests_in_flight", ""] == 1
    assert not any("secret" in labels for _, labels in found)


def test_what_clients_make_up_gets_no_series_of_its_own(fresh_server):
    for n in range(20):
        fresh_server.api("GET", f"/made-up-{n}")
        fresh_server.api("PROPFIND", f"/api/made-up-{n}")
    routes = {labels for name, labels in metrics(fresh_server) if name == "kv_http_requests_total"}
    assert len(routes) <= 3 and "made-up" not in str(routes)


def test_jobs_keys_and_sockets_are_counted(fresh_server):
    space = fresh_server.namespace().fill(2000)
    job = fresh_server.run_job(space.job("delete", {"keys": ["key:000001", "absent"]}))
    with connect(f"{fresh_server.websocket_url}/api/jobs/{job['id']}/progress") as socket:
        socket.recv()
    found = metrics(fresh_server)
    assert found["kv_jobs", 'kind="import",state="completed"'] == 1
    assert found["kv_job_keys_total", 'kind="import",result="succeeded"'] == 2000
    assert found["kv_job_keys_total", 'kind="delete",result="skipped"'] + found["kv_job_keys_total", 'kind="delete",result="succeeded"'] == 2
    assert found["kv_job_bytes_total", 'kind="import"'] == 2000 * 20
    assert found["kv_websockets_opened_total", ""] == 1
    assert found["kv_data_folder_bytes", 'kind="stores"'] > 100_000
    assert found["process_resident_memory_bytes", ""] > 10_000_000
    assert found["process_start_time_seconds", ""] > 1.7e9
    assert 0 <= found["kv_event_loop_lag_seconds", ""] < 5


def test_what_was_done_before_a_restart_is_not_counted_again(start):
    server = start()
    server.namespace().fill(100)
    server.terminate()
    server.start()
    found = metrics(server)
    assert found["kv_jobs", 'kind="import",state="completed"'] == 1
    assert not any(name == "kv_job_keys_total" for name, _ in found)


def test_answers_held_back_for_news_are_no_latency(fresh_server):
    job = fresh_server.namespace().load(b'{"key":"a","value":"1"}')
    fresh_server.get(f"/api/jobs/{job['id']}?after={job['progress']['sequence']}&wait=1")
    route = 'route="/api/jobs/{job}"'
    answers, figure = ("kv_http_requests_total", f'{route},method="GET",status="200"'), ("kv_http_request_duration_seconds_count", route)
    found = metrics(fresh_server)
    assert found[figure] < found[answers]
    # Only a parameter of this name, however it is written.
    for query, is_held in (("await=1", 0), ("after=wait=1", 0), ("x=1&%77ait=0", 1), ("wait", 1)):
        fresh_server.api("GET", f"/api/jobs/{job['id']}?{query}")
        before, found = found, metrics(fresh_server)
        assert found[figure] - before[figure] == 1 - is_held, query


def test_the_monitor_tells_the_last_half_hour(fresh_server):
    fresh_server.namespace().fill(500)

    def told():
        return fresh_server.get("/api/monitor")

    news = told()
    assert {len(news[name]) for name in ("requests", "throttled", "errors", "p99Milliseconds", "keys")} == {180}
    # The stretch at hand is told when it is over, within ten seconds. The namespace was made before its keys.
    deadline = time.monotonic() + 30
    while not sum(news["keys"]) and time.monotonic() < deadline:
        news = told()
    assert sum(news["requests"]) >= 1
    while sum(news["keys"]) < 500 and time.monotonic() < deadline:
        news = told()
    assert sum(news["keys"]) == 500 and sum(news["errors"]) == 0
    assert news["now"]["memoryBytes"] > 10_000_000 and news["now"]["inFlight"] >= 1
    assert any("listening" in line["message"] for line in news["log"])


# MARK: the log

@pytest.fixture
def broken(start):
    """A server of which one store cannot be reached."""
    config = {"stores": [{"name": "away", "engine": "cloudflare", "accountID": "a", "apiTokenEnv": "TOKEN",
                          "baseURL": "http://127.0.0.1:9/client/v4"}]}

    def begin(**environment):
        return start(environment={"TOKEN": "t0ken", "KV_MANAGER_CONFIG": "config.json", **environment}, name="broken")

    def make(tmp):
        tmp.mkdir(exist_ok=True)
        (tmp / "config.json").write_text(json.dumps(config))
    begin.make = make
    return begin


def test_the_log_is_json_for_programs_each_message_once_and_counted(broken, tmp_path):
    broken.make(tmp_path / "broken")
    server = broken()

    def said():
        lines = [json.loads(line) for line in server.log if line.startswith("{")]
        return [line for line in lines if line["message"] == "A request failed"]

    # Said again once it has been quiet for a while, with how often it was not.
    answers = []
    while len(said()) < 2:
        answers.append(server.api("GET", "/readyz"))
    assert {answer.status_code for answer in answers} == {503}
    line, again = said()
    assert set(line) == {"at", "level", "message", "fields"}
    assert line["fields"]["request"] == answers[0].headers["X-Request-Id"] == answers[0].json()["requestId"]
    assert line["fields"]["route"] == "/readyz" and "t0ken" not in server.printed()
    # The line may have been on its way while one more was asked.
    assert len(answers) - 3 <= int(again["fields"]["repeated"]) <= len(answers) - 2 and len(answers) > 2


def test_the_log_is_text_when_that_is_asked_for_and_says_which_forms_there_are(broken, tmp_path):
    broken.make(tmp_path / "broken")
    server = broken(KV_MANAGER_LOG_FORMAT="text")
    server.api("GET", "/readyz")
    # The log is written beside the work; at the program's end all of it is there.
    assert server.terminate() == 0
    assert re.search(r"^\S+Z error A request failed .*code=store_unavailable", server.printed(), re.M)
    with pytest.raises(AssertionError, match="auto, text, json"):
        broken(KV_MANAGER_LOG_FORMAT="yaml")


# MARK: traces

def test_a_trace_is_carried_on_to_the_store_and_into_the_log(start, tmp_path):
    seen = []

    class Store(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers.get("traceparent"))
            self.send_error(403)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store) as store:
        threading.Thread(target=store.serve_forever, daemon=True).start()
        (tmp_path / "traced").mkdir()
        (tmp_path / "traced/config.json").write_text(json.dumps({"stores": [{
            "name": "traced", "engine": "cloudflare", "accountID": "a", "apiTokenEnv": "TOKEN",
            "baseURL": f"http://127.0.0.1:{store.server_port}"}]}))
        server = start("--config", "config.json", environment={"TOKEN": "t"}, name="traced")
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        for header in (f"00-{trace}-00f067aa0ba902b7-01", "nonsense", f"00-{trace}-0000000000000000-01", None):
            server.api("GET", "/api/stores/traced/namespaces", headers={"traceparent": header} if header else {})
        store.shutdown()
    assert re.fullmatch(f"00-{trace}-[0-9a-f]{{16}}-01", seen[0]) and "00f067aa0ba902b7" not in seen[0]
    assert seen[1:] == [None] * 3
    lines = [json.loads(line) for line in server.log if "A request failed" in line]
    assert lines[0]["fields"]["trace"] == trace
