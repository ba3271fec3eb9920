# Leadlight, from a checkout to a running server. `make` lists everything.

PYTHON ?= python3
PORT ?= 8000
DATA ?= leadlight-demo
TESTS ?= tests
OPTIONS ?=

export PIP_DISABLE_PIP_VERSION_CHECK = 1
VENV := .venv
BIN := $(VENV)/bin
fingerprint = $(shell cat $(1) 2>/dev/null | sha256sum | cut -c1-16)
UI_SOURCES := $(sort $(shell find ui -type f -not -path '*/node_modules/*'))

# What is installed is named after what it was installed from, so a second run has nothing to do.
RUNTIME := $(VENV)/made/runtime-$(call fingerprint,requirements/runtime.lock)
DEV := $(VENV)/made/dev-$(call fingerprint,requirements/dev.lock)
PACKAGE := $(VENV)/made/package-$(call fingerprint,pyproject.toml hatch_build.py $(UI_SOURCES))
SDK_MODULES := tests/sdk/node_modules/.made-$(call fingerprint,tests/sdk/package-lock.json)
UI_MODULES := ui/node_modules/.made-$(call fingerprint,ui/package-lock.json)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-slow test-all lint lint-python lint-ui format bench chaos openapi ui ui-dev wheel lock chromium clean

help: ## list what can be made
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(PACKAGE) ## set up and serve the demo at http://127.0.0.1:8000 (PORT=, DATA= change where)
	@$(BIN)/leadlight serve --demo --data $(DATA) --port $(PORT)

test: $(DEV) $(PACKAGE) $(SDK_MODULES) chromium ## set up and run the quick tests (TESTS=tests/unit for some, OPTIONS= to pytest)
	@$(BIN)/pytest -n auto --dist loadgroup $(OPTIONS) $(TESTS)

test-slow: $(DEV) $(PACKAGE) $(SDK_MODULES) chromium ## run the tests marked slow
	@$(BIN)/pytest -m slow $(OPTIONS) $(TESTS)

test-all: test test-slow ## run every test

lint: lint-python lint-ui ## check style, types and the import contracts, of Python and TypeScript

lint-python: $(DEV) $(PACKAGE)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

lint-ui: $(UI_MODULES)
	@cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent lint

format: $(DEV) $(UI_MODULES) ## format, and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format
	@cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent format

bench: $(DEV) $(PACKAGE) ## measure speed beside the named baselines
	@$(BIN)/python -m tests.bench

chaos: $(DEV) $(PACKAGE) ## kill processes at random for long; nothing may be lost or doubled
	@$(BIN)/python -m tests.chaos

openapi: $(DEV) $(PACKAGE) $(UI_MODULES) ## write ui/openapi.json, the TypeScript client and docs/reference/api.md
	@$(BIN)/python docs/write_api.py
	@cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent client

ui: $(DEV) ## build the interface into the package
	@$(BIN)/python hatch_build.py build

ui-dev: $(UI_MODULES) ## serve the interface with live reload; the API is `make run` in another terminal
	@cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm run dev

wheel: $(DEV) ## build dist/*.whl and dist/*.tar.gz
	@$(BIN)/uv build --quiet --python $(BIN)/python

lock: $(DEV) ## write requirements/*.lock anew from pyproject.toml
	@$(BIN)/python requirements/lock.py

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		$(MAKE) --no-print-directory install-chromium

.PHONY: install-chromium
install-chromium:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "Chromium is missing, so the browser tests will be skipped. Install it with: sudo apt-get install chromium"; \
	fi

clean: ## remove the environment, the built interface and everything else that was made
	@rm -rf $(VENV) ui/node_modules tests/sdk/node_modules src/leadlight/static dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Leadlight needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing. Install it with: apt-get install python3-venv" >&2; exit 1; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/python
	@echo "Installing dependencies ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements/runtime.lock
	@mkdir -p $(@D) && rm -f $(@D)/runtime-* && touch $@

$(DEV): | $(RUNTIME)
	@echo "Installing development tools ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements/dev.lock
	@mkdir -p $(@D) && rm -f $(@D)/dev-* && touch $@

$(PACKAGE): | $(RUNTIME)
	@echo "Installing Leadlight and building its interface ..."
	@$(BIN)/pip install --quiet --no-deps --editable .
	@mkdir -p $(@D) && rm -f $(@D)/package-* && touch $@

$(UI_MODULES): | $(DEV)
	@echo "Installing the interface's packages ..."
	@$(BIN)/python hatch_build.py modules
	@touch $@

$(SDK_MODULES): | $(DEV)
	@echo "Installing the libraries that the intake is tested with ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund --prefix tests/sdk
	@touch $@
