# Works on a machine with make and Python >= 3.11; everything else goes into .venv.

PYTHON ?= python3
PORT ?= 8080
# make demo SERVE=0 ends after the first answer.
SERVE ?= 1

# onnxruntime reports to its maker unless told not to; triagem tells it, and so do we for whatever else imports it.
export ORT_DISABLE_TELEMETRY := 1

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install -q -c constraints.txt
BENCHMARKS := $(shell grep -ls '__main__' benchmarks/*.py | grep -v -e readme.py -e screenshots.py)

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo serve test test-quick check format bench screenshots constraints clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## .venv with what Triagem needs to run (no torch)

install-dev: $(VENV)/.installed-dev ## the same, and what checking, testing and training an encoder need

demo: install ## index, train and serve the sample desk (PORT=8080, SERVE=0 to end after the first answer)
	$(PY) -m triagem demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

serve: install ## answer over HTTP from ./data or TRIAGEM_DATA_DIR (PORT=8080)
	$(PY) -m triagem serve --port $(PORT)

test: install-dev ## the whole suite, with the slow journeys
	$(PY) -m pytest -q

test-quick: install-dev ## the suite without the slow journeys
	$(PY) -m pytest -q -m 'not slow'

check: install-dev ## lint, format, types and direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: install-dev ## put the code into its format
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: install-dev ## run benchmarks/, then write the README's tables (data folder: TRIAGEM_BENCH_DATA)
	for file in $(BENCHMARKS); do $(PY) -m benchmarks.$$(basename $$file .py) || exit 1; done
	$(PY) -m benchmarks.readme

screenshots: install-dev ## take the README's pictures of the pages; needs Chromium
	$(PY) -m benchmarks.screenshots

constraints: ## pin what a fresh installation resolves to today
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip --disable-pip-version-check install -q -e '.[torch,dev]'
	(echo '# Made by `make constraints`: every installed version, without addresses and without hashes.'; \
	 build/constraints/bin/python -m pip freeze --exclude-editable \
	 | sed 's/+[A-Za-z0-9.]*$$//' | grep -Ev '^(nvidia|cuda|triton)') > constraints.txt

clean: ## remove .venv, caches and build folders; ./data stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.created:
	@command -v $(PYTHON) > /dev/null \
	  || { echo 'Triagem needs Python 3.11 or newer, and there is no $(PYTHON) here. Name one: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Triagem needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo 'Python could not make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	@echo 'Installing Triagem into $(VENV); the first time takes a minute or two.'
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) -e '.[torch,dev]'
	@touch $@
