"""The gateway through small clients that others wrote for the hosted service: their whole surface, read back by the server's own API."""
import io
import time

import pytest

from hosted_clients import CLIENTS, HOSTED
from odd import by_bytes
from server import Server

IN_2100 = 4102444800
# None of the clients encodes keys. Their libraries of HTTP do that for all but the signs that an address has a use for.
KEYS = ["user:7", "a b", "é🎉", "a/b", "a/b/c d", "k" * 512, "a+b", "a,b;c=d&e", "..a", "100%", "__proto__", "keys", "bulk"]
# Not JSON, which some of the clients would read as such.
VALUES = ["text", "é🎉", "a\r\nb\n", "\ufefftext", "{not JSON", "x" * 100_000]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("guarded"), environment={"KV_MANAGER_GATEWAY_TOKENS": "one,right"}).start()
    yield server
    assert server.terminate() == 0


@pytest.fixture
def space(guarded):
    return guarded.namespace()


@pytest.fixture
def client_of(guarded, tmp_path, monkeypatch):
    """client_of(name, namespace, token): a client of the guarded server."""
    def make(name, namespace, token="right"):
        client = CLIENTS[name](namespace, token, tmp_path)
        client.lead_to(guarded, monkeypatch)
        assert HOSTED not in repr(vars(client.of))
        return client

    return make


def each(*having):
    """The names of the clients that have these methods."""
    return pytest.mark.parametrize("name", [name for name, kind in CLIENTS.items() if all(hasattr(kind, one) for one in having)])


@each()
def test_the_surface_is_the_one_that_is_tested(client_of, space, name):
    """A new version of a package with a new method fails here."""
    client = client_of(name, space)
    assert {method for method in dir(type(client.of)) if not method.startswith("_")} == client.surface


@each()
@pytest.mark.parametrize("key", KEYS, ids=lambda key: repr(key)[:20])
def test_carries_keys(client_of, space, name, key):
    client = client_of(name, space)
    client.put(key, "a value")
    assert space.names() == [key] and space.bytes(key) == client.stored("a value")
    assert client.get(key) == "a value"
    if hasattr(client, "list"):
        assert client.list() == [key]
        client.delete(key)
        assert space.names() == []


@each()
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_carries_values(client_of, space, name, value):
    client = client_of(name, space)
    client.put("k", value)
    assert space.bytes("k") == client.stored(value)
    assert client.get("k") == value
    space.put("k", client.stored(value[::-1]))
    assert client.get("k") == value[::-1]


@each()
def test_a_write_replaces_metadata_and_expiration(client_of, space, name):
    space.put("k", "1", metadata={"a": 1}, expiration=IN_2100)
    space.put("other", "2", metadata={"b": 2}, expiration=IN_2100)
    client_of(name, space).put("k", "text")
    entry = space.read("k")
    assert "metadata" not in entry and "expiration" not in entry
    assert (space.read("other")["metadata"], space.read("other")["expiration"]) == ({"b": 2}, IN_2100)


@each()
def test_a_missing_key_is_none(client_of, space, name):
    client = client_of(name, space)
    assert client.get("none") is None
    if hasattr(client, "delete"):
        client.delete("none")


@each()
def test_a_wrong_token_changes_nothing(client_of, space, name):
    space.put("k", "text")
    client = client_of(name, space, "wrong")
    with pytest.raises(Exception, match="10000"):
        client.put("k", "another")
    if getattr(client, "hides_refusals", False):
        assert client.get("k") is None
    else:
        with pytest.raises(Exception, match="10000|Authentication error"):
            client.get("k")
    if hasattr(client, "delete"):
        for request in (client.list, lambda: client.delete("k")):
            with pytest.raises(Exception, match="10000"):
                request()
    assert space.bytes("k") == b"text"


@each()
def test_an_unknown_namespace_is_reported(client_of, space, name):
    client = client_of(name, space)
    for field, value in vars(client.of).items():
        if isinstance(value, str):
            setattr(client.of, field, value.replace(space.id, "0" * 32))
    with pytest.raises(Exception, match="10013"):
        client.put("k", "v")


@each("list")
def test_a_list_is_its_first_page(client_of, space, name):
    """None of the clients asks for a second one, on the hosted service either."""
    space.fill(1003)
    client = client_of(name, space)
    assert client.list() == space.names()[:1000]
    for key in space.names()[:3]:
        client.delete(key)
    assert client.list() == space.names() and len(space.names()) == 1000


def test_the_cursor_of_the_first_page_leads_to_the_second(client_of, space):
    space.fill(1003)
    page = client_of("python-workers-kv", space).of.list_keys().json()
    assert page["result_info"]["count"] == 1000
    rest = space.server.get(f"/client/v4/accounts/local/storage/kv/namespaces/{space.id}/keys?cursor={page['result_info']['cursor']}",
                            headers={"Authorization": "Bearer one"})
    assert [key["name"] for key in page["result"] + rest["result"]] == space.names()
    assert rest["result_info"] == {"count": 3, "cursor": ""}


# MARK: cfkv


