"""A small client for the gateway, as one would write it by hand, and checks of the form of its answers."""
import json
import os

from server import expect, quoted

ROOT = "/client/v4"


class Hosted:
    """One namespace behind the gateway."""

    def __init__(self, server, account="local", id=None):
        self.server, self.account = server, account
        self.namespaces = f"{ROOT}/accounts/{account}/storage/kv/namespaces"
        self.id = id or result(server.api("POST", self.namespaces, json={"title": f"n{os.urandom(6).hex()}"}))["id"]
        self.path = f"{self.namespaces}/{self.id}"

    def call(self, method, path="", **options):
        return self.server.api(method, self.path + path, **options)

    def value(self, key):
        return f"{self.path}/values/{quoted(key)}"

    def metadata(self, key):
        return result(self.call("GET", f"/metadata/{quoted(key)}"))

    def put(self, key, data, query="", **options):
        return self.server.api("PUT", self.value(key) + query, data=data, **options)

    def put_form(self, key, *parts, **options):
        body, content_type = form(*parts)
        return self.put(key, body, headers={"Content-Type": content_type}, **options)

    def get(self, key):
        return expect(self.server.api("GET", self.value(key)), 200).content

    def keys(self, query=""):
        return result(self.call("GET", f"/keys{query}"))

    def names(self):
        return [key["name"] for key in self.keys()]

    def bulk_put(self, pairs, **options):
        return self.call("PUT", "/bulk", json=pairs, **options)

    def bulk_get(self, keys, **fields):
        return self.call("POST", "/bulk/get", json={"keys": keys, **fields})


def part(name, content, content_type=None, filename=None):
    """A part of a form, as bytes between two boundaries."""
    head = f'Content-Disposition: form-data; name="{name}"'
    if filename:
        head += f'; filename="{filename}"'
    if content_type:
        head += f"\r\nContent-Type: {content_type}"
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts, boundary="----formdata-undici-0123456789"):
    """(body, content type) of a form of such parts."""
    line = b"--" + boundary.encode()
    return (b"".join(line + b"\r\n" + each for each in parts) + line + b"--\r\n",
            f"multipart/form-data; boundary={boundary}")


def body(answer, status=200):
    """The envelope of an answer with this status, checked."""
    expect(answer, status)
    assert answer.headers["Content-Type"].split(";")[0] == "application/json", answer.headers
    envelope = answer.json()
    assert set(envelope) - {"result_info"} == {"success", "errors", "messages", "result"}, envelope
    assert envelope["success"] is (status < 400) and envelope["messages"] == []
    return envelope


def result(answer):
    """What a request came to that succeeded."""
    envelope = body(answer)
    assert envelope["errors"] == []
    return envelope["result"]


def refused(answer, status, code):
    """Checks that an answer is an error of the hosted service's form; its message."""
    envelope = body(answer, status)
    assert envelope["result"] is None
    (error,) = envelope["errors"]
    assert set(error) == {"code", "message"} and error["code"] == code, error
    assert error["message"].strip()
    assert answer.headers["X-Request-Id"]
    return error["message"]


def memory(server):
    """The most memory that the server has ever held, in bytes."""
    with open(f"/proc/{server.process.pid}/status") as status:
        (line,) = (line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def dumps(value):
    return json.dumps(value).encode()
