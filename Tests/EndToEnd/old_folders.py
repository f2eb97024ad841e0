"""Data folders as earlier versions left them, from text: each database as SQL, and the files of jobs as JSON lines.

`schema-2` is of version 0.2.0, whose jobs could not continue. `schema-6` is of a later version that was killed while jobs
were queued, paused and running. Numbers are those of the ledger's last migration.
"""
import base64
import json
import pathlib
import sqlite3
import time

FOLDERS = pathlib.Path(__file__).parent / "folders"
TIMES = {"job": ["created_at", "started_at", "finished_at"], "event": ["at"], "audit": ["at"]}


def restore(name, data):
    """Writes the data folder. Its jobs ended an hour ago, so that none is removed by age."""
    source = FOLDERS / name
    (data / "stores").mkdir(parents=True)
    for sql, path in (("ledger.sql", "ledger.sqlite"), ("local.sql", "stores/local.sqlite")):
        with sqlite3.connect(data / path) as database:
            database.executescript((source / sql).read_text())
            if sql == "ledger.sql":
                _move_to_the_last_hour(database)
        database.close()
    for line in (source / "files.jsonl").read_text().splitlines():
        file = json.loads(line)
        path = data / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file["text"].encode() if "text" in file else base64.b64decode(file["base64"]))
    for folder in (data, *data.rglob("*")):
        folder.chmod(0o700 if folder.is_dir() else 0o600)


def _move_to_the_last_hour(ledger):
    (last,) = ledger.execute("SELECT max(at) FROM event").fetchone()
    shift = int(time.time() - 3_600) * 1_000 - last
    tables = {name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in tables & set(TIMES):
        ledger.execute(f"UPDATE {table} SET {', '.join(f'{column} = {column} + {shift}' for column in TIMES[table])}")


def contents(path):
    """A database as SQL."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return list(database.iterdump())
    finally:
        database.close()
