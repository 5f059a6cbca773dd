"""Coverage-guided fuzzing of what reads files: `make fuzz`, or  python tests/faults/fuzz.py TARGET [libFuzzer's options].

A target takes the content of a file and raises nothing but our own errors. What was found is kept in corpus/TARGET,
which `test_corpus.py` runs through the same targets.
"""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

import atheris

with atheris.instrument_imports(include=["nnviz_action", "yaml"], enable_loader_override=False):
    from targets import TARGETS

from mutants import NASTY, mutants
from onnx_mutants import mutated, seeds

CORPUS = Path(__file__).parent / "corpus"


def custom(data: bytes, most: int, seed: int) -> bytes:
    """Half of the ONNX files stay well-formed: else nearly all would end in the parser of protobuf."""
    random = Random(seed)
    if random.random() < 0.5:
        return bytes(atheris.Mutate(data, most))
    if TARGET == "onnx":
        return mutated(data or random.choice(seeds()), random)[:most]
    return next(mutants([data], seed, 1, NASTY))[:most]


if __name__ == "__main__":
    TARGET = sys.argv[1]
    run = TARGETS[TARGET]
    folder = CORPUS / TARGET
    folder.mkdir(parents=True, exist_ok=True)
    atheris.Setup([sys.argv[0], *sys.argv[2:], str(folder)], run, custom_mutator=custom)
    atheris.Fuzz()
