"""Small clients of the hosted service from PyPI, led to a server by their address: the packages themselves are unchanged.

Each has the same form here, and raises what its package raises; `of` is the package's own object.
"""
import asyncio
import json

import cfkv
import kv
import pytest
import requests
import workers_kv
import WorkersKV
from workers_kv.ext import async_workers_kv

HOSTED = "https://api.cloudflare.com"


class Refused(Exception):
    """A package returned the answer to a request that failed."""


def checked(answer):
    if not answer.ok:
        raise Refused(answer.status_code, answer.json()["errors"][0]["code"])
    return answer


class Cfkv:
    """Values are JSON. A read that fails is None, whatever the reason."""
    surface = {"get", "set"}
    hides_refusals = True

    def __init__(self, namespace, token, folder):
        self.of = cfkv.KVStore(namespace.id, "local", token)

    def lead_to(self, server, patch):
        # The address is in the code of its methods: the connection is led elsewhere.
        send = requests.Session.send

        def elsewhere(session, request, **options):
            request.url = request.url.replace(HOSTED, server.url)
            return send(session, request, **options)

        patch.setattr(requests.Session, "send", elsewhere)

    def put(self, key, value):
        self.of.set(key, value)

    def get(self, key):
        return self.of.get(key)

    def stored(self, value):
        return json.dumps(value).encode()


class CloudflareKV:
    """Has an email address and a key for a token. A read that fails is None."""
    surface = {"get", "set"}
    hides_refusals = True

    def __init__(self, namespace, token, folder):
        self.of = kv.CloudFlareKV("ada@example.com", token, "local", namespace.id)

    def lead_to(self, server, patch):
        self.of.url = self.of.url.replace(HOSTED, server.url)

    def put(self, key, value):
        checked(self.of.set(key, value))

    def get(self, key):
        found = self.of.get(key)
        return None if found is None else found.decode()

    def stored(self, value):
        return value.encode()


class WorkersKVpy:
    surface = {"list_keys", "read", "write", "delete_one", "delete_many", "delete_multiple"}
    package = workers_kv

    def __init__(self, namespace, token, folder):
        self.of = self.package.Namespace("local", namespace.id, token)

    def lead_to(self, server, patch):
        self.of.request_base_url = self.of.request_base_url.replace(HOSTED, server.url)

    def call(self, method, *arguments):
        return getattr(self.of, method)(*arguments)

    def put(self, key, value):
        self.call("write", {key: value})

    def get(self, key):
        return self.call("read", key)

    def delete(self, key):
        self.call("delete_one", key)

    def list(self):
        return self.call("list_keys")

    def stored(self, value):
        return value.encode()


class AsyncWorkersKVpy(WorkersKVpy):
    """Writes one value as JSON, several as text, and reads what is JSON as such."""
    package = async_workers_kv

    def call(self, method, *arguments):
        return asyncio.run(super().call(method, *arguments))

    def stored(self, value):
        return json.dumps(value).encode()


class PythonWorkersKV:
    """Has its token from a file, and returns answers as they are."""
    surface = {"list_keys", "get", "put", "delete", "bulk_put", "bulk_delete"}

    def __init__(self, namespace, token, folder):
        (folder / ".cloudflare.cfg").write_text(f"[CloudFlare]\ntoken = {token}\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            self.of = WorkersKV.WorkersKV("local", namespace.id)

    def lead_to(self, server, patch):
        self.of.base_url = self.of.base_url.replace(HOSTED, server.url)

    def put(self, key, value):
        checked(self.of.put(key, value.encode()))

    def get(self, key):
        answer = self.of.get(key)
        return None if answer.status_code == 404 else checked(answer).content.decode()

    def delete(self, key):
        checked(self.of.delete(key))

    def list(self):
        return [key["name"] for key in checked(self.of.list_keys()).json()["result"]]

    def stored(self, value):
        return value.encode()


CLIENTS = {"cfkv": Cfkv, "cloudflarekv": CloudflareKV, "workers-kv.py": WorkersKVpy, "workers-kv.py async": AsyncWorkersKVpy,
           "python-workers-kv": PythonWorkersKV}
