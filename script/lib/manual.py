"""Writes the manual page, Docs/kv-manager.1, out of what the program says of its commands (on standard input)."""
import json
import sys


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))


def name_of(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def arguments(command):
    for one in command.get("arguments", []):
        if not one.get("shouldDisplay", True) or one["valueName"] in ("version", "help"):
            continue
        value = f" \\fI{escaped(one['valueName'])}\\fR" if one["kind"] == "option" else ""
        names = ", ".join(f"\\fB{escaped(name_of(name))}\\fR" for name in one.get("names", []))
        words = one.get("abstract", "")
        choices = one.get("allValues")
        details = [f"one of {', '.join(choices)}"] if choices else []
        if one.get("defaultValue") is not None:
            details.append(f"{one['defaultValue']} unless said")
        yield ".TP"
        yield (names + value) or f"\\fI{escaped(one['valueName'])}\\fR"
        yield escaped(words + (f" ({'; '.join(details)})" if details else ""))


def discussion(text):
    for line in text.split("\n"):
        if line.startswith("  "):
            yield from (".RS 4", ".nf", escaped(line.strip()), ".fi", ".RE")
        else:
            yield escaped(line) if line else ".PP"


def section(command, path):
    path = [*path, command["commandName"]]
    subcommands = [one for one in command.get("subcommands", []) if one["commandName"] != "help"]
    if len(path) > 1 and not subcommands:
        yield f".SS {escaped(' '.join(path[1:]))}"
        yield escaped(command["abstract"])
        if command.get("discussion"):
            yield ".PP"
            yield from discussion(command["discussion"])
        yield from arguments(command)
    for one in subcommands:
        yield from section(one, path)


def main():
    root = json.load(sys.stdin)["command"]
    lines = ['.TH KV\\-MANAGER 1 "" "KV Manager" "User Commands"', ".SH NAME",
             f"kv\\-manager \\- {escaped(root['abstract'][0].lower() + root['abstract'][1:].rstrip('.'))}", ".SH SYNOPSIS",
             "\\fBkv\\-manager\\fR \\fIcommand\\fR [\\fIoptions\\fR]", ".SH DESCRIPTION",
             *discussion(root["discussion"]), ".SH COMMANDS", *section(root, [])]
    print("\n".join(lines))


main()
