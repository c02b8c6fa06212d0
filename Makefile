# `make` alone lists what can be done.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
# A stamp carries the digest of what it installed: unchanged files need no network, a changed one is installed again.
digest = $(shell cat $(1) | cksum | tr ' ' -)
DEV_STAMP := .venv/.dev-$(call digest,requirements-dev.txt pyproject.toml)
RUN_STAMP := .venv/.run-$(call digest,requirements.txt requirements-build.txt pyproject.toml)

ifneq ($(UV),)
install = $(UV) pip install --quiet --python $(BIN)/python
else
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

##@ Start

.PHONY: help
help: ## list what can be done
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z][a-z-]*:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

.PHONY: demo
demo: $(if $(wildcard $(DEV_STAMP)),,$(RUN_STAMP)) ## play an incident on a practice cluster, without credentials
	@$(BIN)/tocsin demo $(ARGS)

.PHONY: setup
setup: $(DEV_STAMP) ## make .venv with everything that development needs (once)

##@ Verify

.PHONY: test
test: $(DEV_STAMP) ## run all tests (ARGS="-k words", WORKERS=0 for one process)
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

.PHONY: check
check: $(DEV_STAMP) ## format, lint, types, walls between the rooms
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: bench
bench: $(DEV_STAMP) ## measure (prints ratios and percentiles; asserts nothing)
	@$(BIN)/python -m bench $(ARGS)

##@ Make

.PHONY: format
format: $(DEV_STAMP) ## format the code and repair what ruff can repair
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

LOCALE := src/tocsin/web/locale

.PHONY: words
words: $(DEV_STAMP) ## gather the sentences of the pages into the .po, compile it to .mo (both are committed)
	@mkdir -p .cache
	@$(BIN)/pybabel -q extract -F $(LOCALE)/babel.cfg -k N_ --sort-output --add-location=file -o .cache/tocsin.pot src/tocsin/web
	@$(BIN)/pybabel -q update --domain tocsin -i .cache/tocsin.pot -d $(LOCALE) --locale fr \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	@$(BIN)/pybabel compile --domain tocsin --directory $(LOCALE) --statistics

# --no-emit-index-url: where the packages come from is each machine's own setting.
PIN = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: pins
pins: $(DEV_STAMP) ## pin the dependencies of pyproject.toml again (ARGS=--upgrade for newer ones)
	@$(PIN) $(ARGS) pyproject.toml -o requirements.txt
	@$(PIN) $(ARGS) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	@printf 'hatchling\neditables\n' | $(PIN) $(ARGS) - -c requirements-dev.txt -o requirements-build.txt

.PHONY: clean
clean: ## remove .venv and everything that tools keep
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "tocsin needs Python 3.11 or newer (PYTHON=…)" >&2; exit 1; }
ifneq ($(UV),)
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
else
	@$(PYTHON) -m venv .venv
endif

$(DEV_STAMP): | .venv/bin/python
	@echo "installing the development dependencies into .venv"
	@$(install) --require-hashes -r requirements-dev.txt
	@$(install) --no-build-isolation --no-deps --editable .
	@rm -f .venv/.dev-* && touch $@

$(RUN_STAMP): | .venv/bin/python
	@echo "installing tocsin into .venv"
	@$(install) --require-hashes -r requirements.txt -r requirements-build.txt
	@$(install) --no-build-isolation --no-deps --editable .
	@rm -f .venv/.run-* && touch $@