def test_cfkv_writes_json_and_sets_no_expiration(client_of, space):
    of = client_of("cfkv", space).of
    assert of.set("text", "é") is True and of.get("text") == "é"
    assert of.set("list", [1, {"a": None}]) is True and of.get("list") == [1, {"a": None}]
    # It encodes a dictionary twice, and reads the inner text back.
    assert of.set("object", {"a": 1}) is True and of.get("object") == '{"a": 1}'
    assert space.bytes("object") == rb'"{\"a\": 1}"'
    # It sends the time within the value rather than in the query, so the hosted service lets nothing expire either.
    before = int(time.time())
    assert of.set("brief", "v", expiresMinutes=5) is True
    stored = of.get("brief")
    assert stored["value"] == "v" and before + 300 <= stored["expiration_ttl"] <= time.time() + 300
    assert "expiration" not in space.read("brief")


def test_cfkv_fails_for_values_that_are_not_json(client_of, space):
    space.put("k", "text")
    with pytest.raises(ValueError):
        client_of("cfkv", space).of.get("k")


# MARK: cloudflarekv


def test_cloudflarekv_writes_bytes_files_and_forms(client_of, space):
    of = client_of("cloudflarekv", space).of
    assert of.set("bytes", bytes(range(256))).json() == {"success": True, "errors": [], "messages": [], "result": None}
    assert of.get("bytes") == space.bytes("bytes") == bytes(range(256))
    assert of.set("file", io.BytesIO(b"\x00 file")).ok and space.bytes("file") == b"\x00 file"
    assert of.set("pieces", (piece for piece in (b"a", b"\xff"))).ok and space.bytes("pieces") == b"a\xff"
    assert of.set("nothing", b"").ok and of.get("nothing") == space.bytes("nothing") == b""
    # Its library makes a form of a dictionary. The hosted service stores such a body as it is.
    assert of.set("form", {"a": "1", "b": "é"}).ok and space.bytes("form") == b"a=1&b=%C3%A9"


def test_cloudflarekv_reads_json(client_of, space):
    space.put("k", '{"a": [1, "é"]}')
    assert client_of("cloudflarekv", space).of.get("k", as_json=True) == {"a": [1, "é"]}


# MARK: workers-kv.py

BOTH = pytest.mark.parametrize("name", ["workers-kv.py", "workers-kv.py async"])


@BOTH
def test_workers_kv_py_writes_and_deletes_in_bulk(client_of, space, name):
    client = client_of(name, space)
    pairs = {"text": "é🎉", "number": 5, 7: "named by a number", "list": [1, None], "object": {"a": {"b": 2}}, "a/b c%?#": "odd", "empty": ""}
    client.call("write", pairs)
    expected = {"text": "é🎉", "number": "5", "7": "named by a number", "list": "[1, null]", "object": '{"a": {"b": 2}}', "a/b c%?#": "odd",
                "empty": ""}
    assert space.names() == by_bytes(expected) == client.list()
    assert {key: space.read(key)["value"] for key in expected} == expected
    read = [client.get(key) for key in ("text", "number", "list", "object", "empty")]
    assert read == ["é🎉", 5, [1, None], {"a": {"b": 2}}, ""]
    client.call("delete_many", ["text", 7, "a/b c%?#", "none"])
    with pytest.warns(DeprecationWarning):
        client.call("delete_multiple", ["number", "list"])
    assert space.names() == ["empty", "object"]


@BOTH
def test_workers_kv_py_writes_and_deletes_as_many_as_it_may(client_of, space, name):
    client = client_of(name, space)
    pairs = {f"key:{number:06}": f"value {number}" for number in range(10_000)}
    client.call("write", pairs)
    assert space.names() == list(pairs) and space.read("key:009999")["value"] == "value 9999"
    client.call("delete_many", list(pairs)[:9_999])
    assert space.names() == ["key:009999"]
    for request in (("write", {**pairs, "more": "v"}), ("delete_many", [*pairs, "more"])):
        with pytest.raises(Exception, match="Too many"):
            client.call(*request)


@BOTH
def test_workers_kv_py_reports_a_bulk_request_without_keys(client_of, space, name):
    client = client_of(name, space)
    for request in (("write", {}), ("delete_many", [])):
        with pytest.raises(Exception, match="10029"):
            client.call(*request)


@BOTH
def test_workers_kv_py_takes_a_value_with_errors_for_an_answer(client_of, space, name):
    space.put("k", '{"errors": [{"message": "of the value"}]}')
    # It cannot tell such a value from a failure, on the hosted service either.
    with pytest.raises(Exception, match="of the value"):
        client_of(name, space).get("k")


# MARK: python-workers-kv


def test_python_workers_kv_returns_the_answers(client_of, space):
    of = client_of("python-workers-kv", space).of
    assert of.put("k", bytes(range(256))).json()["success"] is True
    assert of.get("k").content == space.bytes("k") == bytes(range(256))
    assert of.delete("k").json() == {"success": True, "errors": [], "messages": [], "result": None}
    assert of.get("k").json()["errors"] == [{"code": 10009, "message": "get: 'key not found'"}]
    # These two ask nothing of the server yet.
    assert of.bulk_put("k") is None and of.bulk_delete("k") is None

