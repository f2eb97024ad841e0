"""One entry: reading, editing, creating, replacing, and what happens when somebody else was quicker."""
import json
import time
import urllib.parse

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytest_plugins = ("browser",)


def show(page, space, key):
    page.open(f"/s/local/n/{space.id}/k/{urllib.parse.quote(key, safe='')}")
    page.wait(lambda: page.one("entry-save"))
    return page


def save(page):
    page.click("entry-save")
    page.says("entry-state", "No changes")


def test_a_text_is_edited_and_what_was_not_touched_stays(page, namespace):
    metadata = '{"big":12345678901234567890,"one":1.0,"é":"ü"}'
    body = f'{{"value":"old","metadata":{metadata},"expiration":{int(time.time()) + 86_400}}}'
    namespace.server.api("PUT", namespace.entry("k"), data=body.encode(), headers={"Content-Type": "application/json"})
    before = namespace.server.api("GET", namespace.entry("k"))
    show(page, namespace, "k")
    assert not page.one("entry-save").is_enabled()
    page.type("value", "new")
    save(page)
    after = namespace.server.api("GET", namespace.entry("k"))
    assert after.json()["value"] == "new"
    assert after.json()["expiration"] == before.json()["expiration"]
    assert metadata in after.text and metadata in before.text


def test_line_ends_of_another_system_survive_an_edit(page, namespace):
    namespace.put("crlf", b"one\r\ntwo\r\n")
    show(page, namespace, "crlf")
    page.one("value").send_keys(Keys.CONTROL, Keys.END)
    page.one("value").send_keys(Keys.NULL, "three")
    save(page)
    assert namespace.bytes("crlf") == b"one\r\ntwo\r\nthree"


def test_mixed_line_ends_are_not_edited_by_accident(page, namespace):
    namespace.put("mixed", b"one\r\ntwo\nthree\r")
    show(page, namespace, "mixed")
    assert page.one("value").get_attribute("readonly")
    assert "different ways" in page.text("value-note")


def test_json_says_where_it_is_wrong_and_can_be_laid_out(page, namespace):
    namespace.put("j", '{"b":1.0,"a":[1,2]}')
    show(page, namespace, "j")
    page.click("format")
    assert page.one("value").get_attribute("value") == '{\n  "b": 1.0,\n  "a": [\n    1,\n    2\n  ]\n}'
    page.type("value", '{\n  "a": 1,\n}')
    page.says("json-problem", "Line 3, column 1")
    assert not page.one("entry-save").is_enabled()
    page.type("value", '{"a": 2}')
    save(page)
    assert namespace.read("j")["value"] == '{"a": 2}'


def test_bytes_are_shown_downloaded_and_replaced(page, namespace, tmp_path):
    content = bytes(range(256))
    namespace.put("bytes", content, metadata={"kept": "é"})
    show(page, namespace, "bytes")
    assert "000010  10 11 12" in page.text("hex")
    page.js("document.querySelector('[data-testid=download]').click()")
    assert page.landed("bytes").read_bytes() == content
    file = tmp_path / "new.bin"
    file.write_bytes(b"\xff\x00" * 700)
    page.attach("value-file", file)
    page.says("value-note", "new.bin")
    save(page)
    assert namespace.bytes("bytes") == file.read_bytes()
    assert namespace.read("bytes")["metadata"] == {"kept": "é"}


def test_a_large_value_keeps_its_bytes_when_its_metadata_changes(page, namespace):
    content = bytes(range(256)) * 8192
    namespace.server.api("PUT", namespace.value("large"), data=content)
    show(page, namespace, "large")
    page.type("metadata", '{"a": 1}')
    save(page)
    assert namespace.bytes("large") == content
    assert namespace.read("large")["metadata"] == {"a": 1}


