"""Values to read: JSON as a tree, large ones in parts; and keys that get another name or a double."""
import json

from selenium.webdriver.common.keys import Keys
from test_browser_entry import show
from test_browser_jobs import done

pytest_plugins = ("browser",)
PART = 65_536
TREE = """return document.querySelector('kv-json-tree').innerText.replaceAll(/\\s*\\n\\s*/g, '\\n')"""


# MARK: JSON as a tree

def test_json_is_read_as_a_tree_with_every_digit(page, namespace):
    namespace.put("j", '{"big": 12345678901234567890, "one": 1.0, "list": [true, null, {"deep": "é"}], "<b>": "<i>"}')
    show(page, namespace, "j").click("mode-tree")
    tree = page.wait(lambda: page.js(TREE))
    for words in ("big: 12345678901234567890", "one: 1.0", "[ 3 items ]", "0: true", "1: null", 'deep: "é"', '<b>: "<i>"'):
        assert words in tree
    page.js("[...document.querySelectorAll('kv-json-tree summary')].find((one) => one.innerText.startsWith('list')).click()")
    assert "deep" not in page.js(TREE)
    page.click("mode-json")
    assert page.one("value").get_attribute("value").startswith('{"big": 12345678901234567890')
    assert not page.one("entry-save").is_enabled()


def test_a_long_list_opens_bit_by_bit(page, namespace):
    namespace.put("l", json.dumps(list(range(450))))
    show(page, namespace, "l").click("mode-tree")
    count = "return document.querySelectorAll('kv-json-tree ul ul > li').length"
    page.wait(lambda: page.js(count) == 201)
    for shown in (401, 450):
        page.js("[...document.querySelectorAll('kv-json-tree button')].at(-1).click()")
        assert page.js(count) == shown
    assert "449: 449" in page.js(TREE)


def test_what_is_no_json_has_no_tree_but_a_place_where_it_breaks(page, namespace):
    namespace.put("bad", '{"a": 1,\n "b": }')
    show(page, namespace, "bad").click("mode-tree")
    page.says("json-problem", "Line 2, column 7")
    assert page.js("return document.querySelector('kv-json-tree')?.innerText ?? ''") == ""


# MARK: large values

def test_a_large_text_is_read_in_parts_and_no_character_is_torn(page, namespace):
    """Only the part in sight is asked for. The euro sign has three bytes, so it lies across the end of most parts."""
    text = "€" * 700_000
    namespace.server.api("PUT", namespace.value("large"), data=text.encode())
    page.traffic()
    show(page, namespace, "large")
    page.says("value-note", "too much to edit here")
    shown = [len(page.text("hex"))]
    page.reads("bytes-place", f"Bytes 0 to 65,536 of {len(text) * 3:,}")
    for number in range(1, 4):
        page.click("bytes-forth")
        page.says("bytes-place", f"Bytes {number * PART:,} to")
        page.wait(lambda: page.js("return !document.querySelector('kv-bytes pre').ariaBusy"))
        content = page.text("hex")
        assert set(content) == {"€"}
        shown.append(len(content))
    assert sum(shown) == -(-4 * PART // 3), "no character is shown twice or left out"
    asked = [address for _, address in page.traffic() if "/values?" in address]
    assert len(asked) == 4
    page.click("mode-hex")
    page.says("hex", "e2 82 ac")


def test_parts_of_two_states_of_a_value_are_not_mixed(page, namespace):
    namespace.server.api("PUT", namespace.value("large"), data=b"a" * 1_500_000)
    show(page, namespace, "large")
    page.reads("hex", "a" * PART)
    namespace.server.api("PUT", namespace.value("large"), data=b"b" * 1_500_000)
    page.click("bytes-forth")
    page.says("hex", "changed meanwhile")


def test_the_end_of_a_large_value_is_one_step_away(page, namespace):
    content = bytes(range(256)) * 8192
    namespace.server.api("PUT", namespace.value("binary"), data=content)
    show(page, namespace, "binary").click("mode-hex")
    page.says("hex", "000000  00 01 02")
    page.one("bytes-jump").send_keys(Keys.END)
    page.says("hex", f"{len(content) - 16:06x}  f0 f1 f2")
    assert not page.one("bytes-forth").is_enabled()


# MARK: another name, a double

def test_a_key_is_renamed_with_all_it_has_and_that_can_be_undone(page, server, namespace):
    namespace.put("old", "value", metadata={"a": 1}, tags=["t"])
    namespace.put("older", "other")
    show(page, namespace, "old").click("more", "kv-entry")
    page.click("entry-rename")
    page.type("rename-name", "new")
    page.click("rename-key-submit")
    page.one("job-undo")
    assert namespace.names() == ["new", "older"]
    entry = namespace.read("new")
    assert (entry["value"], entry["metadata"], entry["tags"]) == ("value", {"a": 1}, ["t"])
    page.click("job-undo")
    done(page)
    page.wait(lambda: namespace.names() == ["old", "older"])


def test_a_renamed_key_is_open_under_its_new_name(page, namespace):
    namespace.put("old", "value")
    show(page, namespace, "old").click("more", "kv-entry")
    page.click("entry-rename")
    page.type("rename-name", "new")
    page.click("rename-key-submit")
    page.click("job-close")
    page.reads("entry-key", "new")
    assert page.path.endswith("/k/new")


def test_a_name_that_is_taken_is_not_renamed_over(page, namespace):
    namespace.put("a", "1")
    namespace.put("b", "2")
    show(page, namespace, "a").click("more", "kv-entry")
    page.click("entry-rename")
    page.type("rename-name", "b")
    page.click("rename-key-submit")
    page.wait(lambda: '"b" exists already' in page.one("rename-key").text)
    assert (namespace.read("a")["value"], namespace.read("b")["value"]) == ("1", "2")


def test_a_duplicate_has_all_that_the_original_has(page, namespace):
    namespace.put("one", bytes(range(256)), metadata={"kept": "é"}, tags=["x", "y"], color="red", customMetadata=["é"])
    show(page, namespace, "one").click("more", "kv-entry")
    page.click("entry-duplicate")
    assert not page.one("entry-save").is_enabled()
    page.type("entry-name", "two")
    page.click("entry-save")
    page.reads("entry-key", "two")
    copy, original = namespace.read("two"), namespace.read("one")
    for part in ("valueBase64", "metadata", "tags", "color", "customMetadata"):
        assert copy[part] == original[part]


def test_a_large_value_is_duplicated_whole(page, namespace):
    content = bytes(range(256)) * 5000
    headers = {"KV-Annotation": json.dumps({"tags": ["é"], "color": "red", "customMetadata": {"e": "é"}})}
    namespace.server.api("PUT", namespace.value("large"), data=content, headers=headers)
    show(page, namespace, "large").click("more", "kv-entry")
    page.click("entry-duplicate")
    page.type("entry-name", "copy")
    page.click("entry-save")
    page.reads("entry-key", "copy")
    assert namespace.bytes("copy") == content
    copy, original = namespace.read("copy"), namespace.read("large")
    assert all(copy[part] == original[part] for part in ("tags", "color", "customMetadata"))


def test_an_edit_of_the_duplicate_leaves_the_original(page, namespace):
    namespace.put("one", "original")
    show(page, namespace, "one").click("more", "kv-entry")
    page.click("entry-duplicate")
    page.type("entry-name", "two")
    page.type("value", "changed")
    page.click("entry-save")
    page.reads("entry-key", "two")
    page.reads("entry-state", "No changes")
    assert (namespace.read("one")["value"], namespace.read("two")["value"]) == ("original", "changed")
