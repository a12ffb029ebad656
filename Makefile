# `make run` opens the demo, `make test` runs the tests that take ten minutes together, `make test-all` all of them. Each
# installs first; nothing is installed twice.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALLED := .venv/installed
DEV := .venv/installed-dev
PEERS := .venv-bench/installed
SCANNER := .venv-scan/installed
AXE := tests/.vendor/stamp
OIDC := tests/.vendor/oidc/stamp

.PHONY: install run test test-all test-integration bench chaos chaos-guards strangers lifecycle mutation scan lint audit sbom secrets lock clean
.DELETE_ON_ERROR:

install: $(INSTALLED)

run: $(INSTALLED)
	@$(if $(PORT),CXWORKFLOW_PORT=$(PORT)) exec $(BIN)/cxworkflow demo

# Files in the order in which they stand, so that the journeys in a browser, which take longest, don't come last.
PROCESSES ?= 2
PYTEST := $(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
test: $(DEV) $(AXE) $(OIDC)
	$(PYTEST) -m "not long"

test-all: $(DEV) $(AXE) $(OIDC)
	$(PYTEST)

# Again on servers at hand. Journeys in the browser and the commands of documents bring their own, and are not repeated.
test-integration: $(DEV) $(AXE) $(OIDC)
	$(PYTEST) -m "integration and not browser" --ignore tests/docs

# Speed as ratios, each against a floor or a peer in the same run, written to var/bench.json as well: half an hour.
bench: $(DEV) $(PEERS)
	$(BIN)/python -m tests.bench

# A thousand faults over 450 simulated days: 10 to 30 minutes. SEED=… repeats the choices of a run.
chaos: $(DEV)
	$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

# Without each guard of the design in turn, a short run has to find what only its absence explains.
chaos-guards: $(DEV)
	$(BIN)/python -m tests.chaos.guards

# What the lock files name, against the lists of known weaknesses.
audit: $(DEV)
	@$(BIN)/python .ci/audit.py $(if $(ANSWERED),--answered)

# The bill of materials (CycloneDX), from the lock files.
sbom: $(DEV)
	@$(BIN)/python .ci/sbom.py

# What looks like a secret, in anything that any commit ever added.
secrets: $(DEV)
	@$(BIN)/python .ci/secrets.py

# Requests at random by people of other Components, and not one foreign byte: ten thousand of them. SEED=… repeats a run.
strangers: $(DEV)
	REQUESTS=10000 $(if $(SEED),SEED=$(SEED)) $(BIN)/python -m pytest tests/matrix/test_foreign_bytes.py -q -rP

# Ten thousand steps of a paper's life at random, by every verb and by SQL, against a model of the domain. SEED=… repeats a run.
lifecycle: $(DEV)
	STEPS=10000 $(if $(SEED),SEED=$(SEED)) $(BIN)/python -m pytest tests/lifecycle -q -rP

# Every guard removed in turn, and a test that fails without it each time: about half an hour. ONLY=… takes some of them.
mutation: $(DEV)
	$(if $(ONLY),ONLY='$(ONLY)') $(BIN)/python -m tests.mutation

# Wapiti against the running demo as several of its people, and nothing found above low: about ten minutes.
scan: $(DEV) $(SCANNER)
	$(BIN)/python -m tests.scan

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Where npm is missing, a wheel brings it, for the build step only. The project itself is built without isolation and without an index.
$(INSTALLED): requirements.txt requirements-node.txt pyproject.toml hatch_build.py package.json package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "cxworkflow needs Python 3.11 or newer, and '$(PYTHON)' is not. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "'$(PYTHON)' can't make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv (about a minute the first time)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.txt
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements-node.txt
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(INSTALLED) requirements-dev.txt requirements-otel.txt
	@$(PIP) install --require-hashes -r requirements-otel.txt
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# What the benchmark measures us against, apart from what we ourselves use.
$(PEERS): $(INSTALLED) requirements-bench.txt
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r requirements-bench.txt
	@touch $@

$(SCANNER): $(INSTALLED) requirements-scan.txt
	@$(PYTHON) -m venv .venv-scan
	@.venv-scan/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r requirements-scan.txt
	@touch $@

$(AXE): $(INSTALLED) package-lock.json hatch_build.py
	@$(BIN)/python hatch_build.py axe $(@D)
	@touch $@

# Without it, the tests that sign in with this provider are left out.
$(OIDC): $(INSTALLED) package-lock.json hatch_build.py | $(AXE)
	@$(BIN)/python hatch_build.py oidc $(@D) || echo "npm could not bring the identity provider of some tests, which are left out."
	@if test -f $@; then touch $@; fi

# Exact versions and hashes, no registry address.
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock:
	$(LOCK) pyproject.toml --group build -o requirements.txt
	$(LOCK) pyproject.toml --extra otel -c requirements.txt -o requirements-otel.txt
	$(LOCK) --group node -o requirements-node.txt
	$(LOCK) --group scan -o requirements-scan.txt
	$(LOCK) --group bench -c requirements.txt -o requirements-bench.txt
	$(LOCK) --group dev -c requirements-otel.txt -o requirements-dev.txt
	npm install --package-lock-only --ignore-scripts

clean:
	rm -rf .venv .venv-bench .venv-scan node_modules cxworkflow/web/static/vendor tests/.vendor .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
