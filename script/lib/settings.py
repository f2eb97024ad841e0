"""Writes the table of settings into Docs/operations.md, out of what `kv-manager config show --output json` says (on standard input)."""
import json
import pathlib
import re
import sys

FILE = pathlib.Path("Docs/operations.md")


def cell(text):
    return f"`{text}`" if text else "–"


def table(rows):
    yield "| on the command line | in the environment | in the file | what it is | unless set | at SIGHUP |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in rows:
        if "variable" not in row:
            continue
        variable, *rest = row["variable"].split(", or ")
        named = cell(variable) + "".join(f", or `{one}`" for one in rest)
        yield f"| {cell(row.get('option'))} | {named} | {cell(row.get('field'))} | {row['words']} | {row['usual']} | {'read again' if row['reread'] else '–'} |"


def main():
    text = "\n".join(table(json.load(sys.stdin)))
    document = FILE.read_text()
    new = re.sub(r"(?<=<!-- settings -->\n\n).*?(?=\n\n<!-- end -->)", lambda _: text, document, flags=re.DOTALL)
    if "--check" in sys.argv:
        sys.exit(0 if new == document else "Docs/operations.md: the table of settings is not of today; run script/manual")
    FILE.write_text(new)


main()
