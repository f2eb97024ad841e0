"""The entries to measure with: the same on every run, as NDJSON for the program and as CSV for the reference."""
import csv
import json
import os
import pathlib
import random
import subprocess
import sys


class Data:
    """Files under one folder, each made once."""

    def __init__(self, folder, count, pages):
        self.folder, self.count, self.pages = pathlib.Path(folder), count, pages
        self.folder.mkdir(parents=True, exist_ok=True)

    def ordered(self):
        return self._made(f"ordered-{self.count}", lambda: entries(range(self.count)))

    def shuffled(self):
        numbers = list(range(self.count))
        random.Random(7).shuffle(numbers)
        return self._made(f"shuffled-{self.count}", lambda: entries(numbers))

    def many_keys(self):
        """Only the NDJSON; values of a few bytes."""
        path = self.folder / f"keys-{self.pages}.ndjson"
        if not path.exists():
            with open(path.with_suffix(".part"), "w") as file:
                for n in range(self.pages):
                    file.write(f'{{"key":"session:{n:08}:device-{n % 97:02}","value":"{n}"}}\n')
            os.rename(path.with_suffix(".part"), path)
        return path

    def real(self):
        """From the program (or the file) that KV_MANAGER_TEST_DATA names; None when it is not set."""
        source = os.environ.get("KV_MANAGER_TEST_DATA")
        if not source:
            return None
        if source.endswith(".ndjson"):
            path = source
        else:
            path = self.folder / "real-source.ndjson"
            if not path.exists():
                subprocess.run([sys.executable, source, path], check=True)

        def read():
            with open(path, encoding="utf-8") as lines:
                for entry in map(json.loads, lines):
                    metadata = entry.get("metadata")
                    yield (entry["key"], entry["value"], json.dumps(metadata, ensure_ascii=False) if metadata else "",
                           entry.get("expiration", ""))
        return self._made("real", read)

    def _made(self, name, rows):
        made = Files(self.folder, name)
        if not made.done.exists():
            made.write(rows())
        return made


class Files:
    def __init__(self, folder, name):
        self.ndjson, self.entry_csv, self.value_csv = (folder / f"{name}{end}" for end in (".ndjson", ".entry.csv", ".value.csv"))
        self.done = folder / f"{name}.done"

    def write(self, rows):
        with open(self.ndjson, "w", encoding="utf-8") as lines, open(self.entry_csv, "w", newline="", encoding="utf-8") as entry, \
                open(self.value_csv, "w", newline="", encoding="utf-8") as value:
            entries, values = csv.writer(entry), csv.writer(value)
            count = 0
            for key, text, metadata, expiration in rows:
                count += 1
                members = [f'"key":{json.dumps(key, ensure_ascii=False)}', f'"value":{json.dumps(text, ensure_ascii=False)}']
                if metadata:
                    members.append(f'"metadata":{metadata}')
                if expiration:
                    members.append(f'"expiration":{expiration}')
                lines.write("{" + ",".join(members) + "}\n")
                entries.writerow((1, key, count, len(text.encode()), metadata, expiration))
                values.writerow((count, text))
        self.done.write_text(str(count))

    @property
    def count(self):
        return int(self.done.read_text())


def entries(numbers):
    """Keys of 40 bytes, values of 200; metadata and an expiration on every tenth."""
    filler = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=200))
    for n in numbers:
        key = f"account:{n:09}:settings:notifications"
        value = f'{{"id":{n},"note":"{filler}"}}'.replace('"', "'")[:200]
        yield key, value, ('{"by":"import"}' if n % 10 == 0 else ""), (4102444800 if n % 10 == 5 else "")
