"""What operators wait for and pay: the start, idleness, the figures, a verification."""
import pathlib
import re
import shutil
import statistics
import subprocess
import time

from chromium import Chromium
from pages import many_keys
from program import BINARY, ROOT, Program, timed
from report import Row, megabytes
from small_gets import CONNECTIONS, VALUE, load

STARTS = 15


def start(bench):
    """From the start of the process to the line that says ready, beside the same with an empty store."""
    full, empty = many_keys(bench), bench.folder / "started"
    shutil.rmtree(empty, ignore_errors=True)
    times, peaks = {full: [], empty: []}, []
    for _ in range(STARTS + 1):
        for folder, taken in times.items():
            seconds, program = timed(Program(folder).__enter__)
            peaks.append(program.peak())
            program.__exit__()
            taken.append(seconds * 1000)
    # The first one makes the empty store.
    mine, theirs = (statistics.median(taken[1:]) for taken in times.values())
    return Row(f"start to ready, {bench.pages:,} keys", f"{mine:.0f} ms", f"{theirs:.0f} ms (no keys)", f"{mine / theirs:.2f} ×",
               "< 150 ms", megabytes(max(peaks)), mine < 150, {"ours": times[full], "reference": times[empty]})


def idle(bench):
    """A server on which nothing is done, while a page of its interface is open: processor, memory, requests."""
    seconds = 60 if bench.count >= 1_000_000 else 10
    with Program(many_keys(bench)) as program, Chromium(bench.folder) as browser:
        browser.open(f"{program.url}/s/local/n/{program.find('keys')['id']}")
        time.sleep(5)
        asked, computed = requests(program), processor(program)
        time.sleep(seconds)
        share = (processor(program) - computed) / seconds
        memory = resident(program)
        asked = requests(program) - asked
    return Row(f"idle for {seconds} s, a page open, {bench.pages:,} keys", f"{share:.3%} of a core, {asked} requests",
               goal="< 0.1 %, 0, < 60 MB", memory=f"{megabytes(memory)} held", met=share < 0.001 and asked == 0 and memory < 60e6,
               runs={"share": share, "requests": asked, "bytes": memory})


def requests(program):
    """Answered so far, without those for these figures."""
    text = program.request("GET", "/metrics").decode()
    counts = re.findall(r'^kv_http_requests_total\{route="([^"]*)".*\} (\d+)$', text, re.M)
    return sum(int(count) for route, count in counts if route != "/metrics")


def processor(program):
    """Seconds that its threads have had a processor, to the nanosecond."""
    tasks = pathlib.Path(f"/proc/{program.process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def resident(program):
    text = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024


def size(_):
    size = BINARY.stat().st_size
    return Row("the program", f"{size / 1e6:.1f} MB", goal="< 100 MB", met=size < 100_000_000)


def figures(bench):
    """What counting a request takes of the processor time that answering a small one takes.

    A ratio of two throughputs would not show 2 % on a machine with other work.
    """
    counting = ROOT / ".build/release/figures-cost"
    if not counting.exists():
        return Row.skipped("figures of a request", "script/bench builds figures-cost")
    folder, shares, costs, answers = bench.folder / "figures", [], [], []
    for run in range(bench.runs):
        shutil.rmtree(folder, ignore_errors=True)
        with Program(folder) as program:
            path = f"/api/stores/local/namespaces/{program.namespace('small')}/values/key"
            program.request("PUT", path, VALUE)
            before = processor(program)
            answered = load(bench, program.url + path) * bench.seconds
            answers.append((processor(program) - before) / answered * 1e9)
        costs.append(float(subprocess.run([counting], capture_output=True, text=True, check=True).stdout))
        shares.append(costs[-1] / answers[-1])
        bench.note(f"figures, run {run + 1}: {costs[-1]:.0f} ns of {answers[-1]:,.0f} ns")
    share = statistics.median(shares)
    return Row(f"figures of a request, {CONNECTIONS} connections", f"{statistics.median(costs):.0f} ns",
               f"{statistics.median(answers):,.0f} ns of processor (a small read)", f"{share:.1%}", "< 2 %", met=share < 0.02,
               runs={"ours": costs, "reference": answers})


def verification(bench):
    times = []
    with Program(many_keys(bench)) as program:
        for _ in range(bench.runs):
            seconds, _ = timed(lambda: subprocess.run([BINARY, "verify", "--server", program.url, "--watch", "0"], check=True,
                                                      stdout=subprocess.DEVNULL))
            times.append(seconds)
        peak = program.peak()
    return Row("verify without a watch", f"{statistics.median(times):.2f} s", goal="< 5 s", memory=megabytes(peak),
               met=statistics.median(times) < 5, runs={"seconds": times})
