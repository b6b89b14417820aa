# Two commands for a fresh machine: `make demo` and `make test`. Both set all up (Python 3.11, git, make suffice).
UV ?= $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN = $(UV) run --no-sync
SHARED ?= ../shared/data

.PHONY: help setup demo test test-all check bench docs edition edition-check clean
help:
	@echo "make demo           set up, answer a real transaction on the embedded edition, exit"
	@echo "make test           set up and pass the tests"
	@echo "make test-all       the slow tests too, and rebuild the edition where $(SHARED) is"
	@echo "make check          the fast loop: format, types, import map, quick tests"
	@echo "make bench          measure against named peers"
	@echo "make docs           write the pages made from the code"
	@echo "make edition        rebuild the embedded edition from $(SHARED)"
	@echo "make edition-check  rebuild it elsewhere and compare hashes"

# uv from the registry into a venv of its own where the machine has none.
.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.5'

setup: $(if $(shell command -v uv 2>/dev/null),,.uv/bin/uv)
	@$(UV) sync --quiet --frozen

demo: setup
	@$(RUN) safeconduct demo

test: setup
	$(RUN) ruff check src tests benches
	$(RUN) lint-imports --no-cache
	$(RUN) pytest -m "not slow"

check: setup
	$(RUN) ruff format --check src tests benches
	$(RUN) ruff check src tests benches
	$(RUN) mypy
	$(RUN) lint-imports --no-cache
	$(RUN) pytest -m "not slow" -x

test-all: setup
	$(RUN) mypy
	$(RUN) pytest
	@if [ -d $(SHARED) ]; then $(MAKE) --no-print-directory edition-check; else echo "$(SHARED) is absent: the edition was not rebuilt"; fi

bench: setup
	$(RUN) python -m benches

docs: setup
	$(RUN) python -m safeconduct.cli.pages docs

edition: setup
	$(RUN) python -m safeconduct.acts.edition_build $(SHARED)

edition-check: setup
	$(RUN) python -m safeconduct.acts.edition_build --check $(SHARED)

clean:
	rm -rf .venv .uv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
