# What this project can do, from a fresh clone on a machine with Python 3.10 or newer and make.
# `make` lists the targets. Each sets up what it needs; what is there already costs nothing.

PYTHON ?= python3
PYTHON310 ?= python3.10

VENV := .venv
PY := $(VENV)/bin/python
SITE ?= site
PAGES ?= mkdocs.yml
# Not compiled: that takes as long as all the rest, and Python compiles what it imports when it does.
INSTALL := -m pip install --quiet --disable-pip-version-check --no-compile

# What a user sets is for the target that is called: a `make` that a test or a tool starts hears nothing of it.
MAKEOVERRIDES :=
unexport ARGS KEEP PAGES PYTHON PYTHON310 SITE

SETUP := $(MAKE) --silent --no-print-directory PYTHON=$(PYTHON)
BESIDE_ENGINE := $(PYTHON) tools/beside_engine.py

# Tests on the engine wait for it more than they work.
WORKERS ?= 3
PYTEST = $(PY) -m pytest -n $(WORKERS) --dist worksteal
unexport PYTHONDONTWRITEBYTECODE SEED WORKERS

.NOTPARALLEL:
.PHONY: help python setup engine plugin browser demo docs bench bench-simulator policy-pack test test-quick test-deep check format schema generate sdks conformance chaos constraints

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 18

# A Python that is new enough; on its own, since it's asked before anything else.
python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo 'There is no $(PYTHON). Install Python 3.10 or newer, or name it: make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "$$($(PYTHON) --version) is too old: 3.10 is needed. Name another: make PYTHON=..." >&2; exit 1; }

setup: python $(VENV)/.installed ## install everything that Python needs, pinned, into .venv

$(VENV)/.installed: pyproject.toml constraints.txt | python
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || \
		{ echo 'No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing the Python packages of constraints.txt into $(VENV) (about a minute) ...'
	@PIP_CONSTRAINT=constraints.txt $(PY) $(INSTALL) -e '.[dev]'
	@touch $@

engine: python ## leave a working Pulumi engine on this machine (6 to 8 minutes, once, where it must be built)
	@$(BESIDE_ENGINE) --show $(SETUP) setup
	@$(PY) tools/build_engine.py

# Root, as in a container, may install it; anybody else's tests of the page say what is missing.
browser: ## install Chromium for the tests of the simulator's page, where that's allowed (root, apt-get)
	@command -v chromium >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		echo 'Installing Chromium (about a minute) ...'; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
			chromium fonts-dejavu-core >/dev/null || echo 'Chromium could not be installed.' >&2; }

plugin: setup dist/.plugin ## make the plugin's archive, with a Python of its own, in dist/ (half a minute)

dist/.plugin: $(VENV)/.installed tools/build_plugin.py $(shell find provider/imagecache_provider -name '*.py') schema.json
	@$(PY) tools/build_plugin.py
	@touch $@

policy-pack: setup policy-pack/.venv/.installed ## install the policy pack's own packages into policy-pack/.venv

# It can't share .venv: pulumi-policy asks for an older protobuf.
policy-pack/.venv/.installed: policy-pack/requirements.txt policy-pack/requirements-dev.txt policy-pack/constraints.txt
	@$(PY) -m venv --clear policy-pack/.venv
	@echo 'Installing the packages of policy-pack/constraints.txt into policy-pack/.venv (half a minute) ...'
	@policy-pack/$(PY) $(INSTALL) -r policy-pack/requirements-dev.txt
	@touch $@

demo: engine ## run the quick-start stack against the simulator; KEEP=1 leaves both for looking around
	@KEEP='$(KEEP)' $(PY) tools/demo.py

# The variable keeps Material's advice about MkDocs 2, which constraints.txt doesn't have, out of every build.
# Not --quiet: --strict wouldn't hear of warnings then.
docs: setup ## build the pages of docs/ as a site in site/ and check it; ARGS=--external tries links that leave it
	@NO_MKDOCS_2_WARNING=1 $(PY) -W error -m mkdocs build --strict --config-file $(PAGES) --site-dir $(abspath $(SITE))
	@$(PY) tools/check_site.py $(ARGS) $(SITE)

# Wants a machine that does nothing else.
bench: engine plugin ## measure against alicloud's own and a do-nothing provider, write docs/performance; ARGS='--only one'
	@PYTHONPATH=benchmarks:tools $(PY) -m performance $(or $(ARGS),--record)

