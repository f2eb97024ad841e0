"""A Cloudflare store: one program has the gateway of another as its store, which counts what is asked of it."""
import contextlib
import json
import shutil

from program import Program, timed
from report import Row, megabytes

TOKEN = "token-of-the-benchmark"
LATENCY = ("--gateway-latency", "20ms")


@contextlib.contextmanager
def two(bench, *gateway_options, pace="1000000/1s"):
    """The program with the gateway, and the one whose store `cloud` it is."""
    folder = bench.folder / "cloudflare"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with Program(folder / "gateway", *gateway_options) as gateway:
        config = folder / "stores.json"
        config.write_text(json.dumps({"stores": [
            {"name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "BENCH_TOKEN",
             "baseURL": f"{gateway.url}/client/v4", "pace": pace}]}))
        with Program(folder / "client", "--config", config, environment={"BENCH_TOKEN": TOKEN}) as client:
            yield gateway, client


def entries(bench, count, every=7):
    """NDJSON of small texts, some with metadata, every seventh (or none) with an expiration."""
    path = bench.folder / f"cloudflare-{count}-{every}.ndjson"
    if not path.exists():
        with open(path, "w") as file:
            for n in range(count):
                expiration = ',"expiration":4102444800' if every and n % every == 0 else ""
                metadata = f',"metadata":{{"n":{n}}}' if n % 3 == 0 else ""
                file.write(f'{{"key":"key:{n:08}","value":"{n:0200}"{metadata}{expiration}}}\n')
    return path


def load(client, namespace, path, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    with open(path, "rb") as file:
        job = client.json("POST", f"/api/stores/cloud/namespaces/{namespace}/import?{asked}", file,
                          headers={"Content-Length": str(path.stat().st_size)})
    return client.finish(job)


def copy(client, source, target, selection):
    return client.finish(client.start("copy", source, selection, store="cloud", target={"store": "cloud", "namespace": target}))


def requests(bench):
    """How many requests the gateway saw for 10,000 keys, and how long copying takes with its latency."""
    with two(bench, *LATENCY) as (gateway, client):
        source, target = (client.namespace(title, store="cloud") for title in ("source", "target"))
        path = entries(bench, 10_000)
        prefix, names = {"prefix": "key:"}, {"keys": [f"key:{n:08}" for n in range(10_000)]}

        def spent(work):
            gateway.request("DELETE", "/api/gateway/usage")
            seconds, job = timed(work)
            assert job["progress"]["failed"] == 0, job
            told = gateway.json("GET", "/api/gateway/usage")
            assert told["throttled"] == 0, told
            return job["progress"]["requests"], told["requests"], seconds

        def row(work, limit, result, goal=None):
            job, seen, _ = result
            return Row(f"Cloudflare, 10,000 keys: {work}", f"{job} requests", f"{seen} seen by the gateway, looks at namespaces among them",
                       goal=goal or f"≤ {limit}", met=job <= limit)

        rows = [row("import", 2, spent(lambda: load(client, source, path))),
                row("import, collision skip", 112, spent(lambda: load(client, source, path, collision="skip")))]
        copied = spent(lambda: copy(client, source, target, prefix))
        rows.append(row("copy by prefix", 112, copied))
        rows.append(Row("Cloudflare, 10,000 keys: copy by prefix, 20 ms latency", f"{copied[2]:.2f} s", goal="< 3 s", met=copied[2] < 3))
        rows.append(row("copy by name", 102, spent(lambda: copy(client, source, target, names))))
        rows.append(row("export", 111, spent(lambda: client.finish(client.start("export", source, prefix, store="cloud")))))
        rows.append(row("delete by prefix", 12, spent(lambda: client.finish(client.start("delete", source, prefix, store="cloud")))))
    with two(bench, *LATENCY) as (gateway, client):
        # No answer shows that bulk reads tell of expirations: they are looked up in the listing.
        source, target = (client.namespace(title, store="cloud") for title in ("source", "target"))
        load(client, source, entries(bench, 10_000, every=0))
        rows.append(row("copy by name, no expiration anywhere", 112, spent(lambda: copy(client, source, target, names)),
                        "≤ 102, and 10 to look for lost expirations"))
    return rows


def quota(bench):
    """30,000 keys under 240 requests a minute: 338 requests, so that the end of one window has to be waited for."""
    with two(bench, *LATENCY, "--gateway-quota", "240/60s", pace="240/60s") as (gateway, client):
        source, target = (client.namespace(title, store="cloud") for title in ("source", "target"))
        load(client, source, entries(bench, 30_000))
        # The load has used some of the window: a fresh one, as a fresh program has it.
        spent = gateway.json("GET", "/api/gateway/usage")["requests"]
        seconds, job = timed(lambda: copy(client, source, target, {"prefix": "key:"}))
        told = gateway.json("GET", "/api/gateway/usage")
        requests = told["requests"] - spent
        floor = 60 * ((spent + requests - 1) // 240)
        return Row("Cloudflare, 30,000 keys copied under 240/60s", f"{seconds:.1f} s, {requests} requests",
                   f"{floor} s (whole windows to wait for)", f"{seconds / floor:.2f} ×", "no 429, ≤ 1.1 ×",
                   met=told["throttled"] == 0 and seconds <= floor * 1.1 and job["progress"]["succeeded"] == 30_000,
                   runs={"usage": told, "seconds": seconds})


def faults(bench):
    def run(*options):
        with two(bench, *options) as (gateway, client):
            source, target = (client.namespace(title, store="cloud") for title in ("source", "target"))
            load(client, source, entries(bench, 10_000))
            job = copy(client, source, target, {"prefix": "key:"})
            assert job["progress"]["failed"] == 0 and job["progress"]["succeeded"] == 10_000, job
            return job["progress"]["requests"]
    clean, faulty = run(), run("--gateway-faults", "0.02", "--gateway-seed", "11")
    return Row("Cloudflare, 10,000 keys copied, 2 % of requests fail", f"{faulty} requests", f"{clean} (none fail)",
               f"{faulty / clean:.2f} ×", "all copied, ≤ 1.15 ×", met=faulty <= clean * 1.15)


def memory(bench):
    count = bench.count
    with two(bench) as (gateway, client):
        source, target = (client.namespace(title, store="cloud") for title in ("source", "target"))
        load(client, source, entries(bench, count))
        seconds, job = timed(lambda: copy(client, source, target, {"prefix": "key:"}))
        assert job["progress"]["succeeded"] == count, job
        peak = client.peak()
        return Row(f"Cloudflare, {count:,} keys copied", f"{seconds:.1f} s, {job['progress']['requests']:,} requests",
                   f"gateway: {megabytes(gateway.peak())}", goal="< 200 MB", memory=megabytes(peak), met=peak < 200e6)
