"""The gateway through the official Python client: it cannot tell it from the hosted service."""
import time

import cloudflare
import pytest
from cloudflare import Cloudflare

from odd import KEYS, VALUES, by_bytes

IN_2100 = 4102444800
# The client itself refuses to build paths of these.
SPEAKABLE = [key for key in KEYS if key not in (".", "..")]


@pytest.fixture(scope="module")
def kv(server):
    with Cloudflare(base_url=f"{server.url}/client/v4", api_token="any", max_retries=0) as client:
        yield client.kv.namespaces


@pytest.fixture
def where(kv):
    namespace = kv.create(account_id="local", title=f"sdk {time.monotonic_ns()}")
    return {"account_id": "local", "namespace_id": namespace.id}


def read(kv, key, where):
    return kv.values.get(key, **where).read()


def test_creates_finds_renames_and_deletes_a_namespace(kv):
    created = kv.create(account_id="local", title="A title: é🎉")
    assert created.title == "A title: é🎉" and created.supports_url_encoding is True and len(created.id) == 32
    where = {"account_id": "local", "namespace_id": created.id}
    assert kv.get(**where) == created
    renamed = kv.update(title="another", **where)
    assert (renamed.id, renamed.title) == (created.id, "another") and kv.get(**where) == renamed
    assert kv.delete(**where) is None
    with pytest.raises(cloudflare.NotFoundError) as error:
        kv.get(**where)
    assert error.value.errors[0].code == 10013


def test_lists_namespaces_page_after_page(kv):
    titles = [f"page {number:02}" for number in range(45)]
    for title in reversed(titles):
        kv.create(account_id="local", title=title)
    for size in (7, 20, 1000):
        found = list(kv.list(account_id="local", order="title", direction="asc", per_page=size))
        assert [namespace.title for namespace in found if namespace.title.startswith("page ")] == titles
    page = kv.list(account_id="local", per_page=10, page=2, order="title", direction="desc")
    assert len(page.result) == 10 and page.result_info.per_page == 10 and page.result_info.page == 2
    ids = [namespace.id for namespace in kv.list(account_id="local", order="id", per_page=10)]
    assert ids == sorted(ids) and len(ids) == len(set(ids)) >= 45


@pytest.mark.parametrize("key", SPEAKABLE, ids=lambda key: repr(key)[:30])
def test_carries_every_key(kv, where, key):
    assert kv.values.update(key, value=b"\x00 value", metadata={"of": key[:20]}, **where) is None
    assert read(kv, key, where) == b"\x00 value"
    assert kv.metadata.get(key, **where) == {"of": key[:20]}
    assert [info.name for info in kv.keys.list(**where)] == [key]
    assert kv.values.delete(key, **where) is None
    assert list(kv.keys.list(**where)) == []


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_carries_every_value(kv, where, value):
    kv.values.update("k", value=value, **where)
    assert read(kv, "k", where) == value
    kv.values.update("k", value=b"--\r\n" + value + b"\r\n--", metadata={}, **where)
    assert read(kv, "k", where) == b"--\r\n" + value + b"\r\n--"


def test_carries_the_largest_value(kv, where):
    value = bytes(range(256)) * (25 * 4096)
    assert len(value) == 25 * 1024 * 1024
    kv.values.update("k", value=value, metadata={"size": len(value)}, **where)
    assert read(kv, "k", where) == value


@pytest.mark.parametrize("metadata, kept", [
    ({"a": [1, {"b": None}], "é": "🎉"}, None), ([1, "two", None], None), ("text", None), ("with \"quotes\"\nand lines", None),
    (5, None), (1.5, None), (True, None), (False, None), ({}, None), ([], None),
    # The client sends nothing for these, and text that is JSON as it is.
    (None, "nothing"), ("", "nothing"), ("5", 5),
])
def test_carries_metadata_of_every_kind(kv, where, metadata, kept):
    kv.values.update("k", value=b"v", metadata=metadata, **where)
    kept = metadata if kept is None else None if kept == "nothing" else kept
    assert kv.metadata.get("k", **where) == kept
    (info,) = kv.keys.list(**where)
    assert info.metadata == kept


def test_replaces_metadata_and_expiration_with_the_value(kv, where):
    kv.values.update("k", value=b"1", metadata={"a": 1}, expiration=IN_2100, **where)
    answer = kv.values.with_raw_response.get("k", **where)
    assert answer.headers["expiration"] == str(IN_2100)
    assert [info.expiration for info in kv.keys.list(**where)] == [IN_2100]
    kv.values.update("k", value=b"2", **where)
    assert "expiration" not in kv.values.with_raw_response.get("k", **where).headers
    assert kv.metadata.get("k", **where) is None


