"""Checks the language of strings that users see, and the names of types, in the Swift sources.

Prints each fault as FILE:LINE and exits with status 1 if there are any.
"""

import collections
import pathlib
import re
import sys

# Words and phrases that have a plainer equivalent, with that equivalent.
PLAINER = {
    r"behind (?:the|that|its|this) batch": "after the batch",
    r"lies|stands?": "is, is stored, is listed",
    r"is told|tells?|says?": "reports, returns, prints, use",
    r"(?:is|are) none|has none": "is not a …, is invalid, has no …",
    r"whoever|who asks|somebody|nobody": "the caller, the user, no one",
    r"anew|once more": "again",
    r"as far as": "if, where",
    r"goes? on|goes by itself": "continues, continues automatically",
    r"(?:is|are|was|be) made|making": "is created, creating",
    r"(?:is|are|was|were) there": "exists",
    r"by hand|of one's own": "manually, custom",
    r"(?:is|are|was|were) at work": "is running",
    r"(?:at most )?so many": "the maximum number of …",
    r"by commas": "comma-separated",
    r"mended": "fixed",
    r"in the place of": "replace … with",
    r"gone back from": "rolled back",
    r"the one or the other": "either",
    r"weighs?|costs nothing": "uses … bytes, adds no requests",
    r"unforeseen": "internal error",
}
PATTERNS = [(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), plainer) for words, plainer in PLAINER.items()]
STRING = re.compile(r'"""(.*?)"""|"((?:\\.|[^"\\\n])*)"', re.DOTALL)
TOP_LEVEL_TYPE = re.compile(r"^(?:(?:public|package|internal|final|indirect)\s+)*(?:struct|class|enum|actor|protocol)\s+(\w+)")
# Files whose strings are never shown: statements of SQL, comments of which are stored with the schema.
NOT_SHOWN = {"Schema.swift"}


def without_comments(text):
    return "\n".join("" if line.lstrip().startswith("//") else line for line in text.split("\n"))


def words(path, code):
    for string in STRING.finditer(code):
        text = string.group(1) or string.group(2) or ""
        for pattern, plainer in PATTERNS:
            for found in pattern.finditer(text):
                line = code.count("\n", 0, string.start()) + 1
                yield f'{path}:{line}: "{found.group()}" in a string: write {plainer}'


def main():
    faults, types = [], collections.defaultdict(dict)
    for path in sorted(pathlib.Path("Sources").rglob("*.swift")):
        code = without_comments(path.read_text())
        if path.name not in NOT_SHOWN:
            faults += words(path, code)
        for line in code.split("\n"):
            if declared := TOP_LEVEL_TYPE.match(line):
                types[declared.group(1)].setdefault(path.parts[1], path)
    for name, modules in sorted(types.items()):
        if len(modules) > 1:
            faults.append(f"{name} is the name of a type in each of {', '.join(map(str, modules.values()))}")
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)


main()
