"""The four recipes, as the examples have them, through the committed diagrams and the capture itself."""

from pathlib import Path

import onnx
import onnxruntime
import pytest
from conftest import ROOT

from nnviz_action.capture.worker import Workers
from nnviz_action.config import Config, ModelSpec, read_document
from nnviz_action.config.load import load_config
from nnviz_action.drawing.backward_layers import join_layers
from nnviz_action.drawing.boxes import Drawing, from_json
from nnviz_action.freshness.lock import read_lock
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.values import Graph

EXAMPLES = ROOT / "examples"
DIAGRAMS = EXAMPLES / "diagrams"


def graph(name: str) -> Graph:
    return read_graph(DIAGRAMS / name / "model.onnx")


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(read_document(EXAMPLES / "nnviz.yaml"))


def autograd(config: Config, name: str, folder: Path) -> Drawing:
    import json

    spec: ModelSpec = next(s for s in config.models if s.name == name)
    with Workers(1, "torch") as workers:
        workers.capture(spec, config, folder, lambda: None, lambda *_: None)
    return from_json(json.loads((folder / "autograd.json").read_text())["drawing"])


def test_1_resnet18_keeps_every_layer_that_its_author_wrote() -> None:
    found = graph("resnet18")
    ops = [node.op for node in found.nodes]
    assert (ops.count("Conv"), ops.count("BatchNormalization"), ops.count("Add")) == (20, 20, 8)
    assert str(found.types["x"]) == "5×3×40×40 f32"
    assert str(found.types["output"]) == "5×1000 f32"
    assert "layer4.1.conv2.weight" in found.weights


def test_2_vgg16_shows_the_size_of_every_feature_map() -> None:
    found = graph("vgg16")
    sizes = [str(found.types[node.outputs[0]]) for node in found.nodes if node.op == "Conv"]
    assert sizes[0] == "5×64×224×224 f32"
    assert sizes[-1] == "5×512×14×14 f32"
    assert all(t is not None and t.is_full for _, t in found.values())
    assert onnx.load(DIAGRAMS / "vgg16" / "model.onnx").opset_import[0].version == 20


@pytest.mark.torch
def test_3_the_autograd_graph_names_the_layers_as_their_author_did(config: Config, tmp_path: Path) -> None:
    drawing = autograd(config, "three_layers", tmp_path)
    leaves = {box.title: box.rows for box in drawing.boxes if box.kind == "leaf"}
    assert leaves["fc_large.weight"] == ("(64, 16)",)
    assert set(leaves) == {
        f"{layer}.{part}" for layer in ("fc_small", "fc_large", "fc_out") for part in ("weight", "bias")
    }
    assert [box.title for box in drawing.boxes if box.kind == "output"] == ["output.mean()"]
    assert "saved" not in {box.kind for box in drawing.boxes}
    cards = {box.title: (box.subtitle, *box.rows) for box in join_layers(drawing).boxes}
    assert cards["fc_large"] == ("Linear", "Transpose · Addmm", "weight 64×16 · bias 64")
    assert "output.mean()" in cards


@pytest.mark.torch
def test_4_the_autograd_graph_shows_what_is_saved(config: Config, tmp_path: Path) -> None:
    drawing = autograd(config, "three_layers_saved", tmp_path)
    boxes = {box.key: box for box in drawing.boxes}
    kept = [(boxes[a.source], boxes[a.target]) for a in drawing.arrows if a.style == "saved"]
    assert {("mat1", ("(5, 16)",), "AddmmBackward0"), ("result", ("(5, 64)",), "ReluBackward0")} <= {
        (saved.title, saved.rows, function.title) for saved, function in kept
    }
    assert all(saved.kind == "saved" and function.kind == "function" for saved, function in kept)
    assert sum(box.kind == "leaf" for box in drawing.boxes) == 6, "a saved weight is not the weight itself"
    large = next(b for b in drawing.boxes if b.title == "AddmmBackward0" and "mat1_sym_sizes: (5, 16)" in b.rows)
    assert [m.path for m in large.modules] == ["fc_large"]


@pytest.mark.parametrize("path", sorted(DIAGRAMS.glob("*/model.onnx")), ids=lambda p: p.parent.name)
def test_every_onnx_file_is_a_valid_model_that_runs(path: Path) -> None:
    import numpy

    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    kinds = {"tensor(float)": numpy.float32, "tensor(int64)": numpy.int64}
    feeds = {
        i.name: numpy.zeros([d if isinstance(d, int) else 2 for d in i.shape], kinds[i.type])
        for i in session.get_inputs()
    }
    assert session.run(None, feeds)


@pytest.mark.parametrize("folder", sorted(p for p in DIAGRAMS.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_every_committed_file_is_small_and_every_value_has_a_shape(folder: Path) -> None:
    assert all(path.stat().st_size <= 500_000 for path in folder.iterdir())
    lock = read_lock(folder)
    assert lock is not None
    assert lock.numbers.get("shaped") == lock.numbers.get("values")