def test_counts_a_time_to_live_rather_than_a_time(kv, where):
    before = int(time.time())
    kv.values.update("k", value=b"v", expiration_ttl=100, expiration=IN_2100, **where)
    (info,) = kv.keys.list(**where)
    assert before + 100 <= info.expiration <= time.time() + 100


def test_lists_keys_page_after_page_in_the_order_of_their_bytes(kv, where):
    names = [f"user:{number:03}" for number in range(35)] + ["other"]
    kv.bulk_update(body=[{"key": name, "value": "v", "metadata": {"n": name}} for name in reversed(names)], **where)
    first = kv.keys.list(limit=10, **where)
    assert len(first.result) == 10 and first.result_info.count == 10 and first.result_info.cursor
    assert [info.name for info in kv.keys.list(limit=10, **where)] == by_bytes(names)
    found = list(kv.keys.list(prefix="user:", limit=10, **where))
    assert [info.name for info in found] == names[:-1] and found[3].metadata == {"n": "user:003"}
    last = kv.keys.list(prefix="user:03", limit=10, **where)
    assert len(last.result) == 5 and last.result_info.cursor == ""
    assert list(kv.keys.list(prefix="nobody", **where)) == []


def test_lists_odd_keys(kv, where):
    kv.bulk_update(body=[{"key": key, "value": key} for key in SPEAKABLE], **where)
    assert [info.name for info in kv.keys.list(limit=10, **where)] == by_bytes(SPEAKABLE)
    for key in SPEAKABLE:
        assert key in [info.name for info in kv.keys.list(prefix=key, **where)]
        assert read(kv, key, where) == key.encode()


def test_writes_in_bulk(kv, where):
    answer = kv.bulk_update(body=[
        {"key": "text", "value": "é🎉"}, {"key": "bytes", "value": "AP8=", "base64": True},
        {"key": "whole", "value": "{}", "metadata": {"a": 1}, "expiration": IN_2100},
        {"key": "short", "value": "v", "expiration_ttl": 60},
    ], **where)
    assert answer.successful_key_count == 4 and answer.unsuccessful_keys == []
    assert read(kv, "text", where) == "é🎉".encode() and read(kv, "bytes", where) == b"\x00\xff"
    infos = {info.name: info for info in kv.keys.list(**where)}
    assert (infos["whole"].metadata, infos["whole"].expiration) == ({"a": 1}, IN_2100)
    assert infos["short"].expiration <= time.time() + 60 and infos["text"].expiration is None


def test_reads_in_bulk(kv, where):
    kv.bulk_update(body=[
        {"key": "a", "value": '{"x": [1, 2.50]}', "metadata": {"m": 1}, "expiration": IN_2100}, {"key": "b", "value": "7"}], **where)
    assert kv.bulk_get(keys=["a", "b", "none"], **where).values == {"a": '{"x": [1, 2.50]}', "b": "7", "none": None}
    parsed = kv.bulk_get(keys=["a", "b"], type="json", **where).values
    assert parsed == {"a": {"x": [1, 2.5]}, "b": 7}
    whole = kv.bulk_get(keys=["a", "b", "none"], with_metadata=True, **where).values
    assert (whole["a"].value, whole["a"].metadata, whole["a"].expiration) == ('{"x": [1, 2.50]}', {"m": 1}, IN_2100)
    assert (whole["b"].value, whole["b"].metadata, whole["b"].expiration) == ("7", None, None)
    assert whole["none"] is None


