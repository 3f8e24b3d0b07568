# make demo   tune one BERT layer for this machine and print the table
# make test   the test-suite            make check   format, lint, types, imports
# make bench-core   the numbers of README.md; FRESH=1 searches anew
# make bench-cpu    operators and models beside every rival: hours, and it can be resumed
# make dialect   what dialects/mlopt.irdl.mlir says, as Python and as a page
# Set-up is part of every target and happens once: .venv holds everything.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check bench-core bench-cpu dialect format wheel lock clean
.DELETE_ON_ERROR:

demo: $(STAMP)
	$(BIN)/mlopt tune examples/01_bert_layer.py:bert_layer

# A file's tests stay together: they share what its fixtures tuned. The longest files,
# those of tests/e2e, come first as they are collected. What times us runs alone.
JOBS ?= $(if $(findstring perf,$(TESTS)),0,2)
test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench-core: $(STAMP)
	$(BIN)/python -m mlopt.bench.core $(if $(FRESH),--fresh)

bench-cpu: $(STAMP)
	$(BIN)/python -m mlopt.bench.cpu $(if $(FRESH),--fresh) $(if $(ONLY),--only '$(ONLY)')

dialect: $(STAMP)
	$(BIN)/python -m mlopt.dialect.generation
	$(BIN)/ruff format --quiet mlopt/dialect/definition.py

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

wheel: $(STAMP)
	$(BIN)/python -m build --no-isolation --outdir dist

# The stamp is newer than the lock exactly when .venv holds what the lock says.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mlopt needs Python 3.11 or newer: make PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Keeps the pins that still fit; `make lock UPGRADE=--upgrade` takes the newest.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --quiet install uv
	build/lock/bin/uv pip compile pyproject.toml --extra dev $(UPGRADE) \
	  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	  --no-config --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
