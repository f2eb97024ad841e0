"""Two programs: one serves an embedded store through its gateway, the other has that gateway as a Cloudflare store."""
import json

import pytest

TOKEN = "token-of-the-test"


@pytest.fixture
def two(start):
    """two(*gateway options): the server with the gateway, and one with the stores `local` and `cloud`, the other's `local`."""
    def begin(*options, pace=None, **fields):
        server = gateway(*options)
        return server, client(server, pace, **fields)

    def gateway(*options):
        return start(*options, name="gateway", environment={"KV_MANAGER_GATEWAY_TOKENS": TOKEN})

    def client(gateway, pace=None, **fields):
        store = {"name": "cloud", "engine": "cloudflare", "accountID": "local", "apiTokenEnv": "TEST_TOKEN",
                 "baseURL": f"{gateway.url}/client/v4", **fields}
        folder = gateway.folder.parent / "stores.json"
        folder.write_text(json.dumps({"stores": [store]}))
        environment = {"TEST_TOKEN": TOKEN} | ({"KV_MANAGER_PACE": pace} if pace else {})
        return start("--config", str(folder), name="client", environment=environment)

    begin.gateway, begin.client = gateway, client
    return begin
