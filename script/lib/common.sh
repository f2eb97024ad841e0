# shellcheck shell=bash
# What the scripts share. Source it first: it moves to the top of the checkout.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

say() { printf '==> %s\n' "$*" >&2; }
stop() { printf 'error: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND…: through sudo when this is not root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        stop "this needs root, and there is no sudo; run as root: $*"
    fi
}

# bring REASON PACKAGE…: installs those of the packages that are missing, on Debian and its kin. Elsewhere it does
# nothing: the caller checks for what it needs, and says what is not there.
bring() {
    local reason=$1 package missing=()
    shift
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        return 0
    fi
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}: $reason"
    as_root apt-get update -q >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}

# need COMMAND REASON: stops when there is no such command.
need() {
    command -v "$1" >/dev/null || stop "there is no $1, which is needed $2; install it and run this again"
}
