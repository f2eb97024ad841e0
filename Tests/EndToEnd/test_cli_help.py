"""What the program says of itself: help, completions, the manual page."""
import pathlib
import shutil
import subprocess
import sys

import pytest
from help_texts import commands, help_of, whole
from server import ROOT, binary

SHELLS = ("bash", "zsh", "fish")


def test_help_says_what_it_is_known_to_say():
    """After a change on purpose, script/manual writes them anew."""
    assert whole(binary()) == pathlib.Path(__file__).with_name("help.txt").read_text()


def test_every_command_shows_an_example():
    known = commands(binary())
    leaves = [one for one in known if one and not any(other[:len(one)] == one and other != one for other in known)]
    assert len(leaves) > 25
    assert [one for one in leaves if "kv-manager " + " ".join(one) not in help_of(binary(), one).split("USAGE")[0]] == []


def test_the_manual_page_is_what_the_program_says(tmp_path):
    dump = subprocess.run([binary(), "--experimental-dump-help"], capture_output=True, check=True).stdout
    page = subprocess.run([sys.executable, ROOT / "script/lib/manual.py"], input=dump, capture_output=True, check=True).stdout
    assert page.decode() == (ROOT / "Docs/kv-manager.1").read_text()
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", ROOT / "Docs/kv-manager.1"], capture_output=True, check=True)
        assert done.stderr == b"" and "bulk copy" in done.stdout.decode()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_the_commands(shell, tmp_path):
    script = subprocess.run([binary(), "completions", shell], capture_output=True, check=True).stdout
    assert b"namespace" in script and b"--prefix" in script or shell == "fish" and b"prefix" in script
    if shutil.which(shell):
        file = tmp_path / "script"
        file.write_bytes(script)
        subprocess.run([shell, "-n", file], check=True)


def test_bash_offers_what_begins_like_that(tmp_path):
    if not shutil.which("bash"):
        pytest.skip("there is no bash")
    script = tmp_path / "completions"
    script.write_bytes(subprocess.run([binary(), "completions", "bash"], capture_output=True, check=True).stdout)
    asked = f"""source {script}; PATH={pathlib.Path(binary()).parent}:$PATH
        COMP_WORDS=(kv-manager na); COMP_CWORD=1; COMP_LINE="kv-manager na"; COMP_POINT=${{#COMP_LINE}}
        _kv-manager kv-manager na kv-manager; echo "${{COMPREPLY[@]}}" """
    assert subprocess.run(["bash", "-c", asked], capture_output=True, text=True).stdout.strip() == "namespace"


def test_the_version_is_said():
    said = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    assert said.count(".") == 2


def test_the_table_of_settings_is_what_the_program_says():
    said = subprocess.run([binary(), "config", "show", "--output", "json"], capture_output=True, check=True, env={"HOME": "/"}).stdout
    subprocess.run([sys.executable, "script/lib/settings.py", "--check"], input=said, cwd=ROOT, check=True)
