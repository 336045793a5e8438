# Everything a machine with Python 3.11+, pip, venv and make needs: `make run`, `make test`.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# The first interpreter that is new enough; PYTHON=... chooses another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; exit; }; \
	done; echo missing-python)
VENV ?= .venv
DATA_DIR ?= var
HOST ?= 127.0.0.1
PORT ?= 8000
# Passed on: make test ARGS="-k quiz", make manage ARGS="shell".
ARGS ?=
WORKERS ?= 2
TEST_WORKERS ?= auto

BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
SECRET_FILE := $(DATA_DIR)/secret-key
STAMP := $(VENV)/.installed
NEW_SECRET := $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))'

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement

# What the site reads. A variable that is already set wins.
LOCAL := run dev manage
$(LOCAL): export DATA_DIR := $(DATA_DIR)
$(LOCAL) audit-html audit-scores: export SITE_URL ?= http://$(HOST):$(PORT)
ifndef SECRET_KEY
$(LOCAL): export SECRET_KEY_FILE ?= $(SECRET_FILE)
endif
run: export DEBUG := 0
# Who waits for the lock takes a thread from readers.
run: export SQLITE_LOCK_SECONDS ?= 5
dev: export DEBUG := 1
# No worker beside it: what a task does happens at once, and its error is seen.
dev: export TASKS_INLINE ?= 1

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Start ----------------------------------------------------------------------

.PHONY: run
run: $(STAMP)-production $(SECRET_FILE) ## Install, prepare and serve the site with production settings
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) load_demo
	@$(MANAGE) ensure_editor
	@echo "Serving $$SITE_URL (Ctrl-C stops)"
	@exec $(BIN)/python deploy/serve.py $(BIN)/granian --interface wsgi superfast.wsgi:application \
		--host $(HOST) --port $(PORT) --http 1 --no-ws \
		--workers $(WORKERS) --blocking-threads 4 --blocking-threads-idle-timeout 600 \
		--respawn-failed-workers --workers-kill-timeout 10

.PHONY: dev
dev: $(STAMP)-dev $(SECRET_FILE) ## Serve with reload, DEBUG and the debug toolbar
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo
	@$(MANAGE) ensure_editor
	@exec $(MANAGE) runserver $(HOST):$(PORT)

.PHONY: manage
manage: $(STAMP)-production $(SECRET_FILE) ## Run a command: make manage ARGS="createsuperuser"
	@$(MANAGE) $(ARGS)

.PHONY: screenshots
screenshots: $(STAMP)-test ## Take pictures of every kind of page of a site that make run serves
	@PYTHONPATH=. $(BIN)/python docs/screenshots/make.py $(ARGS)
	@PYTHONPATH=. $(BIN)/python docs/screenshots/pages.py $(ARGS)

# Test and check -------------------------------------------------------------

.PHONY: test
test: $(STAMP)-test ## Install what the tests need and run them (TEST_DATABASE_URL chooses PostgreSQL)
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal $(ARGS)

.PHONY: format
format: $(STAMP)-dev ## Write code and templates in the house's layout
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

.PHONY: lint
lint: $(STAMP)-dev ## Everything that reads the code without running the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive superfast issues quiz papers
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) makemigrations --check --dry-run
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
		env -u SECRET_KEY_FILE -u DATABASE_URL SECRET_KEY="$$($(NEW_SECRET))" DATA_DIR="$$scratch" \
		SITE_URL=https://superfast.example DEBUG=0 \
		$(BIN)/python -W error manage.py check --deploy --fail-level WARNING

.PHONY: check
check: lint test ## What CI runs

# Node's packages stay beside what they check; nothing of them is served.
AUDIT := tests/audit
$(AUDIT)/node_modules/.installed: $(AUDIT)/package.json
	@echo "Installing $(AUDIT)/package.json"
	@cd $(AUDIT) && PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-package-lock --no-audit --no-fund --ignore-scripts --omit=optional
	@touch $@

.PHONY: audit audit-html audit-scores audit-headers
audit: audit-html audit-scores audit-headers ## HTML checker and Lighthouse on a site that make run serves, and its headers (needs Node, Java, Chromium)

audit-html: $(STAMP)-test $(AUDIT)/node_modules/.installed
	@PYTHONPATH=. $(BIN)/python $(AUDIT)/html.py $(SITE_URL)

audit-scores: $(STAMP)-test $(AUDIT)/node_modules/.installed
	@PYTHONPATH=. $(BIN)/python $(AUDIT)/scores.py $(SITE_URL)

