#!/usr/bin/env bash
# Resolves the dependencies again into lock files that hold hashes and no address.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
options=(--quiet --upgrade --generate-hashes --universal --python-version 3.11
  --no-header --no-emit-index-url --no-emit-find-links)
compile() { .venv/bin/uv pip compile "${options[@]}" "$@"; }

compile pyproject.toml --extra local --extra dev -o requirements-dev.txt
# The same versions, less what only the demo and the tests need.
compile pyproject.toml -c requirements-dev.txt -o requirements.txt
echo uv | compile - -o vwards/local/bootstrap.txt
npm install --package-lock-only --silent
