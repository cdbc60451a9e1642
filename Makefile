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
