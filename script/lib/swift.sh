# shellcheck shell=bash
# Building: what the compiler needs, and one place for the flags. Needs common.sh.

# The compiler itself finds imports that Package.swift does not declare: the layering rule.
build_flags=(--explicit-target-dependency-import-check error)
# Swift's runtime within the program: it then runs where there is no Swift, and answers a fifth quicker. Its 57,000 symbols are
# not exported, since the program loads no libraries that would look for them: 6 MB less.
release_flags=()
[ "$(uname -s)" != Linux ] || release_flags+=(--static-swift-stdlib -Xlinker --no-export-dynamic)

need_swift() {
    command -v swift >/dev/null ||
        stop "there is no swift; install Swift 6.2 or newer from https://www.swift.org/install/ and put it on PATH"
    local version major minor
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    major=${version%%.*} minor=${version#*.}
    if [ "${major:-0}" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        stop "this is Swift ${version:-of an unknown version}; KV Manager needs 6.2 or newer: https://www.swift.org/install/"
    fi
}

need_libraries() {
    local packages=(libsqlite3-dev zlib1g-dev)
    command -v pkg-config >/dev/null || packages+=(pkg-config)
    [ -d /usr/include/c++ ] || packages+=(g++)
    [ "$(uname -s)" != Darwin ] || return 0
    bring "SQLite and zlib, which the program is linked with, and what Swift needs to find and link them" "${packages[@]}"
    need pkg-config "to find SQLite and zlib"
    pkg-config --exists sqlite3 || stop "SQLite's headers are missing (pkg-config sqlite3); install them and run this again"
    pkg-config --exists zlib || stop "zlib's headers are missing (pkg-config zlib); install them and run this again"
}

build_release() {
    need_libraries
    need_swift
    local sources
    sources=$(source_sum)
    swift build -c release --product kv-manager "${build_flags[@]}" "${release_flags[@]}" >&2
    split_debug_information .build/release/kv-manager
    echo "$sources" >.build/release-sources
}

# split_debug_information PROGRAM: moves symbols and debug information to PROGRAM.debug, where debuggers find them.
split_debug_information() {
    [ "$(uname -s)" = Linux ] || return 0
    need objcopy "to store the debug information in a separate file (package binutils)"
    ! readelf --section-headers --wide "$1" | grep --quiet gnu_debuglink || return 0
    objcopy --only-keep-debug "$1" "$1.debug"
    objcopy --strip-all --add-gnu-debuglink="$1.debug" "$1"
}

# Stands for the content of everything that the program is built from.
source_sum() {
    find Sources Web Docs/openapi.json Package.swift -type f -print0 | LC_ALL=C sort -z | xargs -0 cksum | cksum
}

# Whether the release build is that of the present sources. Much quicker to tell than by asking the package manager.
release_is_fresh() {
    [ -x .build/release/kv-manager ] && [ -f .build/release-sources ] &&
        ! [ .build/release/kv-manager -nt .build/release-sources ] &&
        [ "$(cat .build/release-sources)" = "$(source_sum)" ]
}
