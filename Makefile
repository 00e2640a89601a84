# All that a person or CI runs; `make` alone lists it.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help install run share test check audit bench soak reproduce frontend install-dev node

VENV_PYTHON := .venv/bin/python
FRONTEND := components/frontend
ARGS ?=
# Tests of a file share servers and browsers, so that a file stays together; each process needs its own. In the order of their
# names, files of a few long tests come in the middle and no process waits for another's at the end.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The real data sets, where somebody has put them beside the clone.
ifneq ($(wildcard ../shared/data),)
HIGHRISE_TEST_DATA ?= $(abspath ../shared/data)
export HIGHRISE_TEST_DATA
endif

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Create .venv and install what the app needs; PYTHON=... chooses the interpreter
	@scripts/install requirements.txt

run: install ## Open the app in the browser; ARGS=... goes to streamlit
	@$(VENV_PYTHON) -m streamlit run app.py $(ARGS)

share: install ## Open the app to the network, by an access token; ARGS=... goes to streamlit
	@$(VENV_PYTHON) -m streamlit run app.py --server.address 0.0.0.0 $(ARGS) -- --share

test: install-dev ## Install what tests need, the browser too, and run all of them; ARGS=... goes to pytest
	@browser=$$(scripts/browser --install) && HIGHRISE_CHROMIUM="$$browser" $(VENV_PYTHON) -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: install-dev node ## Lint, types, import contracts, the front end's tests, and its assets built anew; needs Node 20
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m pyright
	.venv/bin/lint-imports
	@cd $(FRONTEND) && npm ci --silent --no-audit --no-fund
	cd $(FRONTEND) && npm run --silent check
	cd $(FRONTEND) && npm run --silent test
	cd $(FRONTEND) && npm run --silent build
	@scripts/assets_are_current
	@scripts/audit --if-reachable

audit: install-dev ## Ask whether an installed package has a known vulnerability
	@scripts/audit

bench: install-dev ## Measure the figures, and write docs/performance.md; ARGS="NAME ... --json" chooses
	@browser=$$(scripts/browser --install) && HIGHRISE_CHROMIUM="$$browser" $(VENV_PYTHON) -m benchmarks $(ARGS)

soak: install-dev ## Put the promises to the test, under an hour, and write docs/guarantees.md; ARGS="NAME ... --short" chooses
	@browser=$$(scripts/browser --install) && HIGHRISE_CHROMIUM="$$browser" $(VENV_PYTHON) -m soak $(ARGS)

reproduce: install ## Train the presets' studies, about an hour, and write docs/reproductions.md; ARGS="STUDY ..." chooses
	@HIGHRISE_DATA_FOLDER="$${HIGHRISE_DATA_FOLDER:-$(HIGHRISE_TEST_DATA)}" $(VENV_PYTHON) -m reproductions $(ARGS)

frontend: node ## Build the components' assets from components/frontend; needs Node 20
	cd $(FRONTEND) && npm ci --silent --no-audit --no-fund && npm run --silent build

install-dev:
	@scripts/install requirements-dev.txt

node:
	@scripts/node_is_new_enough
