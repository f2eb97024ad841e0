"""Measures the release build beside its references: see script/bench."""
import argparse
import dataclasses
import json
import os
import pathlib
import platform
import subprocess
import sys
import traceback

import bounded
import cloudflare
import operating
from data import Data
from interface import interface
from lists import key_list_receive, lists
from pages import pages
from program import ROOT
from report import Row, table
from small_gets import small_gets
from storage import Storage
from switching import switch
from undo import Undo, resumed
from watchers import watchers


class Bench:
    def __init__(self, arguments):
        small = arguments.scale == "small"
        self.count = 100_000 if small else 1_000_000
        self.pages = 1_000_000 if small else 10_000_000
        self.runs = arguments.runs
        self.seconds = 2 if small else 8
        self.folder = ROOT / ".build/bench"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = Data(self.folder / "data", self.count, self.pages)

    @staticmethod
    def note(text):
        print(text, file=sys.stderr, flush=True)


def main():
    storage_rows = ("import-ordered", "import-shuffled", "import-real", "copy", "delete", "export")
    cloudflare_rows = {"cloudflare-requests": cloudflare.requests, "cloudflare-quota": cloudflare.quota,
                       "cloudflare-faults": cloudflare.faults, "cloudflare-memory": cloudflare.memory}
    operating_rows = {"start": operating.start, "idle": operating.idle, "size": operating.size, "figures": operating.figures,
                      "verify": operating.verification, "switch": switch}
    bounded_rows = {"readers": bounded.readers, "bodies": bounded.bodies, "key-list": bounded.key_list}
    undo_rows = ("pre-images", "undo", "resume")
    names = (*storage_rows, *undo_rows, "pages", "lists", "key-list-receive", "small-gets", "watchers", "interface", *cloudflare_rows, *operating_rows, *bounded_rows)
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures the release build beside its references.")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures of every run there")
    parser.add_argument("--scale", choices=("full", "small"), default="full", help="small: a tenth, to try it out")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    bench = Bench(arguments)
    storage = Storage(bench)
    measures = {name: getattr(storage, name.replace("-", "_")) for name in storage_rows}
    measures |= {"pages": lambda: pages(bench), "lists": lambda: lists(bench), "key-list-receive": lambda: key_list_receive(bench),
                 "small-gets": lambda: small_gets(bench), "watchers": lambda: watchers(bench),
                 "interface": lambda: interface(bench)}
    undo = Undo(bench)
    measures |= {"pre-images": undo.kept, "undo": undo.undone, "resume": lambda: resumed(bench)}
    measures |= {name: lambda measure=measure: measure(bench) for name, measure in (cloudflare_rows | operating_rows | bounded_rows).items()}

    rows = []
    for name in arguments.only or names:
        bench.note(f"==> {name}")
        try:
            measured = measures[name]()
            rows += measured if isinstance(measured, list) else [measured]
        except (Exception, SystemExit):
            # The other rows are worth having; this one is missed.
            traceback.print_exc()
            rows.append(Row(name, figure="broke off", met=False))
    version = subprocess.run(["sqlite3", "--version"], capture_output=True, text=True).stdout.split()[0]
    print(f"{os.cpu_count()} cores, {platform.machine()}, SQLite {version}; medians of {bench.runs} runs, the reference and ours in turn\n")
    print(table(rows))
    judged = [row for row in rows if row.met is not None]
    print(f"\n{sum(row.met for row in judged)} of {len(judged)} goals met")
    if arguments.json:
        arguments.json.write_text(json.dumps([dataclasses.asdict(row) for row in rows], indent=2, ensure_ascii=False) + "\n")


main()
