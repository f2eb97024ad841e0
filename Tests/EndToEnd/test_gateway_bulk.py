"""Many keys at once through the gateway: all or what is told, in one go, in flat memory."""
import base64
import json
import time

import pytest

from gateway import Hosted, dumps, memory, part, refused, result
from odd import KEYS, VALUES
from server import expect, problem

IN_2100 = 4102444800
MAXIMUM = 25 * 1024 * 1024
BULK = 100 * 1024 * 1024


@pytest.fixture
def hosted(server):
    return Hosted(server)


def lines_of(width, end, value):
    """Base64 as MIME encoders (76 characters), PEM (64) and others wrap it."""
    text = base64.b64encode(value).decode()
    return "".join(text[start:start + width] + end for start in range(0, len(text), width))


@pytest.mark.parametrize("width, end", [(76, "\r\n"), (76, "\n"), (64, "\n"), (1, "\r\n"), (75, "\n\t"), (10_000, " ")])
def test_accepts_base64_that_is_wrapped(hosted, server, width, end):
    value = bytes(range(256)) * 5
    text = lines_of(width, end, value)
    result(hosted.bulk_put([{"key": "wrapped", "value": text, "base64": True}, {"key": "text", "value": text}]))
    assert hosted.get("wrapped") == value and hosted.get("text") == text.encode(), "a text keeps its line ends"
    namespace = server.namespace()
    expect(server.api("PUT", namespace.entry("api"), json={"valueBase64": text}), 201)
    records = [{"key": "file", "valueBase64": text}, {"key": "wrangler", "value": text, "base64": True}]
    assert namespace.load(json.dumps(records).encode())["state"] == "completed"
    assert {namespace.bytes(key) for key in ("api", "file", "wrangler")} == {value}


@pytest.mark.parametrize("text", ["Zm9v\u000bYmFy", "Zm9v\u00a0YmFy", "Zm9v-YmFy", "Zm9\n", "Zm9v=\n", "__8=\n"])
def test_refuses_what_is_no_base64_however_it_is_wrapped(hosted, server, text):
    refused(hosted.bulk_put([{"key": "k", "value": text, "base64": True}]), 400, 10012)
    problem(server.api("PUT", server.namespace().entry("k"), json={"valueBase64": text}), 400, "invalid_value")


def test_the_largest_value_may_be_wrapped_too(hosted, server):
    value = b"\xff" * MAXIMUM
    text = lines_of(64, "\r\n", value)
    result(hosted.bulk_put([{"key": "k", "value": text, "base64": True}]))
    assert hosted.get("k") == value
    namespace = server.namespace()
    expect(server.api("PUT", namespace.entry("k"), json={"valueBase64": text}), 201)
    assert namespace.load(json.dumps({"key": "file", "valueBase64": text}).encode())["state"] == "completed"
    assert namespace.bytes("k") == value and namespace.bytes("file") == value
    refused(hosted.bulk_put([{"key": "k", "value": lines_of(64, "\r\n", value + b"x"), "base64": True}]), 400, 10024)


@pytest.mark.parametrize("pair, code, reason", [
    ({"value": "v"}, 10012, "no key"), ({"key": "k"}, 10012, "no value"), ({"name": "k", "value": "v"}, 10012, "no key"),
    ({"key": "k", "valueBase64": ""}, 10012, "no value"), ({"key": "", "value": "v"}, 10029, "at least one byte"),
    ({"key": ".", "value": "v"}, 10029, ""), ({"key": "..", "value": "v"}, 10029, ""),
    ({"key": "k" * 513, "value": "v"}, 10029, "512"), ({"key": 5, "value": "v"}, 10012, ""),
    ({"key": "k", "value": 5}, 10012, "pair 2, key \"k\""), ({"key": "k", "value": None}, 10012, ""),
    ({"key": "k", "value": "v", "base64": "yes"}, 10012, ""), ({"key": "k", "value": "!", "base64": True}, 10012, "base64"),
    ({"key": "k", "value": "v", "metadata": "x" * 1023}, 10024, "1024"),
    ({"key": "k", "value": "v", "expiration": 1}, 10033, ""), ({"key": "k", "value": "v", "expiration_ttl": 59}, 10034, "59"),
    ({"key": "k", "value": "v", "expiration_ttl": "60"}, 10012, ""), ({"key": "k", "value": "v", "expiration": 1.5}, 10012, ""),
    ({"key": "k", "value": "v", "expiration": IN_2100, "expiration_ttl": 1}, 10034, ""),
    ({"key": "k", "value": "x" * (MAXIMUM + 1)}, 10024, "25 MiB"),
    (["k", "v"], 10012, "pair 2"), ("k", 10012, "pair 2"), (None, 10012, "pair 2"),
])
def test_one_bad_pair_refuses_them_all_and_is_named(hosted, pair, code, reason):
    answer = hosted.bulk_put([{"key": "before", "value": "v"}, pair, {"key": "behind", "value": "v"}])
    message = refused(answer, 400, code)
    assert "pair 2" in message and reason in message, message
    assert hosted.names() == []


