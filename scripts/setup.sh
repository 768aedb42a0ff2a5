# Sourced by scripts/run and scripts/test: finds or obtains Python 3.10 and makes .venv.
# Needs bash and the tools that every Debian or Ubuntu has. Works in the root of the checkout.

ROOT="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
TOOLS=.tools                  # what set-up itself needs: uv, a Python from uv, logs, the lock
CUT_OFF=$TOOLS/installing     # stands while .venv is being changed; left over, .venv is not to be trusted
CHILD=                        # process group of the command that is running now

say() { printf '%s\n' "$*" >&2; }

# One clear sentence, and the end. The name of the command stands before it.
fail() {
    say "scripts/${0##*/}: $*"
    exit 1
}

end_child() {
    [[ -n $CHILD ]] || return 0
    kill -TERM -- "-$CHILD" 2>/dev/null
    wait "$CHILD" 2>/dev/null
    CHILD=
}

on_signals() {
    trap 'end_child; say; exit 130' INT
    trap 'end_child; exit 143' TERM HUP
}

# patiently LABEL NOTE LOG COMMAND…: runs the command with its words in LOG, while one line on the
# screen counts the seconds and shows what the function NOTE prints. Returns the command's status.
patiently() {
    local label=$1 note=$2 log=$3 started=$SECONDS status=0 told=0
    shift 3
    set -m                    # a process group of its own, so that all of it can be ended
    "$@" >"$log" 2>&1 </dev/null &
    CHILD=$!
    set +m
    [[ -t 2 ]] || say "$label"
    while kill -0 "$CHILD" 2>/dev/null; do
        if [[ -t 2 ]]; then
            printf '\r%s: %s%d s\033[K' "$label" "$("$note")" $((SECONDS - started)) >&2
        elif ((SECONDS - started >= told + 15)); then
            told=$((SECONDS - started))
            say "  $("$note")$told s"
        fi
        sleep 0.5
    done
    wait "$CHILD" || status=$?
    CHILD=
    [[ -t 2 ]] && printf '\r\033[K' >&2
    ((status)) || say "$label: done in $((SECONDS - started)) s"
    return "$status"
}

nothing() { :; }

# --- Python 3.10 -----------------------------------------------------------------------------------

# Every place where a Python may be, the likeliest first. What stands there may be a shim that fails.
python_candidates() {
    local name pyenv_root
    for name in python3.10 python3 python; do type -aP "$name" || true; done
    pyenv_root=$(pyenv root 2>/dev/null) || pyenv_root=${PYENV_ROOT:-${HOME:-/nowhere}/.pyenv}
    printf '%s\n' "$pyenv_root"/versions/3.10.*/bin/python3.10 "$ROOT/$TOOLS"/python/*/bin/python3.10 \
        "${HOME:-/nowhere}"/.local/share/uv/python/cpython-3.10*/bin/python3.10 \
        /usr/local/bin/python3.10 /usr/bin/python3.10
}

