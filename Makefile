# make run · make test · make demo · make bench · make chaos: all a newcomer needs on a machine with Python 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= var
PORT ?= 8000
SIZES ?= 10000,100000,1000000
FAULTS ?= 510
SEED ?= 1
export UV_LINK_MODE ?= copy

.PHONY: help run test browser demo bench chaos install assets clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: $(VENV)/.run assets ## start the platform with demonstration data on http://127.0.0.1:8000/
	@JIANHENG_HOME="$$(realpath -m -- "$(HOME_DIR)")" $(BIN)/jianheng run --demo --port "$(PORT)"

test: $(VENV)/.dev assets ## every check: format, types, contracts, unit, scenario, documents, interface, pages in Chromium
	@$(BIN)/python tools/check.py

browser: $(VENV)/.dev assets ## walk the pages in Chromium, desktop and phone; pictures in out/screenshots
	@$(BIN)/python -m pytest -q -m browser tests/journeys

demo: $(VENV)/.run assets ## play one whole case over HTTP and verify what it leaves in out/demo
	@$(BIN)/jianheng demo --out out/demo

bench: $(VENV)/.run assets ## figures beside hand-written floors, as JSON
	@$(BIN)/jianheng bench --out out/bench.json --sizes $(SIZES)

chaos: $(VENV)/.run assets ## break the running platform under load, compare what clients were told with what is stored
	@$(BIN)/jianheng chaos --out out/chaos.json --faults $(FAULTS) --seed $(SEED)

install: $(VENV)/.run ## the environment only

$(VENV)/.uv:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

$(VENV)/.run: requirements/run.lock $(VENV)/.uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@touch $@

assets: src/jianheng/services/pages/static/vendor/.done ## front-end files, copied from their packages

src/jianheng/services/pages/static/vendor/.done: package-lock.json $(VENV)/.run
	@$(BIN)/python tools/assets.py
	@touch $@

clean: ## remove what was built; data in var/ stays
	rm -rf $(VENV) node_modules out src/jianheng/services/pages/static/vendor src/jianheng/services/pages/static/fonts
