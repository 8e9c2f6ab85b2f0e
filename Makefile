# Every command that a person needs. `make help` lists them.
.DEFAULT_GOAL := help
BIN := .venv/bin
READY := .venv/.installed

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml scripts/install
	@PYTHON="$(PYTHON)" scripts/install

EDITOR := web/static/editor/.built
$(EDITOR): $(READY) $(wildcard web/editor/src/*.* web/editor/src/*/*.*) web/editor/package-lock.json web/editor/build.mjs
	@scripts/build-editor || true

.PHONY: install
install: $(READY) $(EDITOR) ## Make .venv and install what is needed

.PHONY: run
run: $(READY) $(EDITOR) ## Run everything here: web, worker, database, broker, mail catcher (ARGS="--no-demo" …)
	@exec $(BIN)/kairan run $(ARGS)

.PHONY: test
test: $(READY) $(EDITOR) ## Run every test (ARGS="tests/ops -x" …)
	@scripts/system-packages
	@scripts/test $(ARGS)

.PHONY: lint
lint: $(READY) ## Check style, types and imports
	@scripts/lint

.PHONY: format
format: $(READY) ## Put the code into its one form
	@scripts/format

.PHONY: bench
bench: bench-send bench-track bench-reclassify bench-ranking bench-pages bench-render bench-returns bench-editor bench-imports ## Run every benchmark

.PHONY: bench-send bench-track bench-reclassify bench-ranking bench-pages bench-render bench-returns bench-editor bench-imports
bench-send: $(READY) ## Letters a second, from the database to the wire (RECIPIENTS=N)
bench-track: $(READY) ## Clicks a second, and hits moved a second (SECONDS=N, SCALE=0.01)
bench-reclassify: $(READY) ## A million hits judged again (SCALE=0.1)
bench-ranking: $(READY) ## Rankings, reports and evidence over ten million hits (SCALE=0.01)
bench-pages: $(READY) ## Milliseconds of every staff page, a million readers (SCALE=0.01)
bench-render: $(READY) ## Milliseconds that rendering an edition takes
bench-returns: $(READY) ## Returned mail read a second, large messages, memory (SCALE=0.1)
bench-editor: $(READY) $(EDITOR) ## A key in the block editor, beside plain TipTap; how soon the letter follows
bench-imports: $(READY) ## Lists of 100,000 and 1,000,000 readers taken in, beside a bare COPY (SCALE=0.1)
bench-send bench-track bench-reclassify bench-ranking bench-pages bench-render bench-returns bench-editor bench-imports:
	@scripts/system-packages
	@$(BIN)/python -m benchmarks.$(@:bench-%=%)

.PHONY: requirements
requirements: $(READY) ## Make the requirements files anew from pyproject.toml (ARGS=--upgrade)
	@scripts/requirements $(ARGS)

.PHONY: clean
clean: ## Remove what was made here, except the data folder
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
