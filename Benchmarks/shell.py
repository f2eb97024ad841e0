"""The reference for storage: the sqlite3 shell, doing the same to the same tables in one transaction."""
import pathlib
import re
import subprocess

# As the program opens its files.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF; PRAGMA cache_size=-16384;\n"


def run(path, script):
    subprocess.run(["sqlite3", "-bail", "-batch", str(path)], input=PRAGMAS + script, text=True, check=True,
                   stdout=subprocess.DEVNULL)


def schema(path):
    """The tables of a file that the program has made, so that both sides fill the same.

    The shell cannot import NULL: what is empty in CSV stays an empty text, which the index on expirations must leave
    out as the program's leaves out NULL.
    """
    text = subprocess.run(["sqlite3", str(path), ".schema entry", ".schema value"], capture_output=True, text=True, check=True).stdout
    assert "CREATE TABLE" in text, text
    return re.sub(r"WHERE expires IS NOT NULL", "WHERE expires <> ''", text)


def load(path, schema, files):
    for end in ("", "-wal", "-shm"):
        pathlib.Path(f"{path}{end}").unlink(missing_ok=True)
    run(path, f"""{schema}
BEGIN;
.import --csv "{files.value_csv}" value
.import --csv "{files.entry_csv}" entry
COMMIT;
""")


def copy(path, source, target):
    """From one namespace into another, which is empty; numbers of namespaces, not ids."""
    run(path, f"""BEGIN;
CREATE TEMP TABLE first AS SELECT max(id) AS id FROM value;
INSERT INTO value SELECT v.id + (SELECT id FROM first), v.bytes FROM entry e JOIN value v ON v.id = e.value_id
    WHERE e.namespace = {source};
INSERT INTO entry SELECT {target}, key, value_id + (SELECT id FROM first), size, metadata, expires FROM entry
    WHERE namespace = {source};
COMMIT;
""")


def delete(path, namespace, prefix):
    bound = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    matching = f"namespace = {namespace} AND key >= CAST('{prefix}' AS BLOB) AND key < CAST('{bound}' AS BLOB)"
    run(path, f"""BEGIN;
DELETE FROM value WHERE id IN (SELECT value_id FROM entry WHERE {matching});
DELETE FROM entry WHERE {matching};
COMMIT;
""")


def dump(path, namespace, output):
    run(path, f""".mode json
.output "{output}"
SELECT CAST(key AS TEXT) AS key, CAST(bytes AS TEXT) AS value, CAST(metadata AS TEXT) AS metadata, expires AS expiration
    FROM entry JOIN value ON value.id = value_id WHERE namespace = {namespace} ORDER BY key;
""")
