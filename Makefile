# Two commands on a fresh clone: `make demo` and `make test`. All others are for those who work on the project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0 torchvision==0.28.0

.PHONY: demo test browser hooks mutations faults kills fuzz lint types bench families corpus corpus2 pictures matrix onnx-suite lowest spawn clean

# torch first and alone: pip then keeps the build that was chosen here.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet -e '.[torch,netron,dev]'
	touch $@

# The real models that tests edit. timm would bring a torch of its own.
$(VENV)/.models: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-deps timm==1.0.31
	$(BIN)/python -m pip install --quiet transformers safetensors huggingface_hub
	touch $@

# With Graphviz, for what we are timed against.
$(VENV)/.corpus: $(VENV)/.models
	$(BIN)/python -m pip install --quiet torchview 'pygraphviz>=2.0'
	touch $@

$(VENV)/.fuzz: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet 'atheris>=3.0'
	touch $@

demo: $(VENV)/.installed
	cd examples && ../$(BIN)/nnviz-action generate --force --jobs 2

# For the tests that look at pages: from Debian's packages, where this may install them. Nobody is asked for a password.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo -n)
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	{ [ "$$(id -u)" = 0 -o "$$CI" = true ] && $(SUDO) apt-get update -qq && \
	$(SUDO) apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || \
	echo "without Chromium: apt-get install chromium"

test: $(VENV)/.models browser lint types
	$(BIN)/python -m pytest -n 2 --dist worksteal
	cd examples && ../$(BIN)/nnviz-action check --full --jobs 2

# Builds the environments of nnviz-generate-isolated, torch and all, and of the action: minutes, and a gigabyte.
hooks: $(VENV)/.installed
	$(BIN)/python -m pytest -m slow tests/hooks tests/action

# All edits of the list, those of large models too.
mutations: $(VENV)/.models
	$(BIN)/python -m pytest -m '' -n 2 tests/diff/test_mutations.py

# All of the fault suite, of which `make test` runs a part: generate, killed 170 times, takes a quarter of an hour.
faults: $(VENV)/.installed
	$(BIN)/python -m pytest -m '' -k 'not torch-' tests/faults

# generate of models that need torch, killed 300 times: galleries, graphs, pictures in all forms and locks heal. An hour.
kills: $(VENV)/.installed
	$(BIN)/python -m pytest -m '' -k 'torch-' tests/faults/test_kills.py

# Seconds for each of the three readers; ten minutes in all.
FUZZ ?= 200
fuzz: $(VENV)/.fuzz
	for target in config lock onnx; do $(BIN)/python tests/faults/fuzz.py $$target $(FUZZ) || exit 1; done

lint: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/.installed
	$(BIN)/mypy

bench: $(VENV)/.corpus
	$(BIN)/python bench/run.py

# What a diff says of steps within families of models, of 7 B parameters too, which take no memory: some minutes.
families: $(VENV)/.corpus
	$(BIN)/python -m pip install --quiet 'peft>=0.21'
	$(BIN)/python bench/family_steps.py

corpus: $(VENV)/.corpus
	$(BIN)/python bench/corpus/run.py

# The same models under each torch and Python: half an hour, and 6 GB at a time.
matrix: $(VENV)/.corpus
	$(BIN)/python -m pip install --quiet 'uv>=0.8'
	$(BIN)/python bench/matrix.py

# The oldest versions that pyproject.toml allows, on the oldest Python, without torch: some minutes.
LOWEST := .venv-lowest
lowest:
	$(PYTHON) -m pip install --quiet 'uv>=0.8'
	$(PYTHON) -m uv venv --quiet --clear --seed --python 3.10 $(LOWEST)
	$(PYTHON) -m uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -e '.[render,netron,github]'
	$(PYTHON) -m uv pip install --quiet --python $(LOWEST)/bin/python -e '.[render,netron,dev]'
	$(LOWEST)/bin/python -m pytest -n 2 -m 'not torch and not slow'

# Captures as they are where processes cannot be forked.
spawn: $(VENV)/.models
	NNVIZ_ACTION_START_METHOD=spawn $(BIN)/python -m pytest -n 2 tests/capture tests/project

# Models of 31 further libraries, in an environment of their own: 2.3 GB, and a quarter of an hour.
SECOND := .venv-second
$(SECOND)/.installed: pyproject.toml bench/corpus/second/requirements.txt
	$(PYTHON) -m venv $(SECOND)
	$(SECOND)/bin/python -m pip install --quiet $(TORCH)
	$(SECOND)/bin/python -m pip install --quiet -e '.[torch]'
	$(SECOND)/bin/python -m pip install --quiet --no-deps -r bench/corpus/second/requirements.txt
	touch $@

corpus2: $(SECOND)/.installed
	$(SECOND)/bin/python bench/corpus/second/run.py

# What the captures of both corpora leave, kept, in both environments. Remove it to capture again.
CAPTURED := bench/corpus/work/captured
$(CAPTURED): | $(VENV)/.corpus $(SECOND)/.installed
	$(BIN)/python bench/corpus/captured.py
	$(SECOND)/bin/python bench/corpus/captured.py --second

# Their pictures, drawn again and measured on their coordinates: some minutes.
pictures: $(VENV)/.corpus | $(CAPTURED)
	$(BIN)/python bench/corpus/pictures.py --jobs 2 --write

# The models of ONNX's own tests, all that its checker takes: half a minute.
onnx-suite: $(VENV)/.installed
	$(BIN)/python bench/onnx_suite.py

clean:
	rm -rf $(VENV) $(SECOND) $(LOWEST) bench/corpus/work
