# The two commands a newcomer needs: make demo, make test. Each makes its own virtual environment.

PYTHON ?= $(firstword $(foreach v,3.11 3.12 3.13 3.14,$(shell command -v python$(v) 2>/dev/null)) python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# one more than there are cores: much of a test is waiting for a server
WORKERS = $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

# what many processes run is compiled once, whatever the environment says
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test kills check bench lock translations clean

demo: $(READY)            ## the demo shop in one process: no account, no server needed; make demo PORT=8001 DATA=a/folder
	$(BIN)/weilan demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA))

test: $(READY)            ## everything, on SQLite and PostgreSQL, with a real Redis and a real browser
	tests/support/needs.sh
	$(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist worksteal $(TESTS)

kills: $(READY)           ## kill -9 every process at random while messages and pushes flow: make kills KILLS=50
	tests/support/needs.sh
	WEILAN_KILLS=$(or $(KILLS),8) WEILAN_GONE=25 $(BIN)/pytest -rP tests/flows/killed.py tests/flows/gone.py

check: $(READY)           ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)           ## measures, printed as tables; takes some minutes
	tests/support/needs.sh
	$(BIN)/python -m tests.bench

lock: $(READY)            ## pin every dependency anew, with hashes and without any registry's address
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade --group dev pyproject.toml --output-file requirements.lock

translations: $(READY)    ## collect the interface's words and compile their translations
	$(BIN)/pybabel --quiet extract --omit-header --no-location --no-wrap --sort-output -k _l -F handlers/babel.cfg \
		-o $(VENV)/messages.pot handlers bot/rules/talk
	$(BIN)/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		-i $(VENV)/messages.pot -d handlers/translations
	$(BIN)/pybabel --quiet compile -d handlers/translations

clean:                    ## remove what the commands above made; the demo's data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which: make PYTHON=/path/to/python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing what is needed into $(VENV): some minutes, once"
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)
