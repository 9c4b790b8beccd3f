# Everything a developer or a build server does here. `make` alone lists it.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
WORKERS ?= auto
ARGS ?=

BIN = $(VENV)/bin

.PHONY: help demo demo-reset environment messages test e2e bench check format lock schema sbom

help:
	@echo 'make demo         start everything on http://localhost:$(PORT) (PORT= for another), Ctrl-C stops it'
	@echo 'make demo-reset   remove what the demo has stored, to start over'
	@echo 'make test         the whole test suite on servers of its own (ARGS= for pytest, WORKERS= for processes)'
	@echo 'make e2e          the browser tests alone'
	@echo 'make bench        floors and product in turn, as a table of ratios (ARGS=--quick for minutes instead of half an hour)'
	@echo 'make check        lint, format, types, layers, migrations, deployment settings, API schema'
	@echo 'make format       put the code in the common format'
	@echo 'make schema       write api/v1/schema.yaml anew from the code'
	@echo 'make sbom         write the bill of materials of what runs (CycloneDX) to dist/sbom.json'
	@echo 'make lock         refresh requirements.lock from pyproject.toml'

environment:
	@$(PYTHON) infra/local/environment.py $(VENV)

messages: environment
	@$(BIN)/python infra/local/compile_messages.py

demo: environment
	@$(BIN)/python -m infra.local.demo --port $(PORT)

demo-reset: environment
	@$(BIN)/python -m infra.local.demo --reset

test: messages
	@$(BIN)/python -m infra.local.run_tests -n $(WORKERS) --maxprocesses 4 --dist loadgroup $(ARGS)

e2e: messages
	@$(BIN)/python -m infra.local.run_tests -m e2e $(ARGS)

bench: messages
	@BENCH=1 $(BIN)/python -m tests.benchmarks.run $(ARGS)
	@BENCH=1 $(BIN)/python -m tests.benchmarks.lane $(filter --quick --trial,$(ARGS)) --only 'security events'

check: messages
	@$(BIN)/python -m infra.local.check

format: environment
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

lock: environment
	@$(BIN)/python -m infra.local.lock

schema: environment
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file api/v1/schema.yaml

sbom: environment
	@$(BIN)/python -m infra.local.sbom
