"""What the program says of each of its commands, as one text."""
import json
import subprocess
import sys


def commands(program):
    dump = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True).stdout

    def below(command, path):
        yield path
        for one in command.get("subcommands", []):
            if one["commandName"] != "help":
                yield from below(one, [*path, one["commandName"]])

    return list(below(json.loads(dump)["command"], []))


def help_of(program, command):
    # Nothing but the width of the terminal changes what it says.
    return subprocess.run([program, "help", *command], capture_output=True, check=True, env={"COLUMNS": "80"}).stdout.decode()


def whole(program):
    return "\n".join(f"## kv-manager {' '.join(one)}\n\n{help_of(program, one)}" for one in commands(program))


if __name__ == "__main__":
    sys.stdout.write(whole(sys.argv[1]))
