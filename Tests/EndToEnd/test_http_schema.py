"""Requests that schemathesis makes from the description of the API: the answers are those that it describes, and no errors of ours."""
import os
import re
import subprocess
import sys

from server import expect

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "response_headers_conformance", "unsupported_method", "allow_header_conformance"]
# It is answered by a socket.
WITHOUT = ["--exclude-path", "/api/jobs/{job}/progress"]
# What the others are about is still there afterwards.
KEEPING = ["--exclude-operation-id", "deleteNamespace", "--exclude-operation-id", "deleteJob"]


def answers_as_described(server, folder, seconds, *options, configuration=""):
    (folder / "schemathesis.toml").write_text(configuration)
    program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    run = subprocess.run(
        [program, "--config-file", "schemathesis.toml", "run", f"{server.url}/openapi.json", "--checks", ",".join(CHECKS),
         "--phases", "coverage,fuzzing", "--max-time", str(seconds), "--seed", "1", "--max-examples", "10", "--no-shrink",
         "--request-timeout", "20", "--suppress-health-check", "all", "--warnings", "off", *WITHOUT, *options],
        cwd=folder, capture_output=True, text=True, timeout=seconds + 120)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert " passed" in run.stdout
    expect(server.api("GET", "/readyz"), 200)


def test_answers_whoever_asks_for_anything(server, tmp_path):
    answers_as_described(server, tmp_path, 18)


def test_answers_whoever_asks_for_what_is_there(server, tmp_path):
    namespace = server.namespace().fill(50)
    exported = server.run_job(namespace.job("export"))
    backup = expect(server.api("POST", "/api/backups"), 202).json()["name"]
    server.get(f"/api/backups/{backup}?wait=30")
    names = {"path.store": "local", "path.namespace": namespace.id, "path.key": "key:000001", "path.job": exported["id"],
             "path.backup": backup}
    configuration = "[parameters]\n" + "".join(f'"{name}" = "{value}"\n' for name, value in names.items())
    answers_as_described(server, tmp_path, 30, *KEEPING, configuration=configuration)
    # The names above reached the server.
    metrics = server.api("GET", "/metrics").text
    for route, method in (("/api/stores/{store}/namespaces/{namespace}/keys", "GET"), ("/api/jobs/{job}/download", "GET"),
                          ("/api/stores/{store}/namespaces/{namespace}/entries/{key}", "PUT"), ("/api/jobs", "POST"),
                          ("/api/backups/{backup}", "GET")):
        assert re.search(f'{re.escape(route)}",method="{method}",status="20[0-9]"', metrics), (route, method)