@pytest.mark.parametrize("data", [
    b"", b"nothing", b"{}", b"[", b'[{"key":"k","value":"v"}', b'[{"key":"k","value":"v"},]', b'[{"key":"k","value":"v"}] more',
    b'[{"key":"\xff","value":"v"}]', b'[{"key":"k","value":"\\ud800"}]', b"[" * 100_000, b"\x1f\x8b\x08\x00", b'{"key":"k","value":"v"}\n',
])
def test_refuses_bodies_that_are_no_list_of_pairs(hosted, data):
    refused(hosted.call("PUT", "/bulk", data=data), 400, 10012)
    assert hosted.names() == []


@pytest.mark.parametrize("data", [b"", b"{}", b"[5]", b"[null]", b'["k"', b'[{"name":"k"}]', b'["k"] x'])
def test_refuses_bodies_that_are_no_list_of_keys(hosted, data):
    refused(hosted.call("DELETE", "/bulk", data=data), 400, 10012)
    refused(hosted.call("POST", "/bulk/delete", data=data), 400, 10012)


def test_refuses_none_and_too_many(hosted):
    many = [f"k{number}" for number in range(10_001)]
    refused(hosted.bulk_put([]), 400, 10029)
    refused(hosted.bulk_put([{"key": key, "value": ""} for key in many]), 400, 10029)
    refused(hosted.call("DELETE", "/bulk", json=[]), 400, 10029)
    refused(hosted.call("POST", "/bulk/delete", json=many), 400, 10029)
    assert "key 2" in refused(hosted.call("POST", "/bulk/delete", json=["k", "k" * 513]), 400, 10029)
    refused(hosted.bulk_get([]), 400, 10029)
    refused(hosted.call("POST", "/bulk/get", json={}), 400, 10029)
    refused(hosted.bulk_get(many[:101]), 400, 10029)
    assert len(result(hosted.bulk_get(many[:100]))["values"]) == 100
    assert hosted.names() == []


def test_of_pairs_with_one_key_the_last_stands(hosted):
    pairs = [{"key": "k", "value": str(number), "metadata": number} for number in range(50)]
    assert result(hosted.bulk_put(pairs))["successful_key_count"] == 50
    assert hosted.get("k") == b"49" and hosted.metadata("k") == 49


def test_carries_every_key_and_value(hosted):
    pairs = {f"{number} {key}"[:100]: value for number, (key, value) in enumerate(zip(KEYS * 2, VALUES * 4))}
    result(hosted.bulk_put([
        {"key": key, "value": base64.b64encode(value).decode(), "base64": True, "expiration": None, "expiration_ttl": None,
         "metadata": None, "unknown": [{}]} for key, value in pairs.items()]))
    for key, value in pairs.items():
        assert hosted.get(key) == value
    (info,) = hosted.keys("?prefix=0")[:1]
    assert set(info) == {"name"}


def test_writes_ten_thousand_pairs_in_one_go(hosted):
    pairs = [{"key": f"key:{number * 7919 % 10_000:05}", "value": f"{number}", "metadata": {"n": number}} for number in range(10_000)]
    text = dumps(pairs)
    began = time.monotonic()
    assert result(hosted.call("PUT", "/bulk", data=text)) == {"successful_key_count": 10_000, "unsuccessful_keys": []}
    assert time.monotonic() - began < 5, "a transaction for each key would take far longer"
    assert hosted.get(f"key:{9_999 * 7919 % 10_000:05}") == b"9999"


def test_reads_text_and_damages_what_is_not(hosted):
    """As the hosted service does: whoever wants bytes reads them one by one."""
    for number, value in enumerate(VALUES):
        hosted.put(f"k{number}", value)
    values = result(hosted.bulk_get([f"k{number}" for number in range(len(VALUES))]))["values"]
    for number, value in enumerate(VALUES):
        assert values[f"k{number}"] == value.decode(errors="replace"), value


