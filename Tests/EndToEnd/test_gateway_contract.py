"""The gateway against the hosted service's own description of its API: each request and each answer of it is valid."""
import json
import os

import pytest
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from gateway import ROOT, form, part
from server import quoted

DESCRIPTION = os.environ.get("KV_MANAGER_TEST_OPENAPI")
pytestmark = pytest.mark.skipif(not DESCRIPTION, reason="KV_MANAGER_TEST_OPENAPI names no description of the hosted API")
NAMESPACES = "/accounts/{account_id}/storage/kv/namespaces"
NAMESPACE = NAMESPACES + "/{namespace_id}"
IN_2100 = 4102444800


class Contract:
    """Sends requests by their path and method in the description, and holds both sides to it."""

    def __init__(self, server):
        self.server, self.seen = server, set()
        with open(DESCRIPTION, encoding="utf-8") as file:
            self.document = json.load(file)
        self.registry = Registry().with_resource("urn:kv", Resource.from_contents(self.document, default_specification=DRAFT4))
        self.account, self.namespace = "local", "0" * 32

    def valid(self, kind, value, *pointer):
        where = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
        errors = list(kind({"$ref": f"urn:kv#/{where}"}, registry=self.registry).iter_errors(value))
        assert not errors, (where, value, [error.message for error in errors])

    def call(self, method, path, status=200, key=None, query="", body=None, data=None, kind="application/json"):
        operation = self.document["paths"][path][method]
        if body is not None:
            self.valid(OAS30WriteValidator, body, "paths", path, method, "requestBody", "content", kind, "schema")
            data = data or json.dumps(body).encode()
        address = ROOT + path.format(account_id=self.account, namespace_id=self.namespace, key_name=quoted(key or ""))
        headers = {"Content-Type": kind if "multipart" not in kind else form()[1]} if data is not None else {}
        answer = self.server.api(method.upper(), address + query, data=data, headers=headers)
        assert answer.status_code == status, answer.text
        described = "200" if status == 200 else "4XX"
        (content,) = operation["responses"][described]["content"]
        assert answer.headers["Content-Type"].split(";")[0] == content
        self.seen.add((method, path, described))
        if content == "application/json":
            self.valid(OAS30ReadValidator, answer.json(), "paths", path, method, "responses", described, "content", content, "schema")
            return answer.json()["result"]
        return answer.content


def test_every_answer_is_as_the_hosted_service_describes_it(server):
    api = Contract(server)
    assert api.call("get", NAMESPACES, query="?page=1&per_page=20&order=id&direction=desc") == []
    api.namespace = api.call("post", NAMESPACES, body={"title": "contract", "jurisdiction": "eu"})["id"]
    api.call("get", NAMESPACES)
    api.call("get", NAMESPACE)
    api.call("put", NAMESPACE, body={"title": "renamed"})

    value = NAMESPACE + "/values/{key_name}"
    api.call("put", value, key="a/b", data=b"\x00", kind="application/octet-stream", query="?expiration_ttl=60")
    api.call("put", value, key="form", data=form(part("value", b"v"), part("metadata", b'{"a":1}'))[0], kind="multipart/form-data")
    assert api.call("get", value, key="a/b") == b"\x00"
    for key, metadata in {"form": {"a": 1}, "a/b": None}.items():
        assert api.call("get", NAMESPACE + "/metadata/{key_name}", key=key) == metadata

    bulk = NAMESPACE + "/bulk"
    api.call("put", bulk, body=[
        {"key": "text", "value": "v", "metadata": 5, "expiration": IN_2100}, {"key": "bytes", "value": "AP8=", "base64": True},
        {"key": "json", "value": '{"a": null}', "metadata": ["x"], "expiration_ttl": 60}, {"key": "number", "value": "1.5"}])
    names = ["text", "bytes", "json", "none"]
    api.call("post", bulk + "/get", body={"keys": names})
    api.call("post", bulk + "/get", body={"keys": names, "type": "text", "withMetadata": True})
    api.call("post", bulk + "/get", body={"keys": ["json", "number", "none"], "type": "json"})
    api.call("post", bulk + "/get", body={"keys": ["json", "number", "none"], "type": "json", "withMetadata": True})
    api.call("get", NAMESPACE + "/keys", query="?limit=10&prefix=")
    assert len(api.call("get", NAMESPACE + "/keys")) == 6

    api.call("delete", value, key="a/b")
    api.call("delete", bulk, body=["text"])
    api.call("post", bulk + "/delete", body=["bytes", "none"])
    api.call("delete", NAMESPACE)

    for method, path, options in [
        ("get", NAMESPACE, {}), ("put", NAMESPACE, {"body": {"title": "t"}}), ("delete", NAMESPACE, {}), ("get", NAMESPACE + "/keys", {}),
        ("get", value, {"key": "k"}), ("put", value, {"key": "k", "data": b"v", "kind": "application/octet-stream"}),
        ("delete", value, {"key": "k"}), ("get", NAMESPACE + "/metadata/{key_name}", {"key": "k"}),
        ("put", bulk, {"body": [{"key": "k", "value": "v"}]}), ("delete", bulk, {"body": ["k"]}),
        ("post", bulk + "/delete", {"body": ["k"]}), ("post", bulk + "/get", {"body": {"keys": ["k"]}}),
    ]:
        api.call(method, path, status=404, **options)
    api.call("post", NAMESPACES, status=400, body={"title": ""})
    api.call("get", NAMESPACES, status=400, query="?page=0")

    described = {(method, path, status) for path, methods in api.document["paths"].items() if path.startswith(NAMESPACES)
                 for method, operation in methods.items() for status in operation["responses"]}
    assert api.seen == described, "each operation, served and refused"
