"""Files of other tools into the interface, as a new user does it: choose the file, press the button."""
import pytest
from test_files_of_others import FILES, KEY_LIST, PAIRS, WINDOWS, values

pytest_plugins = ("browser",)


def choose(page, space, file, content):
    file.write_bytes(content)
    page.open(f"/s/local/n/{space.id}").click("import")
    page.attach("import-file", file)
    page.click("import-dialog-submit")


@pytest.mark.parametrize("name", ["wrangler-bulk-get", "another-manager", "excel-germany", "jq"])
def test_a_file_of_another_tool_is_imported(page, namespace, tmp_path, name):
    choose(page, namespace, tmp_path / name, FILES[name])
    page.says("job-title", "Imported 2 keys into")
    page.gone("job-dialog")
    assert page.names() == list(PAIRS) and values(namespace) == PAIRS


def test_a_csv_in_windows_1252_is_imported_when_it_is_chosen(page, namespace, tmp_path):
    choose(page, namespace, tmp_path / "excel.csv", WINDOWS.encode("cp1252"))
    page.wait(lambda: "Line 3: The row is not UTF-8 text." in page.one("import-dialog").text)
    page.one("import-format").send_keys("CSV in Windows-1252")
    page.click("import-dialog-submit")
    page.says("job-title", "Imported 2 keys into")
    assert values(namespace)["a"] == "5 € – zwölf"
    assert [error for error in page.errors() if "400" not in error] == []


def test_a_list_of_keys_leads_to_the_work_on_it(page, namespace, tmp_path):
    for name, value in (PAIRS | {"kept": "3"}).items():
        namespace.put(name, value)
    choose(page, namespace, tmp_path / "keys.json", KEY_LIST.encode())
    page.wait(lambda: "names keys without values" in page.one("import-dialog").text)
    page.click("import-as-list")
    page.gone("import-dialog")
    page.one("list-kind").send_keys("Delete")
    page.click("key-list-submit")
    page.says("delete-dialog", "2 keys of a list")
    page.click("delete-dialog-submit")
    page.says("job-title", "Deleted 2 keys")
    assert namespace.names() == ["kept"]
    assert [error for error in page.errors() if "400" not in error] == []