audit-headers: $(STAMP)-test $(AUDIT)/node_modules/.installed ## Mozilla's Observatory scores the headers over TLS: 135 or more (needs Node, openssl)
	@PYTHONPATH=. $(BIN)/python $(AUDIT)/observatory.py

.PHONY: audit-packages
audit-packages: $(STAMP)-dev ## Look up known vulnerabilities of what is locked; ends with 3 where the database is not reached
	@$(BIN)/python $(AUDIT)/vulnerabilities.py requirements/production.txt requirements/dev.txt || exit $$?

.PHONY: sbom
sbom: $(STAMP)-test ## Write sbom.json (CycloneDX): every locked package with digests and licence; print the licences
	@PYTHONPATH=. $(BIN)/python deploy/inventory.py sbom.json

.PHONY: rehearse soak
rehearse: ## Start the site as on a server, break it on purpose, say what was seen (ARGS: names of promises)
	@deploy/rehearse $(ARGS)

soak: ## Ten minutes of load on the site as on a server (SOAK_SECONDS)
	@SOAK_SECONDS=$${SOAK_SECONDS:-600} deploy/rehearse walk soak

.PHONY: protections
protections: $(STAMP)-test ## Take each protection of the code away in turn, and say which test misses it (ONLY=pattern, SHARD=1/2)
	@$(BIN)/python -m pytest -q -n0 -p tests.permissions.removing $(or $(ARGS),$(NOTICING))

# The tests of who may and of what is out; each more takes as long as it takes to run once.
NOTICING := $(patsubst %,tests/%.py,$(addprefix permissions/test_,matrix others_work) \
	$(addprefix issues/test_,visibility desk_permissions desk sharing overrides trash media feeds section_feeds sitemap \
	links_lookup last_lie issue_detail issue_archive finding inbox library history mail_copy tray checklist \
		admin preview importing_plain) \
	$(addprefix papers/test_,admin_writers feeds machines saved reporting year_map paper_detail related quick_edit \
	admin_finishing links history facets) \
	$(addprefix quiz/test_,quiz_list play figures_admin corrections_desk series search streaks player_page reveal authoring) \
	$(addprefix search/test_,visibility find) $(addprefix pages/test_,home pages search) \
	security/test_asked_names redirects/test_redirects $(addprefix common/test_,fetching health http) pagecache/test_kept) \
	tests/accounts -m "not slow" -k "not final_slash"

# Measure --------------------------------------------------------------------

.PHONY: bench
bench: $(STAMP)-production ## Measure the readers' site in one table, or ARGS=guesses and others (TEST_DATABASE_URL adds PostgreSQL; needs wrk)
	@$(BIN)/python -m bench.$(or $(ARGS),summary)

.PHONY: bench-guesses
bench-guesses: ## Guesses a second through the server, beside the database alone
	@$(MAKE) --no-print-directory bench ARGS="guesses $(ARGS)"

.PHONY: bench-pages
bench-pages: ## Pages a second, kept, made anew and unchanged, beside a bare view (needs wrk)
	@$(MAKE) --no-print-directory bench ARGS="pages $(ARGS)"

.PHONY: bench-search
bench-search: ## How long a search takes, beside the database's own
	@$(MAKE) --no-print-directory bench ARGS="search $(ARGS)"

.PHONY: bench-reveal
bench-reveal: ## How long the reveal takes after ten million guesses (needs 8 GB of disk for a while)
	@$(MAKE) --no-print-directory bench ARGS="reveal $(ARGS)"

# Install --------------------------------------------------------------------

# Written for every platform and Python from 3.11 on, with hashes, without addresses.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: lock
lock: $(STAMP)-dev ## Pin anew what pyproject.toml names (ARGS=--upgrade takes newer versions)
	$(LOCK) --extra test --extra dev --output-file requirements/dev.txt $(ARGS)
	$(LOCK) --extra test --constraint requirements/dev.txt --output-file requirements/test.txt
	$(LOCK) --constraint requirements/dev.txt --output-file requirements/production.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys' 2>/dev/null || { echo 'Python 3.11 or newer is needed: install it, or name it with PYTHON=...' >&2; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(STAMP)-%: requirements/%.txt | $(BIN)/python
	@echo "Installing requirements/$*.txt"
	@$(PIP_INSTALL) requirements/$*.txt
	@touch $@

$(SECRET_FILE): | $(BIN)/python
	@umask 077 && mkdir -p $(DATA_DIR) && \
		$(NEW_SECRET) >$@

.PHONY: clean
clean: ## Remove caches (not var/, not the environment)
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