is_python310() {
    "$1" -I -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

find_python() {
    local candidate
    while read -r candidate; do
        if [[ -x $candidate ]] && is_python310 "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done < <(python_candidates)
    return 1
}

find_uv() {
    local candidate
    for candidate in "$(type -P uv)" "${HOME:-/nowhere}/.local/bin/uv" "$ROOT/$TOOLS/uv/bin/uv"; do
        if [[ -x $candidate ]] && "$candidate" --version >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# With any Python 3 that has venv and pip: uv in an environment of its own.
obtain_uv() {
    local candidate
    while read -r candidate; do
        if [[ -x $candidate ]] && "$candidate" -I -c 'import ensurepip, sys, venv
sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then
            patiently "Fetching uv, which can fetch Python" nothing "$TOOLS/uv.log" \
                bash -c '"$1" -m venv "$2" && "$2/bin/python" -m pip install -q --no-input \
                    --disable-pip-version-check --retries 1 --timeout 20 uv' \
                - "$candidate" "$TOOLS/uv" && return 0
            return 1
        fi
    done < <(python_candidates; echo /usr/bin/python3)
    return 1
}

may_use_apt() {
    [[ $EUID == 0 ]] && type -P apt-get >/dev/null && grep -qsE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release
}

apt_install() {
    may_use_apt || return 1
    patiently "Installing $* with apt-get" nothing "$TOOLS/apt.log" bash -c '
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q && apt-get install -q -y --no-install-recommends "$@"' - "$@"
}

# Prints nothing; afterwards find_python succeeds, or we have ended with a sentence.
obtain_python() {
    local uv
    say "No Python 3.10 on this machine yet."
    if ! uv=$(find_uv) && ! obtain_uv && may_use_apt; then
        # Ubuntu 22.04 has it; other releases have some Python, with which uv can be fetched.
        apt_install python3.10 python3.10-venv && return 0
        apt_install python3 python3-venv && obtain_uv
    fi
    if uv=$(find_uv); then
        patiently "Fetching Python 3.10 with uv" nothing "$TOOLS/python.log" \
            env UV_PYTHON_INSTALL_DIR="$ROOT/$TOOLS/python" "$uv" python install 3.10 --no-bin \
            && find_python >/dev/null && return 0
        apt_install python3.10 python3.10-venv && return 0
    fi
    fail "Python 3.10 is needed, was not found and could not be fetched. Install it (Ubuntu 22.04:" \
        "apt-get install python3.10 python3.10-venv; elsewhere: uv python install 3.10, or pyenv" \
        "install 3.10; Debian itself has no such package), then start this again. What was tried:" \
        "$ROOT/$TOOLS/*.log"
}

# --- .venv -----------------------------------------------------------------------------------------

environment_is_whole() {
    [[ ! -e $CUT_OFF ]] && is_python310 .venv/bin/python \
        && .venv/bin/python -I scripts/missing_packages.py "$@" >/dev/null 2>&1
}

make_venv() {
    local python uv
    python=$(find_python) || { obtain_python && python=$(find_python); } || fail "Python 3.10 does not run."
    touch "$CUT_OFF"
    rm -rf .venv
    if "$python" -I -c 'import ensurepip, venv' 2>/dev/null; then
        patiently "Making the environment" nothing "$TOOLS/venv.log" "$python" -m venv .venv && return
    elif uv=$(find_uv) || { obtain_uv && uv=$(find_uv); }; then
        patiently "Making the environment" nothing "$TOOLS/venv.log" \
            "$uv" venv -q --seed --python "$python" .venv && return
    elif apt_install python3.10-venv; then
        "$python" -m venv .venv && return
    fi
    fail "$python cannot make an environment: its module venv is missing or broken. Install the" \
        "package python3.10-venv, then start this again ($(last_error "$TOOLS/venv.log"))."
}

last_error() {
    local line
    line=$(grep -sivE '^(warning|\[notice)|^[[:space:]]*$' "$1" | grep -iE 'error|no space|denied|failed' | tail -n 1)
    printf '%s' "${line:-see $ROOT/$1}"
}

packages_in_place() {
    local fetched count=(.venv/lib/python3.10/site-packages/*.dist-info)
    fetched=$(grep -sc '^Collecting' "$TOOLS/packages.log")
    ((fetched > 0)) && printf '%d fetched, ' "$fetched"
    [[ -e ${count[0]} ]] || count=()
    printf '%d of %d in place, ' "${#count[@]}" "$WANTED"
}

install_packages() {
    local uv requirements=() file status=1
    for file in "$@"; do requirements+=(-r "$file"); done
    WANTED=$(cat "$@" | grep '==' | sort -u | wc -l)
    if uv=$(find_uv); then
        patiently "Installing $WANTED packages" packages_in_place "$TOOLS/packages.log" \
            "$uv" pip install --no-progress --python .venv/bin/python "${requirements[@]}" && status=0 \
            || say "uv could not install them; pip will try."
    fi
    if ((status)); then
        .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
        # The files pin everything, so pip has nothing to work out.
        patiently "Installing $WANTED packages" packages_in_place "$TOOLS/packages.log" \
            .venv/bin/python -m pip install --no-input --no-deps --disable-pip-version-check \
            "${requirements[@]}" && status=0
    fi
    ((status == 0)) || fail "Packages could not be installed: $(last_error "$TOOLS/packages.log")." \
        "All that was said lies in $ROOT/$TOOLS/packages.log."
}

# prepare FILE…: afterwards .venv holds all that the requirements files name.
prepare() {
    cd "$ROOT" || exit 1
    environment_is_whole "$@" && return
    mkdir -p "$TOOLS" 2>/dev/null && [[ -w . && -w $TOOLS ]] \
        || fail "The folder $ROOT cannot be written; the environment .venv has to be made in it."
    exec 9>"$TOOLS/lock"
    flock -n 9 || { say "Waiting for another set-up in $ROOT."; flock 9; }
    if ! environment_is_whole "$@"; then
        if [[ -e $CUT_OFF ]] || ! is_python310 .venv/bin/python; then
            [[ ! -e $CUT_OFF ]] || say "The last set-up was cut off; .venv is made anew."
            make_venv
        fi
        touch "$CUT_OFF"
        install_packages "$@"
        .venv/bin/python -I scripts/missing_packages.py "$@" >/dev/null \
            || fail "After the installation these are still missing: $(.venv/bin/python -I scripts/missing_packages.py "$@" | tr '\n' ' ')"
        rm -f "$CUT_OFF"
    fi
    exec 9>&-                 # what is started later must not hold the lock
}
