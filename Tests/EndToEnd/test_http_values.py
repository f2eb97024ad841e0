"""Raw values: streamed in and out, up to 25 MiB, with what belongs to them in headers and the query."""
import hashlib
import time

import pytest

from server import expect, problem
from sockets import connect

MAXIMUM = 25 * 1024 * 1024
IN_2100 = 4102444800


def noise(count):
    return hashlib.shake_128(b"noise").digest(count)


def test_carries_the_largest_value_both_ways(server, namespace):
    value = noise(MAXIMUM)
    expect(server.api("PUT", namespace.value("large"), data=value), 201)
    answer = expect(server.api("GET", namespace.value("large")), 200)
    assert answer.content == value and answer.headers["Content-Length"] == str(MAXIMUM)
    (key,) = namespace.keys()
    assert key["size"] == MAXIMUM
    assert server.get(namespace.path)["valueBytes"] == MAXIMUM


@pytest.mark.parametrize("size", [1, 70_000, 3_000_000])
def test_gives_any_part_of_a_value(server, namespace, size):
    """Pieces of a large value end at each 1,048,576 bytes; the parts here lie within one, across, and at the ends."""
    value = noise(size)
    expect(server.api("PUT", namespace.value("k"), data=value), 201)
    whole = server.api("GET", namespace.value("k"))
    assert whole.headers["Accept-Ranges"] == "bytes"
    for first, last in [(0, 0), (0, size - 1), (size - 1, size - 1), (size // 3, size // 2), (1_048_570, 1_048_580), (1_048_576, 2_097_151), (5, 2_900_000)]:
        if first >= size:
            continue
        part = expect(server.api("GET", namespace.value("k"), headers={"Range": f"bytes={first}-{last}"}), 206)
        last = min(last, size - 1)
        assert part.content == value[first:last + 1]
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part.headers["ETag"] == whole.headers["ETag"]
    assert expect(server.api("GET", namespace.value("k"), headers={"Range": "bytes=-1"}), 206).content == value[-1:]
    beyond = problem(server.api("GET", namespace.value("k"), headers={"Range": f"bytes={size}-"}), 416, "range_not_satisfiable")
    assert str(size) in beyond["detail"]
    other = server.api("GET", namespace.value("k"), headers={"Range": "bytes=0-0", "If-Range": '"another"'})
    assert expect(other, 200).content == value


def test_gives_an_empty_value_whole_whatever_part_is_asked_for(server, namespace):
    namespace.put("empty", "")
    assert expect(server.api("GET", namespace.value("empty"), headers={"Range": "bytes=0-9"}), 200).content == b""


def test_replaces_and_deletes_a_large_value(server, namespace):
    for value in (noise(3_000_000), noise(1_048_576), noise(1_048_577), b"small", noise(2_000_000)):
        expect(server.api("PUT", namespace.value("k"), data=value), 200, 201)
        assert namespace.bytes("k") == value
    expect(server.api("DELETE", namespace.entry("k")), 204)
    assert server.get(namespace.path)["valueBytes"] == 0


def test_refuses_one_byte_more_and_keeps_the_old_value(server, namespace):
    namespace.put("k", "old")
    problem(server.api("PUT", namespace.value("k"), data=noise(MAXIMUM + 1)), 413, "value_too_large")
    assert namespace.read("k")["value"] == "old"


def test_cuts_off_a_value_without_an_end(server, namespace):
    """Chunks without a length: refused as soon as they are too many, not when they end, if ever."""
    def chunks():
        for _ in range(40):
            yield noise(1 << 20)
    try:
        answer = server.api("PUT", namespace.value("endless"), data=chunks())
    except OSError:
        pass  # cut off while it was still sending
    else:
        problem(answer, 413, "value_too_large")
    problem(server.api("GET", namespace.value("endless")), 404, "key_not_found")
    expect(server.api("GET", "/healthz"), 200)


def test_refuses_by_the_announced_length_before_the_bytes_come(server, namespace):
    head = (f"PUT {namespace.value('k')} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Content-Length: {1 << 40}\r\n\r\n").encode()
    with connect(server) as connection:
        connection.sendall(head)
        assert b" 413 " in connection.recv(4096).split(b"\r\n")[0]


def test_keeps_nothing_of_a_value_that_breaks_off(server, namespace):
    namespace.put("k", "old")
    head = (f"PUT {namespace.value('k')} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Content-Length: 5000000\r\n\r\n").encode()
    with connect(server) as connection:
        connection.sendall(head + noise(2_500_000))
    expect(server.api("PUT", namespace.value("other"), data=noise(5_000_000)), 201)
    assert namespace.read("k")["value"] == "old"
    assert server.get(namespace.path)["valueBytes"] == 5_000_003


def test_sets_metadata_and_expiration(server, namespace):
    expect(server.api("PUT", namespace.value("k") + f"?expiration={IN_2100}", data=b"v",
                      headers={"KV-Metadata": '{"a":"b"}'}), 201)
    entry = namespace.read("k")
    assert (entry["metadata"], entry["expiration"]) == ({"a": "b"}, IN_2100)
    before = int(time.time())
    expect(server.api("PUT", namespace.value("k") + "?ttl=60", data=b"v"), 200)
    entry = namespace.read("k")
    assert not entry.get("metadata") and before + 60 <= entry["expiration"] <= time.time() + 60


@pytest.mark.parametrize("query, headers, code", [
    ("?ttl=59", {}, "invalid_expiration"),
    ("?ttl=soon", {}, "invalid_request"),
    ("?expiration=1", {}, "invalid_expiration"),
    ("?ttl=60&expiration=4102444800", {}, "invalid_request"),
    ("", {"KV-Metadata": "{"}, "invalid_metadata"),
    ("", {"KV-Metadata": '"' + "x" * 1023 + '"'}, "metadata_too_large"),
])
def test_refuses_what_does_not_belong_to_a_value(server, namespace, query, headers, code):
    answer = server.api("PUT", namespace.value("k") + query, data=b"v", headers=headers)
    assert answer.status_code == 400 and answer.json()["code"] in (code, "invalid_expiration"), answer.text
    if code != "invalid_request":
        problem(answer, 400, code)
    assert namespace.names() == []


def test_hands_out_values_as_nothing_that_a_browser_would_run(server, namespace):
    namespace.put("page", "<script>alert(1)</script>")
    headers = server.api("GET", namespace.value("page")).headers
    assert headers["Content-Type"].split(";")[0] in ("application/octet-stream", "text/plain")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_honours_conditions(server, namespace):
    path = namespace.value("k")
    expect(server.api("PUT", path, data=b"1", headers={"If-None-Match": "*"}), 201)
    problem(server.api("PUT", path, data=b"2", headers={"If-None-Match": "*"}), 412, "precondition_failed")
    problem(server.api("PUT", path, data=b"2", headers={"If-Match": '"other"'}), 412, "precondition_failed")
    tag = namespace.read("k")["etag"]
    expect(server.api("PUT", path, data=b"3", headers={"If-Match": f'"{tag}"'}), 200)
    assert namespace.bytes("k") == b"3"


def test_a_slow_reader_of_a_value_gets_all_of_it_while_others_write(server, namespace):
    value = noise(20_000_000)
    expect(server.api("PUT", namespace.value("large"), data=value), 201)
    with server.api("GET", namespace.value("large"), stream=True) as answer:
        pieces = answer.iter_content(1 << 20)
        received = [next(pieces)]
        for n in range(20):
            namespace.put(f"beside {n}", "v")
        received += pieces
    assert b"".join(received) == value
