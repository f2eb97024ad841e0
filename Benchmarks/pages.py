"""A page of keys at the start, in the middle and at the end of a very large namespace."""
import re
import shutil
import statistics
import time

from program import Program
from report import Row, megabytes

CURSOR = re.compile(rb'"cursor"\s*:\s*(?:"([^"]*)"|null)')
ROUNDS = 200


def many_keys(bench):
    """A data folder with a very large namespace, "keys", made once."""
    folder = bench.folder / f"keys-{bench.pages}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        with Program(folder) as program:
            bench.note(f"importing {bench.pages:,} keys")
            program.load(program.namespace("keys"), bench.data.many_keys())
        (folder / "done").touch()
    return folder


def pages(bench):
    with Program(many_keys(bench)) as program:
        path = f"/api/stores/local/namespaces/{program.find('keys')['id']}/keys?limit=1000"
        places = walk(program, path, bench.pages // 1000)
        times = {name: [] for name in places}
        for _ in range(ROUNDS):
            for name, cursor in places.items():
                begin = time.perf_counter()
                program.request("GET", path + cursor)
                times[name].append(time.perf_counter() - begin)
        peak = program.peak()
    medians = {name: statistics.median(values) * 1000 for name, values in times.items()}
    ratio = max(medians.values()) / min(medians.values())
    return Row(f"a page of 1,000 keys of {bench.pages:,}", ", ".join(f"{name} {value:.2f} ms" for name, value in medians.items()),
               "each other", f"{ratio:.2f} ×", "≤ 1.5 ×, each < 10 ms", megabytes(peak),
               ratio <= 1.5 and max(medians.values()) < 10, {"milliseconds": medians})


def walk(program, path, count):
    """Goes through the whole list, as no cursor can be made up: the queries of three places."""
    places, cursor = {"start": ""}, ""
    for number in range(count):
        if number == count // 2:
            places["middle"] = cursor
        if number == count - 1:
            places["end"] = cursor
        found = CURSOR.findall(program.request("GET", path + cursor))[-1]
        cursor = f"&cursor={found.decode()}"
    assert not found, "the list goes on beyond its end"
    return places