def test_a_file_takes_the_place_of_a_value_with_the_longest_annotation(page, namespace, tmp_path):
    metadata = '{ "é" :  "' + "ü" * 500 + '" }'
    annotation = {"tags": sorted(f"{n:02}{'é' * 31}" for n in range(50)), "color": "red", "customMetadata": "日" * 340}
    body = json.dumps({"value": "old", **annotation}, ensure_ascii=False)[:-1] + f', "metadata":{metadata}}}'
    answer = namespace.server.api("PUT", namespace.entry("k"), data=body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text
    show(page, namespace, "k")
    file = tmp_path / "new.bin"
    file.write_bytes(b"--boundary\r\n\xff\x00" * 90_000)
    page.attach("value-file", file)
    page.says("value-note", "new.bin")
    save(page)
    assert namespace.bytes("k") == file.read_bytes()
    text = namespace.server.api("GET", namespace.entry("k")).text
    assert f'"metadata":{metadata}' in text and {name: json.loads(text, strict=False)[name] for name in annotation} == annotation


def test_an_expiration_is_set_and_lifted(page, namespace):
    namespace.put("e", "x")
    show(page, namespace, "e")
    page.one("expiration-kind").send_keys("In")
    page.type("expiration-in", "2 o'clock")
    page.says("expiration-words", "such as 90s, 15m, 12h or 30d")
    page.type("expiration-in", "1h 60m")
    save(page)
    assert abs(namespace.read("e")["expiration"] - time.time() - 7200) < 60
    for text, seconds in (("2030-01-01T00:00:00Z", 1_893_456_000), ("2030-01-01+02:00", 1_893_448_800), ("2030-01-01 12:00 -0130", 1_893_504_600)):
        page.type("expiration-at", text)
        save(page)
        assert namespace.read("e")["expiration"] == seconds
    page.type("expiration-at", "next year")
    page.says("expiration-words", "such as 2030-01-31T12:00:00Z")
    page.one("expiration-kind").send_keys("Never")
    save(page)
    assert not namespace.read("e").get("expiration")


def test_metadata_that_is_no_json_or_too_long_cannot_be_saved(page, namespace):
    namespace.put("m", "x")
    show(page, namespace, "m")
    page.type("metadata", "{")
    page.says("metadata-words", "line 1")
    assert not page.one("entry-save").is_enabled()
    page.type("metadata", json.dumps("x" * 1100))
    page.says("metadata-words", "1,102 of at most 1,024 bytes")
    assert not page.one("entry-save").is_enabled()


def test_a_key_is_created_and_deleted(page, namespace):
    page.open(f"/s/local/n/{namespace.id}").click("new-key")
    page.type("entry-name", "new/key é")
    page.type("value", "hello")
    page.click("entry-save")
    page.says("entry-key", "new/key é")
    assert namespace.read("new/key é")["value"] == "hello"
    assert page.path.endswith(urllib.parse.quote("new/key é", safe=""))
    page.click("entry-delete")
    page.click("delete-entry-submit")
    page.sees("No keys yet")
    assert namespace.names() == []


def test_a_new_key_does_not_overwrite_one_that_exists(page, namespace):
    namespace.put("there", "theirs")
    page.open(f"/s/local/n/{namespace.id}").click("new-key")
    page.type("entry-name", "there")
    page.type("value", "mine")
    page.click("entry-save")
    page.says("entry-message", "exists already")
    assert namespace.read("there")["value"] == "theirs"
    page.click("conflict-overwrite")
    page.says("entry-key", "there")
    assert namespace.read("there")["value"] == "mine"
    assert all("412" in error for error in page.errors())


def test_a_change_made_meanwhile_is_not_overwritten_unasked(page, namespace):
    namespace.put("k", "first")
    show(page, namespace, "k").type("value", "mine")
    namespace.put("k", "theirs")
    page.click("entry-save")
    page.says("entry-message", "changed meanwhile")
    assert namespace.read("k")["value"] == "theirs"
    page.click("conflict-reload")
    page.wait(lambda: page.one("value").get_attribute("value") == "theirs")
    assert all("412" in error for error in page.errors())


def test_unsaved_changes_are_not_lost_by_going_elsewhere(page, namespace):
    namespace.fill(3)
    page.open(f"/s/local/n/{namespace.id}")
    page.wait(lambda: page.all("key-row")[1].find_element("tag name", "a").click() or True)
    page.type("value", "unsaved")
    page.click("jobs-link")
    page.click("discard-dismiss")
    assert page.one("value").get_attribute("value") == "unsaved"
    page.driver.back()
    page.click("discard-dismiss")
    page.wait(lambda: page.path.endswith("000001"))
    assert page.one("value").get_attribute("value") == "unsaved"
    page.click("jobs-link")
    page.click("discard-submit")
    page.wait(lambda: page.path == "/jobs")


def test_it_is_saved_from_the_keyboard(page, namespace):
    namespace.put("k", "old")
    page.open(f"/s/local/n/{namespace.id}")
    ActionChains(page.driver).send_keys("j", "e").perform()
    page.wait(lambda: page.js("return document.activeElement.dataset.testid") == "value")
    ActionChains(page.driver).send_keys("!").key_down(Keys.CONTROL).send_keys("s").key_up(Keys.CONTROL).perform()
    page.says("entry-state", "No changes")
    page.wait(lambda: "!" in namespace.read("k")["value"])


def test_a_key_that_is_gone_says_so(page, namespace):
    page.open(f"/s/local/n/{namespace.id}/k/gone")
    page.says("entry-message", "no such key")


def test_a_protected_namespace_can_be_read_only(page, server, namespace):
    namespace.put("k", "v")
    server.api("PATCH", namespace.path, json={"protected": True})
    show(page, namespace, "k")
    page.says("entry-state", "Protected")
    assert page.one("value").get_attribute("readonly")
    assert not page.one("new-key").is_enabled() and not page.one("import").is_enabled()
    server.api("PATCH", namespace.path, json={"protected": False})
