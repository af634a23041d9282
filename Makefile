# Everything a newcomer needs is a target with a ## line; `make help` prints them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := $(shell git ls-files '*.py' 2>/dev/null)
GRAPHIQL := static/graphiql/index.html
EXAMPLE := examples/parent-dashboard
CLIENTS := tests/clients/node_modules/.package-lock.json
# The virtual environment's own Node.js first, where there is one.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: help run test fuzz chaos check bench schema access lock format graphiql example clean
.DEFAULT_GOAL := help

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/run.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) ..."
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements.lock
	@# compat: a package that is added later is found without installing again
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements-dev.lock
	@touch $@

run: $(VENV)/run.stamp  ## Start everything: PostgreSQL, migrations, the demo region, the server
	@$(MAKE) --silent graphiql 2>/dev/null || echo \
	  "GraphiQL could not be built (no network?): the API works, its page in the browser does not; try 'make graphiql'."
	@ENVIRONMENT=$${ENVIRONMENT:-development} exec $(BIN)/schoolDiary serve

graphiql: $(GRAPHIQL)  ## Build the GraphiQL page from its locked npm packages

$(GRAPHIQL): $(wildcard graphiql/*.json graphiql/*.mjs graphiql/src/*) graphiql/.npmrc
	@echo "Building GraphiQL ..."
	$(call npm_ci,graphiql)
	@cd graphiql && $(WITH_NODE) node build.mjs

example: $(EXAMPLE)/dist/index.html  ## Build the example dashboard from its locked npm packages

$(EXAMPLE)/dist/index.html: $(EXAMPLE)/node_modules/.package-lock.json schema.graphql \
  $(wildcard $(addprefix $(EXAMPLE)/,*.json *.ts *.html src/*.* src/operations/*))
	@echo "Building the example dashboard ..."
	@cd $(EXAMPLE) && said=$$($(WITH_NODE) npm run --silent build 2>&1) || { echo "$$said"; exit 1; }

# The clients from npm that the tests let listen.
$(CLIENTS): tests/clients/package-lock.json
	$(call npm_ci,tests/clients)
	@touch $@

# Apart from the build, which follows every change of the schema.
$(EXAMPLE)/node_modules/.package-lock.json: $(addprefix $(EXAMPLE)/,package.json package-lock.json .npmrc)
	$(call npm_ci,$(EXAMPLE))
	@touch $@

# The packages that a folder's lock names, by the machine's Node.js where it will do: what Vite takes.
define npm_ci
@$(WITH_NODE) sh -c 'command -v npm && node -e "const [a, b] = process.versions.node.split(\".\").map(Number); \
  process.exit(+!(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19)))"' \
  >/dev/null 2>&1 || $(MAKE) --silent $(VENV)/node.stamp
@cd $(1) && $(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
endef

# Node.js as a Python package, for a machine that has none.
$(VENV)/node.stamp: requirements-node.lock $(VENV)/run.stamp
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --retries 2 -r requirements-node.lock
	@touch $@

test: $(VENV)/dev.stamp graphiql example $(CLIENTS)  ## Run the whole suite against a real PostgreSQL and a real Redis
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

fuzz: $(VENV)/dev.stamp  ## Ask planner and generic resolvers the same: FUZZ_EXAMPLES=20000 FUZZ_SEED=1
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-20000} FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)}; \
	  export FUZZ_EXAMPLES FUZZ_SEED; echo "FUZZ_SEED=$$FUZZ_SEED"; \
	  $(BIN)/python -m pytest tests/properties/test_answers.py $(ARGS)

chaos: $(VENV)/dev.stamp  ## Break everything while families listen: CHAOS_SECONDS=60 CHAOS_SEED=1
	@$(BIN)/python -m tests.chaos --seconds $${CHAOS_SECONDS:-60} --seed $${CHAOS_SEED:-$$(date +%s)}

check: $(VENV)/dev.stamp  ## Format, lint, types, and the committed schema.graphql and docs/access.md
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/schoolDiary schema --check
	@$(BIN)/schoolDiary access --check

bench: $(VENV)/dev.stamp  ## Benchmarks; ratios between two things in one run
	@$(BIN)/python -m bench $(ARGS)

schema: $(VENV)/run.stamp  ## Write schema.graphql anew from the declarations
	@$(BIN)/schoolDiary schema --write

access: $(VENV)/run.stamp  ## Write docs/access.md anew from the declarations
	@$(BIN)/schoolDiary access --write

format: $(VENV)/dev.stamp  ## Format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

lock: $(VENV)/dev.stamp  ## Write the lock files anew from pyproject.toml
	@for extra in '' dev node; do \
	  $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 --quiet --extra build $${extra:+--extra $$extra} \
	    -o requirements$${extra:+-$$extra}.lock; done

clean:  ## Remove what the other targets made, the database included
	@rm -rf $(VENV) .data static graphiql/node_modules tests/clients/node_modules $(addprefix $(EXAMPLE)/,node_modules dist src/gql)
