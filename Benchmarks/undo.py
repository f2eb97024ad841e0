"""What it costs that jobs can be undone and go on after a crash, and how fast they do."""
import os
import shutil
import time

from program import Program, timed
from report import Row, alternate, megabytes
from storage import Storage


class Undo:
    def __init__(self, bench):
        self.bench, self.storage = bench, Storage(bench)

    def kept(self):
        """A deletion with pre-images kept, beside the same without."""
        def delete(name, **fields):
            with Program(self.storage._full(name)) as program:
                namespace = program.find("full")["id"]
                seconds, job = timed(lambda: program.finish(program.start("delete", namespace, **fields)))
                assert job["progress"]["succeeded"] == self.bench.count
                return seconds, program.peak()
        return alternate(self.bench, f"delete with pre-images ({self.bench.count:,})", lambda run: delete("ours"),
                         lambda run: delete("reference", undoable=False)[0], limit=1.6, memory=200, against="without")

    def undone(self):
        """The undo of a deletion, beside an import of the same entries."""
        def ours(run):
            with Program(self.storage._full("ours")) as program:
                job = program.finish(program.start("delete", program.find("full")["id"]))
                seconds, undo = timed(lambda: program.finish(program.json("POST", f"/api/jobs/{job['id']}/undo")))
                assert undo["progress"]["succeeded"] == self.bench.count
                return seconds, program.peak()

        def reference(run):
            with Program(self.storage._empty("reference")) as program:
                namespace = program.namespace("loaded")
                return timed(lambda: program.load(namespace, self.bench.data.ordered().ndjson))[0]
        return alternate(self.bench, f"undo of a delete ({self.bench.count:,})", ours, reference, limit=1.5, memory=200,
                         against="import of the same")


def resumed(bench):
    """A job over many keys that was killed: from the start of the program to its first new batch. And the most memory that
    any part of it took: import, deletion with pre-images, undo."""
    folder = bench.folder / "many"
    shutil.rmtree(folder, ignore_errors=True)
    peaks = []
    with Program(folder) as program:
        namespace = program.namespace("many")
        program.load(namespace, bench.data.many_keys())
        peaks.append(program.peak())
    with Program(folder) as program:
        job = program.start("delete", namespace)
        while job["progress"]["processed"] < bench.pages // 4:
            job = program.json("GET", f"/api/jobs/{job['id']}?after={job['progress']['sequence']}&wait=20")
        program.process.kill()
        program.process.wait()
    begin = time.perf_counter()
    with Program(folder) as program:
        before = program.json("GET", f"/api/jobs/{job['id']}")
        first = before
        while first["progress"]["processed"] <= before["progress"]["processed"]:
            first = program.json("GET", f"/api/jobs/{job['id']}?after={first['progress']['sequence']}&wait=20")
        seconds = time.perf_counter() - begin
        done = program.finish(first)
        assert done["progress"]["succeeded"] == bench.pages, done
        undo = program.finish(program.json("POST", f"/api/jobs/{job['id']}/undo"))
        assert undo["progress"]["succeeded"] == bench.pages, undo
        peaks.append(program.peak())
    shutil.rmtree(folder)
    os.sync()
    return [Row(f"first new batch after a kill ({bench.pages:,} keys)", f"{seconds:.2f} s", goal="≤ 2 s", met=seconds <= 2,
                runs={"seconds": seconds}),
            Row(f"import, delete and undo ({bench.pages:,} keys)", megabytes(max(peaks)), goal="< 200 MB", memory=megabytes(max(peaks)),
                met=max(peaks) < 200e6, runs={"peakBytes": peaks})]
