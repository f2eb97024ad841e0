"""Import, copy, delete and export of a large namespace as jobs, beside the sqlite3 shell."""
import os
import shutil
import sqlite3

import shell
from program import Program, timed
from report import Row, alternate

PREFIX = "account:"


class Storage:
    def __init__(self, bench):
        self.bench = bench
        self.folder = bench.folder
        self._schema = None

    # MARK: imports

    def import_ordered(self):
        return self._import("import, keys in order", self.bench.data.ordered(), limit=1.3, strict=False, memory=150)

    def import_shuffled(self):
        return self._import("import, keys at random", self.bench.data.shuffled(), limit=1.0, strict=True)

    def import_real(self):
        files = self.bench.data.real()
        if files is None:
            return Row.skipped("import, real packages", "KV_MANAGER_TEST_DATA is not set")
        return self._import("import, real packages", files, limit=1.3, strict=False)

    def _import(self, name, files, limit, strict, memory=None):
        def ours(run):
            with Program(self._empty("ours")) as program:
                seconds, job = timed(lambda: program.load(program.namespace("loaded"), files.ndjson))
                assert job["progress"]["succeeded"] == files.count, job
                return seconds, program.peak()

        def reference(run):
            return timed(lambda: shell.load(self._empty("reference").parent / "reference.sqlite", self.schema(), files))[0]
        return alternate(self.bench, f"{name} ({files.count:,})", ours, reference, limit=limit, strict=strict, memory=memory,
                         against="sqlite3 .import --csv")

    # MARK: from a namespace that is full

    def copy(self):
        def ours(run):
            with Program(self._full("ours")) as program:
                source, target = program.find("full")["id"], program.find("empty")["id"]
                seconds, job = timed(lambda: program.finish(
                    program.start("copy", source, target={"store": "local", "namespace": target})))
                assert job["progress"]["succeeded"] == self.bench.count
                return seconds, program.peak()

        def reference(run):
            path = self._full("reference") / "stores/local.sqlite"
            return timed(lambda: shell.copy(path, *self._numbers(path)))[0]
        return alternate(self.bench, f"copy ({self.bench.count:,})", ours, reference, limit=2, against="INSERT … SELECT in the shell")

    def delete(self):
        def ours(run):
            with Program(self._full("ours")) as program:
                namespace = program.find("full")["id"]
                seconds, job = timed(lambda: program.finish(program.start("delete", namespace, {"prefix": PREFIX})))
                assert job["progress"]["succeeded"] == self.bench.count
                return seconds, program.peak()

        def reference(run):
            path = self._full("reference") / "stores/local.sqlite"
            return timed(lambda: shell.delete(path, self._numbers(path)[0], PREFIX))[0]
        return alternate(self.bench, f"delete by prefix ({self.bench.count:,})", ours, reference, limit=2, against="DELETE in the shell")

    def export(self):
        output = self.folder / "exported"

        def ours(run):
            with Program(self._full("ours")) as program:
                def work():
                    job = program.finish(program.start("export", program.find("full")["id"], format="ndjson"))
                    program.download(job["download"]["url"], output)
                seconds, _ = timed(work)
                with open(output, "rb") as lines:
                    assert sum(piece.count(b"\n") for piece in iter(lambda: lines.read(1 << 20), b"")) == self.bench.count
                return seconds, program.peak()

        def reference(run):
            path = self._full("reference") / "stores/local.sqlite"
            return timed(lambda: shell.dump(path, self._numbers(path)[0], output))[0]
        return alternate(self.bench, f"export as NDJSON ({self.bench.count:,})", ours, reference, limit=1, strict=True, memory=150,
                         against=".mode json in the shell")

    # MARK: data folders

    def schema(self):
        if self._schema is None:
            folder = self._empty("schema")
            with Program(folder):
                pass
            self._schema = shell.schema(folder / "stores/local.sqlite")
        return self._schema

    def _empty(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        # Whatever is still on its way to the disk from the turn before is not to be this one's burden.
        os.sync()
        return folder

    def _full(self, name):
        """A copy of one data folder that the program has filled, written out to the disk."""
        made = full_folder(self.bench)
        folder = self._empty(name)
        shutil.copytree(made, folder)
        os.sync()
        return folder

    @staticmethod
    def _numbers(path):
        with sqlite3.connect(path) as database:
            rows = dict(database.execute("SELECT title, number FROM namespace"))
        database.close()
        return rows["full"], rows["empty"]


def full_folder(bench):
    """The namespace `full` with all entries in key order, and the namespace `empty`."""
    made = bench.folder / f"full-{bench.count}"
    if not (made / "done").exists():
        shutil.rmtree(made, ignore_errors=True)
        with Program(made) as program:
            program.namespace("empty")
            program.load(program.namespace("full"), bench.data.ordered().ndjson)
        (made / "done").touch()
    return made
