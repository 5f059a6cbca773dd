"""What the fuzzer kept, and files like it: each is read or refused, by the same targets."""

import zipfile
from pathlib import Path
from random import Random

import pytest
from onnx_mutants import mutated, seeds
from targets import TARGETS

from nnviz_action.graph.onnx_file import parse_graph
from nnviz_action.graph.values import Graph

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("target", TARGETS)
def test_what_the_fuzzer_kept(target: str) -> None:
    with zipfile.ZipFile(CORPUS / f"{target}.zip") as file:
        inputs = [file.read(name) for name in file.namelist()]
    assert len(inputs) > 5
    for data in inputs:
        TARGETS[target](data)


@pytest.mark.parametrize("seed", range(8))
def test_mutants_of_onnx_files(seed: int) -> None:
    random, begin = Random(seed), seeds()
    for _ in range(400):
        TARGETS["onnx"](mutated(random.choice(begin), random))


def test_the_seeds_are_drawn_and_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read, drawn = [], []

    def parsed(data: bytes, name: str) -> Graph:
        read.append(parse_graph(data, name))
        return read[-1]

    monkeypatch.setattr("targets.parse_graph", parsed)
    monkeypatch.setattr("targets.told", lambda graph: drawn.append(len(graph.nodes)))
    for data in seeds():
        TARGETS["onnx"](data)
    assert len(read) == 2 * len(seeds()), "as the committed file and as a foreign one"
    assert len(drawn) >= len(seeds()) and min(drawn) > 0
