# Lá Chắn. `make help` lists what there is. Python 3.11+ and make are enough.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help run test check proof bench clean
.DEFAULT_GOAL := help

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.runs: requirements.lock pyproject.toml
	@echo "Setting up .venv (once, about a minute)..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tests: tests/requirements.lock .venv/.runs
	@echo "Adding what the tests need (once)..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

run: .venv/.runs ## serve the chat page on http://127.0.0.1:8080
	@exec $(BIN)/lachan run

test: .venv/.tests ## run all quick tests, on SQLite and PostgreSQL
	@$(PYTEST) -n 4 --dist worksteal -m "not browser and not kill and not fuzz and not deploy and not wide and not long" tests

check: .venv/.tests ## lint, types, contracts, content, tests, browser, short kill and fuzz runs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/lachan check
	@$(MAKE) --no-print-directory test PYTEST="$(PYTEST) -p tests.strict"
	@$(PYTEST) -p tests.strict -n 2 --dist worksteal -m "wide and not long" tests
	@$(PYTEST) -p tests.strict -m "kill and not long" tests
	@$(PYTEST) -p tests.strict -m "fuzz and not long" tests
	@$(PYTEST) -p tests.strict -m "deploy and not long" tests
	@$(PYTEST) -p tests.strict -m browser tests

proof: check ## the long forms of the same tests, up to an hour
	@$(PYTEST) -p tests.strict -m long tests

bench: .venv/.tests ## measure; changes and asserts nothing
	@$(BIN)/python -m tests.bench

clean: ## remove what was built here, but no data
	@rm -rf .venv *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
