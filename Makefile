# The commands of this house; `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
SIMULATE ?= 1
KEEP ?= 0
PYTEST ?=
BENCH ?=
export PORT SIMULATE KEEP

BIN := .venv/bin
INSTALLED := .venv/.installed
ASSETS := static/build/.built

help: ## List these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(INSTALLED) $(ASSETS) ## Run everything here (PORT=8000 SIMULATE=1 KEEP=0); Ctrl-C stops it
	@exec $(BIN)/python -m vwards.local.demo

manage: $(INSTALLED) ## Run a management command against the running demo: make manage ARGS="…"
	@exec $(BIN)/python -m vwards.local.manage $(ARGS)

test: $(INSTALLED) $(ASSETS) ## Run all tests, the browser's included
	$(BIN)/pytest -n 2 -m "not browser and not faults" $(PYTEST)
	@bash vwards/local/browser.sh || test -z "$${CI:-}"
	if bash vwards/local/browser.sh --quiet; then $(BIN)/pytest -m browser $(PYTEST); fi
	$(BIN)/pytest -m faults $(PYTEST)

check: $(INSTALLED) ## Lint, types, contracts, migrations, deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/python -m vwards.local.checks

bench: $(INSTALLED) $(ASSETS) ## Measure each figure beside its limit (BENCH="ten late": some rows)
	$(BIN)/python -m bench $(BENCH)

assets: $(ASSETS) ## Build the style sheets and scripts into static/build

lock: $(INSTALLED) ## Resolve the dependencies again
	bash vwards/local/lock.sh

clean: ## Remove what was built, installed and loaded here
	@bash vwards/local/clean.sh

$(INSTALLED): requirements-dev.txt vwards/local/bootstrap.txt vwards/local/bootstrap.sh
	@PYTHON="$(PYTHON)" bash vwards/local/bootstrap.sh
	@touch $@

$(ASSETS): package-lock.json $(shell find static/src -type f 2>/dev/null) vwards/local/assets.sh | $(INSTALLED)
	@bash vwards/local/assets.sh
	@touch $@

.PHONY: help demo manage test check bench assets lock clean