def test_deletes_in_bulk(kv, where):
    kv.bulk_update(body=[{"key": key, "value": "v"} for key in "abc"], **where)
    answer = kv.bulk_delete(body=["a", "c", "was never there"], **where)
    assert answer.successful_key_count == 3 and answer.unsuccessful_keys == []
    assert [info.name for info in kv.keys.list(**where)] == ["b"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_serves_the_bulk_requests_under_their_other_names(kv, where):
    """Deprecated methods of keys, which have the same addresses."""
    pairs = [{"key": "a", "value": "1", "metadata": {"m": 1}}, {"key": "b", "value": "2"}]
    assert kv.keys.bulk_update(body=pairs, **where).successful_key_count == 2
    assert kv.keys.bulk_get(keys=["a", "b", "none"], **where).values == {"a": "1", "b": "2", "none": None}
    assert kv.keys.bulk_delete(body=["a", "none"], **where).successful_key_count == 2
    assert [info.name for info in kv.keys.list(**where)] == ["b"]
    with kv.values.with_streaming_response.get("b", **where) as answer:
        assert b"".join(answer.iter_bytes()) == b"2"


def test_takes_whole_numbers_that_are_written_as_floats(kv, where):
    # The client's types say float, and it sends them as they are.
    pairs = [{"key": f"k{number:02}", "value": "v", "expiration_ttl": 3600.0} for number in range(12)]
    assert kv.bulk_update(body=[*pairs, {"key": "later", "value": "v", "expiration": float(IN_2100)}], **where).successful_key_count == 13
    assert len(kv.keys.list(limit=10.0, **where).result) == 10
    assert [info.expiration for info in kv.keys.list(prefix="later", limit=1e3, **where)] == [IN_2100]
    kv.values.update("k", value=b"v", expiration=float(IN_2100), **where)
    kv.values.update("k", value=b"v", metadata={"a": 1}, expiration_ttl=60.0, expiration=float(IN_2100), **where)
    assert kv.list(account_id="local", page=1.0, per_page=5.0).result_info.per_page == 5
    assert kv.bulk_delete(body=[pair["key"] for pair in pairs], **where).successful_key_count == 12
    for wrong in (10.5, 9.99):
        with pytest.raises(cloudflare.BadRequestError):
            kv.keys.list(limit=wrong, **where)


def test_carries_the_largest_bulk(kv, where):
    body = [{"key": f"key:{number:06}", "value": f"{number}"} for number in range(10_000)]
    assert kv.bulk_update(body=body, **where).successful_key_count == 10_000
    assert [info.name for info in kv.keys.list(**where)] == [pair["key"] for pair in body]
    assert kv.bulk_delete(body=[pair["key"] for pair in body], **where).successful_key_count == 10_000
    assert list(kv.keys.list(**where)) == []


def test_errors_are_the_classes_that_the_client_has_for_them(kv, where):
    def fails(kind, code, request):
        with pytest.raises(kind) as error:
            request()
        assert [each.code for each in error.value.errors] == [code], error.value

    kv.create(account_id="local", title="taken")
    fails(cloudflare.BadRequestError, 10014, lambda: kv.create(account_id="local", title="taken"))
    fails(cloudflare.BadRequestError, 10019, lambda: kv.create(account_id="local", title=""))
    fails(cloudflare.NotFoundError, 10009, lambda: kv.values.get("none", **where))
    fails(cloudflare.NotFoundError, 10009, lambda: kv.metadata.get("none", **where))
    nowhere = {"account_id": "local", "namespace_id": "0" * 32}
    fails(cloudflare.NotFoundError, 10013, lambda: kv.keys.list(**nowhere))
    fails(cloudflare.NotFoundError, 10013, lambda: kv.values.update("k", value=b"", **nowhere))
    fails(cloudflare.NotFoundError, 10013, lambda: kv.bulk_update(body=[{"key": "k", "value": ""}], **nowhere))
    fails(cloudflare.BadRequestError, 10011, lambda: kv.get(account_id="local", namespace_id="short"))
    fails(cloudflare.NotFoundError, 7003, lambda: kv.list(account_id="nobody"))
    fails(cloudflare.BadRequestError, 10028, lambda: kv.keys.list(limit=9, **where))
    fails(cloudflare.BadRequestError, 10034, lambda: kv.values.update("k", value=b"", expiration_ttl=59, **where))
    fails(cloudflare.APIStatusError, 10030, lambda: kv.values.get("k" * 513, **where))
    fails(cloudflare.APIStatusError, 10024, lambda: kv.values.update("k", value=b"", metadata="x" * 1023, **where))
    assert list(kv.keys.list(**where)) == []


def test_knows_whose_token_it_is_and_the_accounts(server):
    with Cloudflare(base_url=f"{server.url}/client/v4", api_token="any", max_retries=0) as client:
        assert client.user.tokens.verify().status == "active"
        assert [account.id for account in client.accounts.list()] == ["local"]
        assert [membership.account.id for membership in client.memberships.list()] == ["local"]
        assert client.accounts.get(account_id="local").name == "local"
        assert client.user.get().id
    with Cloudflare(base_url=f"{server.url}/client/v4", api_email="a@example.com", api_key="any") as client:
        assert [account.id for account in client.accounts.list()] == ["local"]
