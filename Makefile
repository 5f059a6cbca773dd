# Two commands on a fresh clone: `make demo` and `make test`. All others are for those who work on the project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0 torchvision==0.28.0

.PHONY: demo test lint types bench corpus clean

# torch first and alone: pip then keeps the build that was chosen here.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet -e '.[torch,netron,dev]'
	touch $@

$(VENV)/.corpus: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-deps timm==1.0.31
	$(BIN)/python -m pip install --quiet transformers safetensors huggingface_hub torchview
	touch $@

demo: $(VENV)/.installed
	cd examples && ../$(BIN)/nnviz-action generate --force --jobs 2

test: $(VENV)/.installed lint types
	$(BIN)/python -m pytest -n 2 --dist worksteal
	cd examples && ../$(BIN)/nnviz-action check --full --jobs 2

lint: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/.installed
	$(BIN)/mypy

bench: $(VENV)/.corpus
	$(BIN)/python bench/run.py

corpus: $(VENV)/.corpus
	$(BIN)/python bench/corpus/run.py

clean:
	rm -rf $(VENV) bench/corpus/work
