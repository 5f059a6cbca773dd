"""`direction` and `color` from the config to the picture, with an ONNX file, which needs no torch."""

import re
from collections.abc import Callable
from itertools import pairwise

import onnx
import pytest
from conftest import Project
from onnx import TensorProto, helper

Cli = Callable[..., tuple[int, str, str]]
CONFIG = "models:\n  m:\n    onnx: m.onnx\n    formats: [svg]\n"


@pytest.fixture
def chain(project: Project) -> Project:
    """Twelve operators in a row, of which none multiplies matrices."""
    names = ["x", *(f"v{i}" for i in range(11)), "y"]
    nodes = [helper.make_node("Relu", [a], [b]) for a, b in pairwise(names)]
    first, last = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [2, 4]) for n in ("x", "y"))
    project.write({"nnviz.yaml": CONFIG})
    model = helper.make_model(helper.make_graph(nodes, "g", [first], [last]), ir_version=10)
    onnx.save(model, project.folder / "m.onnx")
    return project


def size(project: Project, view: str = "forward") -> tuple[int, int]:
    text = (project.folder / "diagrams" / "m" / f"{view}.svg").read_text(encoding="utf-8")
    wide, tall = re.findall(r'(?:width|height)="(\d+)"', text)[:2]
    return int(wide), int(tall)


def test_a_picture_to_the_right_is_wider_and_lower_and_another_direction_makes_it_stale(
    chain: Project, cli: Cli
) -> None:
    assert cli(chain, "generate")[0] == 0
    wide, tall = size(chain)
    chain.write({"nnviz.yaml": CONFIG + "    direction: right\n"})
    assert cli(chain, "check")[0] == 1
    assert cli(chain, "generate")[0] == 0
    assert size(chain)[0] > wide and size(chain)[1] < tall
    wide, tall = size(chain, "overview")
    assert wide > tall
    chain.write({"nnviz.yaml": CONFIG + "    direction: down\n"})
    assert cli(chain, "generate")[0] == 0
    assert size(chain, "overview")[0] < wide and size(chain, "overview")[1] > tall
    assert cli(chain, "check")[0] == 0


def test_colours_tell_what_boxes_cost_or_a_note_why_not(chain: Project, cli: Cli) -> None:
    path, stages = (chain.folder / "diagrams" / "m" / f"{view}.svg" for view in ("forward", "overview"))
    chain.write({"nnviz.yaml": CONFIG + "    color: activations\n"})
    code, _, err = cli(chain, "generate")
    assert code == 0 and "color:" not in err and ">share of activations<" in path.read_text(encoding="utf-8")
    assert ">share of activations<" in stages.read_text(encoding="utf-8")
    chain.write({"nnviz.yaml": CONFIG + "    color: macs\n"})
    code, out, err = cli(chain, "generate")
    assert code == 0
    assert "color: no MACs are known of this model, so boxes have the colours of their kinds" in out + err
    assert "share of" not in path.read_text(encoding="utf-8")
