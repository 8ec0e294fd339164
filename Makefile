# The project's commands. Only Python 3.11+ and make are needed; everything goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRAS ?= dev
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: setup run test lint eval bench clean

setup: $(VENV)/.installed-$(EXTRAS)

$(VENV)/.installed-$(EXTRAS): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Một Cửa needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || (echo "Making $(VENV)…" && $(PYTHON) -m venv $(VENV))
	@echo "Installing packages into $(VENV) (some minutes the first time)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar on --editable '.[$(EXTRAS)]'
	@touch $@

run: setup
	@$(BIN)/motcua serve --host $(HOST) --port $(PORT)

test: setup
	@$(BIN)/python -m pytest

lint: setup
	@$(BIN)/ruff check . && $(BIN)/mypy

# make eval FILE=questions.jsonl
eval: setup
	@$(BIN)/motcua eval $(FILE)

bench: setup
	@for name in embedding http; do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

clean:
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache
