"""The files in deploy/: those of proxies are in the documentation too, and the unit is one that systemd takes."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest
from proxies import documented
from server import ROOT, binary

DEPLOY = ROOT / "deploy"


@pytest.mark.parametrize("name, file", [("nginx", "nginx.conf"), ("Caddy", "Caddyfile")])
def test_the_files_of_proxies_are_those_of_the_documentation(name, file):
    assert documented(name) == (DEPLOY / file).read_text()


def test_systemd_takes_the_unit_and_finds_it_well_confined(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    unit = tmp_path / "kv-manager.service"
    unit.write_text((DEPLOY / "kv-manager.service").read_text().replace("/usr/local/bin/kv-manager", binary()))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    judged = subprocess.run(["systemd-analyze", "security", "--offline=yes", unit], capture_output=True, text=True).stdout
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", judged)[1]) < 2.5


def test_what_the_image_is_built_from_is_all_there():
    if not shutil.which("swift"):
        pytest.skip("there is no swift")
    told = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    left_out = {line.strip("/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    for target in json.loads(told)["targets"]:
        usual = "Tests" if target["type"] == "test" else "Sources"
        path = pathlib.Path(target.get("path") or f"{usual}/{target['name']}")
        assert not left_out & {str(path), *map(str, path.parents)}, path


def test_the_image_brings_what_the_program_needs():
    """Building it takes an engine for containers. Without one: what it names is what the program links, and it does not run as root."""
    text = (ROOT / "Dockerfile").read_text()
    libraries = (ROOT / "script/lib/swift.sh").read_text()
    assert all(name in libraries for name in ("libsqlite3-dev", "zlib1g-dev")) and "libsqlite3-dev zlib1g-dev" in text
    last = text[text.rindex("\nFROM "):]
    assert "USER 65532:65532" in last and 'ENTRYPOINT ["kv-manager"]' in last
    linked = subprocess.run(["ldd", binary()], capture_output=True, text=True).stdout
    assert "libsqlite3.so.0" in linked and "libz.so.1" in linked