def test_reads_values_as_the_json_that_they_are(hosted):
    texts = ['{"a": 1.50, "a": 2}', "[1,2]", '"text"', "7", "true", "null", ' {"b" : 1e400} ']
    for number, text in enumerate(texts):
        hosted.put(f"k{number}", text.encode())
    hosted.put("bom", b"\xef\xbb\xbf{}")
    hosted.put("none", b"not json")
    keys = [f"k{number}" for number in range(len(texts))]
    answer = hosted.bulk_get(keys + ["bom", "absent"], type="json")
    assert result(answer)["values"] == {key: json.loads(text) for key, text in zip(keys, texts)} | {"bom": {}, "absent": None}
    assert b'{"a": 1.50, "a": 2}' in answer.content, "as it was given, not parsed and written anew"
    assert '"none"' in refused(hosted.bulk_get(["k0", "none"], type="json"), 400, 10012)


def test_reads_in_bulk_with_what_belongs_to_values(hosted):
    hosted.bulk_put([{"key": "a", "value": "1", "metadata": [1], "expiration": IN_2100}, {"key": "b", "value": "2"}])
    whole = {"a": {"value": "1", "metadata": [1], "expiration": IN_2100}, "b": {"value": "2", "metadata": None}, "c": None}
    assert result(hosted.bulk_get(["a", "b", "c", "a"], withMetadata=True, type="text", more=1))["values"] == whole
    assert result(hosted.bulk_get(["b", "a"], withMetadata=False))["values"] == {"b": "2", "a": "1"}


def test_reads_odd_names_in_bulk(hosted):
    hosted.bulk_put([{"key": key, "value": key} for key in KEYS])
    assert result(hosted.bulk_get(KEYS))["values"] == {key: key for key in KEYS}


@pytest.mark.parametrize("request_", [
    b"", b"[]", b'{"keys": "k"}', b'{"keys": [5]}', b'{"keys": ["k"], "type": "bytes"}', b'{"keys": ["k"], "withMetadata": 1}',
])
def test_refuses_bulk_reads_that_make_no_sense(hosted, request_):
    refused(hosted.call("POST", "/bulk/get", data=request_), 400, 10012)


def test_answers_no_more_than_25_mib_of_values_at_once(hosted):
    large = b"x" * MAXIMUM
    hosted.put("whole", large)
    hosted.put("byte", b"y")
    assert result(hosted.bulk_get(["whole"]))["values"] == {"whole": large.decode()}
    refused(hosted.bulk_get(["whole", "byte"]), 413, 10024)
    refused(hosted.bulk_get(["byte", "whole"]), 413, 10024)
    hosted.put("half", large[:MAXIMUM // 2])
    assert len(result(hosted.bulk_get(["half", "absent"]))["values"]["half"]) == MAXIMUM // 2


def large_bulk(total, count):
    """A body of so many bytes, of so many pairs whose values are alike in length, their keys in no order."""
    pairs = [{"key": f"k{number * 7919 % count:05}", "value": ""} for number in range(count)]
    empty = len(dumps(pairs))
    size, rest = divmod(total - empty, count)
    for number, pair in enumerate(pairs):
        pair["value"] = "x" * (size + (rest if number == 0 else 0))
    data = dumps(pairs)
    assert len(data) == total
    return data


@pytest.mark.parametrize("count", [5, 10_000])
def test_takes_a_body_of_100_mb_in_flat_memory(fresh_server, count):
    hosted = Hosted(fresh_server)
    result(hosted.call("PUT", "/bulk", data=large_bulk(1 << 20, 10)))
    before = memory(fresh_server)
    data = large_bulk(BULK, count)
    assert result(hosted.call("PUT", "/bulk", data=data, timeout=300)) == {"successful_key_count": count, "unsuccessful_keys": []}
    grown = memory(fresh_server) - before
    assert grown < 140 << 20, f"{grown >> 20} MiB more for a body of 100, which would be 200 if it were held and parsed"
    refused(hosted.call("PUT", "/bulk", data=data + b" "), 413, 10024)
    assert len(hosted.get("k00001")) == len(json.loads(data)[1]["value"])


def test_takes_the_largest_form_in_flat_memory(fresh_server):
    hosted = Hosted(fresh_server)
    hosted.put_form("k", part("value", b"v"), part("metadata", b"{}"))
    before = memory(fresh_server)
    for number in range(4):
        result(hosted.put_form(f"k{number}", part("value", bytes(MAXIMUM)), part("metadata", b"{}")))
    assert memory(fresh_server) - before < 75 << 20, "four values of 25"
