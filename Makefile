# SPDX-License-Identifier: Apache-2.0
# `make demo` and `make test` work on a fresh clone; each step runs again only when what it depends on has changed.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/sh

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PEERS  := build/npm
DOCS   := build/docs-venv
# Many tests wait for time to pass, so there are more of them under way than there are cores. Those that hold times against bounds
# go before the others, one at a time (conftest.py).
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 3)))
ARGS   ?=
PYTEST_ARGS ?=
CODE   := src tests conftest.py $(wildcard bench tools)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export UV_NO_PROGRESS := 1
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Tests start many programs: what is compiled is compiled once, not by each of them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install check test test-tools demo bench soak record docs lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1  /p' Makefile | awk '{ printf "  %-5s %-9s", $$1, $$2; $$1 = $$2 = ""; print }'

# --- environment ------------------------------------------------------------------------------------------------------

install: $(STAMPS)/package ## the virtual environment .venv with everything pinned in requirements.lock

$(STAMPS)/uv:
	@.ci/system venv
	@set -e; \
	if ! $(BIN)/python -c '' >/dev/null 2>&1; then \
	  for python in $(PYTHON) python3.11 /usr/bin/python3.11 python3 python3.12 python3.13; do \
	    if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	      echo "Making $(VENV) with $$python"; "$$python" -m venv --clear $(VENV); break; \
	    fi; \
	  done; \
	fi; \
	$(BIN)/python -c '' 2>/dev/null || { echo "No Python 3.11 or newer with the venv module was found; set PYTHON=" >&2; exit 1; }; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	$(BIN)/python -m pip install --quiet uv </dev/null \
	  || { echo "pip could not install uv: is the package index within reach?" >&2; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/lock: requirements.lock $(STAMPS)/uv
	@echo "Installing what requirements.lock pins"
	@$(BIN)/uv pip install --quiet --require-hashes --requirements requirements.lock </dev/null
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/lock
	@$(BIN)/uv pip install --quiet --no-deps --editable . </dev/null
	@touch $@

test-tools: $(PEERS)/.stamp
	@.ci/system all

$(PEERS)/.stamp: .ci/npm/package.json .ci/npm/package-lock.json
	@.ci/system all
	@echo "Installing the npm peers of tests/conformance"
	@mkdir -p $(PEERS) && cp .ci/npm/package.json .ci/npm/package-lock.json $(PEERS)/
	@cd $(PEERS) && npm ci --no-audit --no-fund --loglevel=error </dev/null
	@touch $@

lock: $(STAMPS)/uv ## requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-header --quiet $(ARGS) --output-file requirements.lock

# --- checks -----------------------------------------------------------------------------------------------------------

check: install ## everything that can be said without running the code
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; run: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary $(CODE)
	@out=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$out" >&2; exit 1; }
	@$(BIN)/codespell
	@echo "make check: clean"

# beside the check, which takes one core, another reads the tests in and keeps them compiled: else each worker would do that
test: install test-tools ## check, then every test (PYTEST_ARGS=... narrows it)
	@$(BIN)/pytest --collect-only -qq $(PYTEST_ARGS) >/dev/null 2>&1 </dev/null & $(MAKE) check; checked=$$?; wait; exit $$checked
	@NODE_PATH=$(CURDIR)/$(PEERS)/node_modules $(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS) </dev/null

record: install ## the acceptance tests of the last run as the record that docs/clauses.md is written from
	@$(BIN)/open63110 clauses --record build/acceptance.json --write docs/clauses.md >/dev/null

soak: install test-tools ## the tests that run for minutes or hours
	@NODE_PATH=$(CURDIR)/$(PEERS)/node_modules $(BIN)/pytest -m soak --timeout 0 $(PYTEST_ARGS) </dev/null

# --- running it -------------------------------------------------------------------------------------------------------

demo: install ## a charging site on this machine (ARGS="--headless --for 60" to only judge it)
	@$(BIN)/open63110 demo $(ARGS)

bench: install ## measures, beside the usual Python stack on the same machine (ARGS="rate --short" for a part)
	@.ci/system bench
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench.run $(or $(ARGS),all)

docs: $(DOCS)/.stamp ## the documentation as pages in build/site
	@NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict --quiet --site-dir build/site
	@echo "build/site/index.html"

$(DOCS)/.stamp: pyproject.toml $(STAMPS)/uv
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(DOCS)
	@$(BIN)/uv pip install --quiet --python $(DOCS)/bin/python --group docs </dev/null
	@touch $@

clean: ## everything made here, the environment included
	rm -rf $(VENV) build dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
