"""A ledger full of jobs and audit records, as years of work might leave it, made by SQL while the program is not running.

Much of it hangs together, as it does in life: one namespace has half of everything, a store was in use only until some
weeks ago and knows but one kind of job, some people never touch some stores, and hardly anything is ever deleted.
"""
import random
import sqlite3
import time
import uuid

STORES = ("local", "production", "archive")
NAMESPACES = tuple(f"{number:032x}" for number in range(0x5EED, 0x5EED + 400))
USERS = tuple(f"user{number}@example.com" for number in range(20))
STATES = ("completed", "incomplete", "failed", "cancelled")
DAY = 86_400_000


def fill(path, count):
    dice = random.Random(7)
    now = int(time.time() * 1000)
    ids = [str(uuid.UUID(int=dice.getrandbits(128), version=4)) for _ in range(count)]
    with sqlite3.connect(path) as ledger:
        ledger.execute("PRAGMA journal_mode = WAL")
        ledger.execute("PRAGMA synchronous = OFF")
        ledger.executemany(
            "INSERT INTO job (id, kind, state, store, namespace, namespace_title, work, created_by, created_at, started_at, finished_at,"
            " sequence, total, succeeded, failed, skipped, bytes, requests, current_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (job(dice, id, now, number / count) for number, id in enumerate(ids)))
        ledger.executemany(
            "INSERT INTO event (job, number, at, kind, detail) SELECT number, 1, created_at, 'created', '' FROM job WHERE number % ? = 0", [(10,)])
        fill_audit(ledger, dice, ids, now, count)
    ledger.close()


def namespace(dice):
    """Half of all are in the first; the others have the fewer the later they come."""
    return 0 if dice.random() < 0.5 else min(int(dice.paretovariate(0.6)), len(NAMESPACES) - 1)


def place(dice, part):
    number = namespace(dice)
    return ("archive" if number % 5 == 4 and part < 0.4 else STORES[number % 2]), number


def job(dice, id, now, part):
    store, number = place(dice, part)
    kind = "export" if store == "archive" else dice.choices(("copy", "delete", "export", "import"), (30, 20, 35, 15))[0]
    state = dice.choices(STATES, (84, 8, 5, 3))[0]
    created = now - int((1 - part) * 80 * DAY) - 600_000
    started = created + int(dice.expovariate(1 / 2_000))
    finished = started + int(dice.expovariate(1 / 30_000))
    done = int(dice.paretovariate(0.7)) * 10 % 10_000_000
    failed = {"incomplete": 1 + int(dice.paretovariate(0.8)) % 100_000, "failed": dice.randrange(3)}.get(state, 0)
    selection = '{"prefix":{"_0":"user:"}}'
    work = {"delete": f'{{"delete":{{"_0":{selection}}}}}',
            "copy": f'{{"copy":{{"_0":{selection},"collision":"overwrite","target":{{"namespace":"{NAMESPACES[1]}","store":"local"}}}}}}',
            "export": f'{{"export":{{"_0":{selection},"_1":{{"format":"ndjson","isGzipped":false,"neutralisesFormulas":false}}}}}}',
            "import": '{"importing":{"collision":"overwrite"}}'}[kind]
    if state == "cancelled" and dice.random() < 0.3:
        started, done = None, 0
    return (id, kind, state, store, NAMESPACES[number], f"namespace {number}", work, "local", created, started, finished,
            20, done + failed, done, failed, 0, done * 200, 0, f"user:{done:09}")


def fill_audit(ledger, dice, ids, now, count):
    classes, places = {}, {}

    def numbers(who, action, store, namespace):
        named = classes.setdefault((who, action, store), len(classes) + 1)
        return named, places.setdefault((named, namespace), len(places) + 1)

    def record(number):
        part = number / count
        store, ns = place(dice, part)
        at = now - int((1 - part) * 350 * DAY) - 600_000
        kind = dice.random()
        who = "local" if dice.random() < 0.4 else USERS[min(int(dice.expovariate(0.3)), len(USERS) - 1)]
        if who == USERS[3] and store == "production":
            store = "local"
        job, job_kind, key, via, changed = None, None, None, "api", 1
        if kind < 0.15:
            action, job, job_kind, via = dice.choices(("job_completed", "job_failed"), (9, 1))[0], dice.choice(ids), "copy", "job"
            changed = dice.randrange(1_000_000)
        elif kind < 0.2:
            action, via, changed = "entries_written", "gateway", dice.randrange(2, 10_000)
        elif kind < 0.2002:
            action = dice.choice(("namespace_created", "namespace_renamed", "namespace_deleted"))
        else:
            action = "entry_written" if dice.random() < 0.9 else "entry_deleted"
            key = "settings" if dice.random() < 0.1 else f"user:{dice.randrange(count)}"
        named, stands = numbers(who, action, store, NAMESPACES[ns])
        return at, named, stands, via, f"namespace {ns}", key, changed, job, job_kind, ""

    # Both have to be there before what names them.
    records = [record(number) for number in range(count)]
    ledger.executemany("INSERT INTO audit_class (number, who, action, store) VALUES (?, ?, ?, ?)",
                       ((number, *names) for names, number in classes.items()))
    ledger.executemany("INSERT INTO audit_place (number, class, namespace) VALUES (?, ?, ?)",
                       ((number, *names) for names, number in places.items()))
    ledger.executemany("INSERT INTO audit (at, class, place, via, namespace_title, key, count, job, job_kind, detail)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", records)
