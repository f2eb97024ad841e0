"""Hosting below a path: everything lies there and nothing beside it, and what is handed out leads there."""
import json
import re

import pytest
import requests
from broken import BrokenDoor, Fault
from cli import CommandLine, against
from server import Server, expect, problem
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("below"), "--base-path", "/tools/kv").start()
    yield server
    assert server.terminate() == 0, server.printed()


@pytest.fixture
def origin(server):
    """The server's address without its base path."""
    return server.url.removesuffix("/tools/kv")


def test_the_ready_line_names_the_whole_address(server):
    assert server.url.endswith("/tools/kv")


def test_the_page_names_what_it_loads_below_the_path_and_all_of_it_is_there(server, origin):
    for view in ("/", "/jobs", "/s/local/n/x/k/y"):
        page = expect(server.api("GET", view, headers={"Accept": "text/html"}), 200)
        assert "base-uri 'none'" in page.headers["Content-Security-Policy"]
        named = re.findall(r'(?:src|href)="(/[^"]*)"', page.text)
        assert len(named) == 4 and all(one.startswith("/tools/kv/") for one in named), named
        for one in named:
            assert expect(requests.get(origin + one), 200).headers["ETag"]
    assert server.get("/openapi.json")["servers"][0]["url"] == "/tools/kv"


def test_the_path_itself_leads_to_the_page(server, origin):
    for method in ("GET", "HEAD"):
        answer = expect(requests.request(method, origin + "/tools/kv?a=b%2F", allow_redirects=False), 308)
        assert answer.headers["Location"] == "/tools/kv/?a=b%2F"
    assert expect(requests.get(origin + "/tools/kv"), 200).url == origin + "/tools/kv/"


@pytest.mark.parametrize("path", [
    "/", "/tools", "/tools/", "/tools/kvx", "/tools/k", "/tools/KV/", "/app.js", "/healthz", "/metrics", "/api/stores", "/jobs",
    "/client/v4/accounts", "/tools%2Fkv/", "//tools/kv/"])
