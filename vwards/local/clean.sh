#!/usr/bin/env bash
# Removes what was built, installed and loaded, the private copy outside the repository included.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
if [ -x .venv/bin/python ]; then
  .venv/bin/python -m vwards.local.clean || exit 1
fi
rm -rf .venv .local node_modules static/build staticfiles test-results \
  .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
find . -name __pycache__ -type d -prune -exec rm -rf {} +
