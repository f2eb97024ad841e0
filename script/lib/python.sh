# shellcheck shell=bash
# A Python environment under the build folder, made anew when its requirements change. Needs common.sh.

venv=.build/venv

need_venv() {
    python3 -c 'import ensurepip, venv' 2>/dev/null || bring "the end-to-end tests are written in Python" python3 python3-venv
    need python3 "to run the end-to-end tests"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        stop "Python 3.10 or newer is needed to run the end-to-end tests; this is $(python3 --version)"
    local wanted=Tests/EndToEnd/requirements.txt
    ! cmp -s "$wanted" "$venv/made-from" || [ ! -x "$venv/bin/python" ] || return 0
    say "making a Python environment in $venv from $wanted"
    rm -rf "$venv"
    mkdir -p .build
    python3 -m venv "$venv"
    local pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
    "${pip[@]}" -r "$wanted"
    # Those whose dependencies are not wanted: see the file.
    sed -n 's/^# --no-deps //p' "$wanted" | xargs "${pip[@]}" --no-deps
    cp "$wanted" "$venv/made-from"
}