# Not a test: what it measures is this machine. Its report goes into docs where it's asked to:
# make bench-simulator ARGS='--report docs/simulator-performance.json'.
bench-simulator: setup ## put 200 calls a second on the simulator for a minute; ARGS='--seconds 10' for less
	@$(PY) benchmarks/simulator.py $(ARGS)

test: python ## run everything: checks, unit, contract and real-engine tests; ARGS='-k name' for some
	@$(BESIDE_ENGINE) $(SETUP) setup browser policy-pack plugin check -- $(PYTEST) $(ARGS)

test-quick: setup ## run the tests that need neither engine nor browser, between two edits (two minutes)
	@$(PYTEST) --quick $(ARGS)

# The first line says the seed; SEED=N repeats it. What is measured is only printed: `make bench` records it.
test-deep: export SEED := $(SEED)
test-deep: engine plugin ## what takes too long for every change: many random examples, long chaos, the bench; an hour
	@seed="$${SEED:-$$(date +%s)}"; echo "seed $$seed"; unset SEED; \
		$(PYTEST) --randomly-seed="$$seed" -m hypothesis --hypothesis-profile=deep --timeout 1800 tests/provider tests/simulator && \
		PYTHONPATH=tools $(PY) -m chaos --seed "$$seed" --trials 600 --plugin 72 --dynamic 32 --rounds 5000 && \
		PYTHONPATH=benchmarks:tools $(PY) -m performance

check: policy-pack ## lint, types, layers, and whether generated files are fresh
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy
	@MYPYPATH=policy-pack:policy-pack/tests $(VENV)/bin/mypy --python-executable policy-pack/$(PY) \
		--cache-dir .mypy_cache/policy-pack policy-pack
	@$(VENV)/bin/lint-imports
	@$(PY) tools/generate_schema.py --check
	@$(PY) tools/generate_dynamic.py --check
	@$(PY) tools/conformance_table.py --check
	@PYTHONPATH=tools $(PY) -m chaos.verify
	@PYTHONPATH=benchmarks:tools $(PY) -m performance.report --check
	@$(PY) tools/generate_reference.py --check

format: setup ## lay the code out, and mend what ruff can mend
	@$(VENV)/bin/ruff check --quiet --fix
	@$(VENV)/bin/ruff format

schema: setup ## write schema.json from the models
	@$(PY) tools/generate_schema.py

generate: schema ## write all that is made from the models: schema.json, Python SDK, dynamic classes, docs/reference
	@$(PY) tools/generate_sdks.py
	@$(PY) tools/generate_dynamic.py
	@$(PY) tools/generate_reference.py

sdks: schema ## make the Node and Go SDKs in dist/sdk and compile them; needs npm
	@$(PY) tools/generate_sdks.py --others

conformance: setup ## run the official clients against the simulator, and write what they saw
	@$(PYTEST) --quiet tests/conformance --ignore tests/conformance/alicloud --record
	@$(PY) tools/conformance_table.py

chaos: engine ## kill and disturb stacks, compare cloud and state, write docs/reliability; ARGS='--record --minutes 9' for a piece
	@PYTHONPATH=tools $(PY) -m chaos $(or $(ARGS),--record)

# From the oldest Python that is supported, so that one list fits all. The policy pack has a list of its own.
constraints: ## make both constraints.txt anew, with the newest versions that fit
	@command -v $(PYTHON310) >/dev/null || { echo 'This needs Python 3.10: make constraints PYTHON310=...' >&2; exit 1; }
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
		pinned() { \
			list="$$1"; shift; $(PYTHON310) -m venv --clear "$$fresh/venv"; \
			"$$fresh/venv/bin/python" $(INSTALL) "$$@"; \
			sed -n '/^#/p' "$$list" > "$$fresh/list"; \
			"$$fresh/venv/bin/python" -m pip freeze --exclude-editable | LC_ALL=C sort -f >> "$$fresh/list"; \
			cp "$$fresh/list" "$$list"; \
		}; \
		pinned constraints.txt hatchling -e '.[dev]'; \
		cp policy-pack/requirements*.txt "$$fresh"; : > "$$fresh/constraints.txt"; \
		pinned policy-pack/constraints.txt -r "$$fresh/requirements-dev.txt"
