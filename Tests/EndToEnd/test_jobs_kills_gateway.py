"""kill -9 at random moments of jobs on a store that is reached over a network, through a gateway that fails now and then."""
import hashlib
import os
import time

import pytest

from kills import FAR, lines, ndjson, outcome, seeded
from server import NamespaceClient, Server
from two import TOKEN

RUNS = max(1, int(os.environ.get("KV_MANAGER_KILLS", "5")) // 2)
KILLS = 2
COUNT = 3_000
NAMES = ["delete", "copy to the cloud", "copy from the cloud", "copy that skips", "move", "rename", "expire", "export", "import"]
KINDS = [pytest.param(name, marks=pytest.mark.xdist_group(f"kills of {name} over the gateway")) for name in NAMES]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The gateway, and the program whose store it is."""
    folder = tmp_path_factory.mktemp("kills")
    (folder / "gateway").mkdir(), (folder / "client").mkdir()
    gateway = Server(folder / "gateway", "--gateway-faults", "0.01", "--gateway-latency", "5ms",
                     environment={"KV_MANAGER_GATEWAY_TOKENS": TOKEN}).start()
    config = folder / "stores.json"
    config.write_text('{"stores": [{"name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "TEST_TOKEN",'
                      f' "baseURL": "{gateway.url}/client/v4"}}]}}')
    client = Server(folder / "client", "--config", str(config),
                    environment={"TEST_TOKEN": TOKEN, "KV_MANAGER_PACE": "100000/1s"}).start()
    yield gateway, client
    client.terminate()
    gateway.terminate()


class Place:
    """A namespace of the gateway and one of the program itself, filled anew."""

    def __init__(self, gateway, client):
        self.gateway, self.client = gateway, client
        self.cloud, self.local = gateway.namespace(), client.namespace()
        # Annotations are the client's: the store knows nothing of them.
        self.seen = NamespaceClient(client, self.cloud.id, self.cloud.title, "cloud")
        assert self.seen.load(ndjson(lines(COUNT, "key:", "s")))["state"] == "completed"
        assert self.local.load(ndjson(lines(COUNT + 900, "key:", "t", step=3)))["state"] == "completed"

    def start(self, name):
        if name == "import":
            path = f"/api/stores/cloud/namespaces/{self.cloud.id}/import"
            return self.client.api("POST", path, data=ndjson(lines(COUNT + 500, "key:", "i")) + b"bad\n").json()
        cloud = {"store": "cloud", "namespace": self.cloud.id}
        prefix = {"selection": {"prefix": "key:"}}
        return self.client.start_job({
            "delete": {"kind": "delete", **cloud, **prefix},
            "copy to the cloud": {"kind": "copy", **self.local.as_target(), **prefix, "target": cloud},
            "copy from the cloud": {"kind": "copy", **cloud, **prefix, "target": self.local.as_target()},
            "copy that skips": {"kind": "copy", **self.local.as_target(), **prefix, "target": cloud, "collision": "skip"},
            "move": {"kind": "move", **cloud, **prefix, "target": self.local.as_target()},
            "rename": {"kind": "rename", **cloud, **prefix, "newPrefix": "new:"},
            "expire": {"kind": "expire", **cloud, **prefix, "expiration": FAR + 9},
            "export": {"kind": "export", **cloud, **prefix},
        }[name])

    def state(self):
        annotated = {key["name"]: [key.get(part) for part in ("tags", "color", "customMetadata")]
                     for key in self.seen.keys(limit=1000)}
        return [hashlib.sha256(namespace.export()).hexdigest() for namespace in (self.cloud, self.local)] + [annotated]


@pytest.fixture(scope="module")
def undisturbed(programs):
    known = {}

    def run(name):
        if name not in known:
            place = Place(*programs)
            begin = time.monotonic()
            job = place.client.wait_for_job(place.start(name)["id"])
            seconds = time.monotonic() - begin
            known[name] = (place.state(), outcome(place.client, job)), seconds
        return known[name]

    return run


@pytest.mark.parametrize("number", range(RUNS))
@pytest.mark.parametrize("name", KINDS)
def test_a_killed_job_ends_as_if_nothing_had_happened(programs, undisturbed, name, number):
    expected, seconds = undisturbed(name)
    place = Place(*programs)
    before = place.state()
    chance = seeded(name, number)
    job = kill_at_random(place.client, place.start(name), chance, seconds)
    assert (place.state(), outcome(place.client, job)) == expected
    if job["undoable"]:
        undo = place.client.api("POST", f"/api/jobs/{job['id']}/undo").json()
        undo = kill_at_random(place.client, undo, chance, seconds)
        assert undo["state"] == "completed" and place.state() == before, undo
    else:
        assert name == "export"


def kill_at_random(client, job, chance, seconds):
    for _ in range(chance.randint(1, KILLS)):
        # The moment is what is random here; nothing is waited for.
        time.sleep(chance.uniform(0, min(seconds, 1.5)))
        client.kill()
        client.start()
    return client.wait_for_job(job["id"])