def test_beside_it_there_is_nothing(server, origin, path):
    request = requests.Request("GET", origin, headers={"Accept": "text/html"}).prepare()
    request.url = origin + path
    with requests.Session() as session:
        assert "/tools/kv/" in problem(session.send(request), 404, "route_not_found")["detail"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/api/version", "/api/monitor"])
def test_what_watches_is_below_it(server, path):
    expect(server.api("GET", path), 200)


def test_what_no_route_knows_below_it_is_told_as_ever(server):
    problem(server.api("GET", "/api/nothing"), 404, "route_not_found")
    problem(server.api("GET", "/api//stores"), 404, "route_not_found")
    assert "<title>" in expect(server.api("GET", "/nowhere", headers={"Accept": "text/html"}), 404).text


def test_locations_and_downloads_lead_there(server, origin):
    made = expect(server.api("POST", "/api/stores/local/namespaces", json={"title": "located"}), 201)
    assert expect(requests.get(origin + made.headers["Location"]), 200).json()["title"] == "located"
    space = server.namespace().fill(3)
    started = expect(server.api("POST", "/api/jobs", json=space.job("export")), 202)
    assert expect(requests.get(origin + started.headers["Location"]), 200).json()["id"] == started.json()["id"]
    job = server.wait_for_job(started.json()["id"])
    assert job["download"]["url"] == f"/tools/kv/api/jobs/{job['id']}/download"
    assert expect(requests.get(origin + job["download"]["url"]), 200).text.count("\n") == 3
    listed = server.get("/api/jobs?kind=export")["jobs"]
    assert job["download"] in [one["download"] for one in listed]


def test_progress_comes_by_a_socket_below_it(server):
    space = server.namespace().fill(20_000)
    job = server.start_job(space.job("export"))
    with connect(f"{server.websocket_url}/api/jobs/{job['id']}/progress", proxy=None) as watched:
        messages = []
        while not messages or messages[-1]["type"] != "finished":
            messages.append(json.loads(watched.recv(timeout=60)))
    assert messages[-1]["job"]["download"]["url"].startswith("/tools/kv/api/jobs/")


def test_the_gateway_is_below_it_and_speaks_its_own_way(server):
    path = "/client/v4/accounts/local/storage/kv/namespaces"
    auth = {"Authorization": "Bearer t"}
    made = expect(server.api("POST", path, json={"title": "by the gateway"}, headers=auth), 200).json()["result"]["id"]
    expect(server.api("PUT", f"{path}/{made}/values/a%2Fb", data=b"\0", headers=auth), 200)
    assert expect(server.api("GET", f"{path}/{made}/values/a%2Fb", headers=auth), 200).content == b"\0"
    missing = expect(server.api("GET", f"{path}/{'0' * 32}/values/a", headers=auth), 404).json()
    assert missing["success"] is False and missing["errors"]
    unknown = expect(server.api("GET", "/client/v4/nothing", headers=auth), 404).json()
    assert unknown["success"] is False
    noted = server.get("/api/audit?limit=1000")
    assert [one for one in sum((v for v in noted.values() if isinstance(v, list)), []) if one["via"] == "gateway"]


@pytest.mark.parametrize("how", ["address", "address and slash", "data folder"])
def test_commands_find_it(server, tmp_path, how):
    where = {"address": ["--server", server.url], "address and slash": ["--server", server.url + "/"],
             "data folder": ["--data", str(server.data)]}[how]
    kv = CommandLine(*where)
    space = server.namespace().fill(5)
    kv("key", "put", "-n", space.title, "k", "--path", "-", input=b"\xff")
    assert kv("key", "get", "-n", space.title, "k").output == b"\xff"
    kv("export", "-n", space.title, "--all", str(tmp_path / "all.ndjson"))
    assert (tmp_path / "all.ndjson").read_text().count("\n") == 6
    other = server.namespace()
    kv("import", "-n", other.title, str(tmp_path / "all.ndjson"))
    assert other.names() == space.names()


def test_verify_passes_there_and_nowhere_else(server, origin):
    report = against(server)("verify", "--watch", "0", "--idle", "0", "--output", "json").json
    assert report["passed"], [check for check in report["checks"] if not check["passed"]]
    assert not CommandLine("--server", origin)("verify", "--watch", "0", "--idle", "0", "--output", "json", status=1).json["passed"]


class TakesPathOff(Fault):
    """A proxy that has the server below a path, of which the server is not told."""

    def before(self, door, method, path):
        door.path = path.removeprefix("/kv")

    def socket(self, door):
        door.path = door.path.removeprefix("/kv")


def test_a_path_that_the_server_is_not_told_of_breaks_the_page_alone_and_verify_says_so(start):
    with BrokenDoor(start(), TakesPathOff()) as door:
        report = CommandLine("--server", door.url + "/kv")("verify", "--watch", "0", "--idle", "0", "--output", "json", status=1).json
    broken = [check for check in report["checks"] if not check["passed"]]
    assert [one["name"] for one in broken] == ["page"] and "--base-path" in broken[0]["seen"], broken


@pytest.mark.parametrize("given", ["", "/"])
def test_the_root_is_no_path(start, given):
    server = start(environment={"KV_MANAGER_BASE_PATH": given})
    assert server.url == f"http://127.0.0.1:{server.port}"
    expect(server.api("GET", "/healthz"), 200)


def test_it_comes_from_the_configuration_file_and_may_end_in_a_slash(start, tmp_path):
    (tmp_path / "kv.yaml").write_text("basePath: /a.b/~c_d-9/\n")
    server = start("--config", str(tmp_path / "kv.yaml"))
    assert server.url.endswith(f"{server.port}/a.b/~c_d-9")
    expect(server.api("GET", "/healthz"), 200)


@pytest.mark.parametrize("given", ["kv", "//", "/a//b", "/./kv", "/kv/..", "/a b", "/ü", "/a%2Fb", "/kv?", "/" + "k" * 200])
def test_what_is_no_path_is_refused_with_an_example(given, tmp_path):
    run = CommandLine()("serve", "--base-path", given, "--port", "0", "--data", str(tmp_path / "data"), status=1)
    assert "A base path is like /kv" in run.errors
