# Every target sets itself up on a machine that has Python >= 3.11, make and git.
VENV ?= .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python
SITE := _build/html

export TF_CPP_MIN_LOG_LEVEL := 3
export TF_ENABLE_ONEDNN_OPTS := 0

help:            ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

$(VENV)/.ok: requirements.txt
	@sh tools/setup.sh $(VENV)
	@touch $@
setup: $(VENV)/.ok

book: setup      ## build the site and print where it is
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo; echo "Open $(CURDIR)/$(SITE)/index.html"

# one thread a process: each core has a pytest worker of its own, and small arrays gain nothing
test: export OMP_NUM_THREADS := 1
test: export OPENBLAS_NUM_THREADS := 1
test: export TF_NUM_INTRAOP_THREADS := 1
test: setup      ## everything: lint, unit tests, notebooks, book, site
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(PY) -m pytest -n 2 --dist loadfile --ignore tests/test_site.py --cov --cov-report term:skip-covered --cov-fail-under 95
	$(PY) -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/sanitize.cfg --nbval-cell-timeout 300 -n 2 --dist loadfile -p no:cacheprovider book
	$(MAKE) book
	$(PY) -m pytest -rs tests/test_site.py

lab: setup       ## open the chapters in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=book

execute: setup   ## re-run chapters and store their outputs: make execute N="heart_rate pca", or all
	$(PY) tools/execute.py $(N)

bench: setup     ## time every algorithm against its peers
	@for f in bench/*.py; do $(PY) $$f || exit 1; done

lock: setup      ## pin what pyproject.toml allows, newest first, into requirements.txt
	UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/uv pip compile pyproject.toml --extra all \
	  --python-version 3.11 --no-annotate -q --upgrade --custom-compile-command "make lock" -o requirements.txt
	sed -i.bak 's/+cpu$$//' requirements.txt && rm requirements.txt.bak

clean:           ## remove what was built, keep the environment
	rm -rf _build dist .pytest_cache .ruff_cache .hypothesis .coverage*

.PHONY: help setup book test lab execute bench lock clean
.DEFAULT_GOAL := help
