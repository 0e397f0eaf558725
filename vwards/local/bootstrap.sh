#!/usr/bin/env bash
# Makes .venv and installs what the lock file says, hashes checked; needs Python and nothing else.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
python="${PYTHON:-python3}"
started=$SECONDS

fail() { echo "make: $*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "there is no $python; install Python 3.11 or newer."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version) is too old; install Python 3.11 or newer, or name one: make PYTHON=python3.12 …"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "this Python has no venv module; on Debian and Ubuntu: apt install python3-venv"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  "$@" >"$log" 2>&1 && return
  grep -q 'No space left on device' "$log" && fail "the disk is full; make room below $PWD and try again."
  tail -n 15 "$log" >&2
  fail "$what failed (its last lines are above); is a package index within reach? Then try again."
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  what="making .venv"; echo "Making .venv with $("$python" --version)"
  run "$python" -m venv --clear .venv
fi
what="installing the Python packages"; echo "Installing the Python packages"
.venv/bin/uv --version >/dev/null 2>&1 ||
  run .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r vwards/local/bootstrap.txt
run .venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements-dev.txt
echo "Installed in $((SECONDS - started)) s"
