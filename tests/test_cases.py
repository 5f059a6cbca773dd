"""Whole small projects under `cases/`, each with what must come of it in its `expect.yaml`."""

import re
import shutil
from pathlib import Path
from typing import Any

import numpy
import onnx
import onnxruntime
import pytest
import yaml
from conftest import Project

from nnviz_action.freshness.lock import Lock, read_lock
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.values import Graph

CASES = sorted(p.parent for p in (Path(__file__).parent / "cases").glob("*/expect.yaml"))
pytestmark = pytest.mark.torch


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, tmp_path: Path) -> None:
    expect = yaml.safe_load((case / "expect.yaml").read_text())
    project = Project(Path(shutil.copytree(case, tmp_path / "project")))
    config = expect.get("config", "nnviz.yaml")
    code, said = project.here("generate", "--jobs", "2", "--config", config)
    assert code == expect["exit"], said
    for line in expect.get("stderr", []):
        assert line in said
    for line in [*expect.get("absent", []), "Traceback"]:
        assert line not in said
    folder = project.folder / expect.get("output", "diagrams")
    assert sorted(p.name for p in folder.iterdir() if p.is_dir()) == sorted(expect["models"])
    for name, wanted in expect["models"].items():
        _compare(folder / name, wanted)
    for name, words in expect.get("says", {}).items():
        _says((folder / name).read_text(encoding="utf-8"), words)
    if expect["exit"] == 0:
        assert project.here("check", "--config", config)[0] == 0


def _says(text: str, words: list[str]) -> None:
    """Each stands in a picture or a summary, or, with a `!` before it, does not."""
    plain = re.sub("<[^>]+>", "", text) if text.startswith("<svg") else text
    lines = [line.strip() for line in plain.splitlines()]
    for word in words:
        assert any(word.removeprefix("!") in line for line in lines) != word.startswith("!"), word


def _compare(folder: Path, wanted: dict[str, Any]) -> None:
    lock = read_lock(folder)
    assert lock is not None
    path = folder / "model.onnx"
    graph = read_graph(path) if path.exists() else Graph((), (), ())
    assert {p.name for p in folder.iterdir()} == {*lock.outputs, "lock.json"}
    assert not path.exists() or _kept(path) == wanted.pop("kept", False)
    for key, value in wanted.items():
        assert FACTS[key](lock, graph) == value if key not in PARTIAL else PARTIAL[key](lock, graph, value), key
    if path.exists():
        _is_sound(path, opaque=bool(lock.opaque))


def _kept(path: Path) -> bool:
    """Whether the file holds the values of a weight."""
    tensors = onnx.load(path).graph.initializer
    return any(t.name.endswith("weight") and any(t.raw_data) for t in tensors)


def _typed(graph: Graph, names: tuple[str, ...]) -> list[str]:
    return [f"{name} {graph.types[name]}" for name in names]


def _weights(_: Lock, graph: Graph, wanted: dict[str, str]) -> bool:
    return {n: f"{graph.weights[n].kind} {graph.weights[n].type}" for n in wanted} == wanted


def _attributes(_: Lock, graph: Graph, wanted: dict[str, dict[str, Any]]) -> bool:
    found = {node.op: dict(node.attributes) for node in graph.nodes}
    return all(found[op][key] == value for op, items in wanted.items() for key, value in items.items())


FACTS = {
    "operators": lambda _, g: [f"{n.domain}::{n.op}" if n.domain else n.op for n in g.nodes],
    "inputs": lambda _, g: _typed(g, g.inputs),
    "outputs": lambda _, g: _typed(g, g.outputs),
    "parameters": lambda lock, _: lock.numbers["parameters"],
    "opset": lambda lock, graph: graph.opset if graph.opset == lock.numbers["opset"] else None,
    "opaque": lambda lock, _: list(lock.opaque),
    "files": lambda lock, _: sorted(lock.outputs),
    "built": lambda lock, _: lock.weights,
    "sources": lambda lock, _: list(lock.sources),
    "without": lambda lock, _: list(lock.failed),
}
PARTIAL = {"weights": _weights, "attributes": _attributes}


def _is_sound(path: Path, opaque: bool) -> None:
    """The file passes the checker, and runs where all its operators are ONNX's."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    if opaque:
        return
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    kinds = {"tensor(float)": "float32", "tensor(int64)": "int64", "tensor(bool)": "bool"}
    feeds = {}
    for value in session.get_inputs():
        shape = [d if isinstance(d, int) else 2 for d in value.shape]
        feeds[value.name] = numpy.zeros(shape, kinds[value.type])
    assert len(session.run(None, feeds)) == len(model.graph.output)
