"""An overview says nothing that is not so: each arrow is one, each input and output is there, numbers add up."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quotient import untruths

from nnviz_action.drawing import forward
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.overview import MOST
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples/diagrams").glob("*/graph.json"))
KINDS = ("linear:Linear", "normalisation:LayerNorm", "activation:", "arithmetic:", "shape:", "pooling:", "module:Net")


@pytest.mark.parametrize("most", [6, 10, MOST])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_of_the_examples(path: Path, most: int) -> None:
    assert untruths(forward.draw(parse_graph_file(path.read_bytes(), path.name)), most) == []


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Inputs, layers and steps in and outside of modules, outputs; each takes from some before it."""
    inputs, inner, outputs = draw(st.integers(1, 5)), draw(st.integers(1, 30)), draw(st.integers(1, 5))
    boxes = [Box(f"in {i}", f"x{i}", "io") for i in range(inputs)]
    boxes += [_box(i, draw(st.sampled_from(KINDS)), draw(st.integers(0, 4))) for i in range(inner)]
    arrows = []
    for place in range(inputs, inputs + inner):
        taken = draw(st.sets(st.integers(0, place - 1), min_size=1, max_size=3))
        arrows += [Arrow(boxes[one].key, boxes[place].key, f"{one} f32") for one in sorted(taken)]
    for place in range(outputs):
        one = draw(st.integers(0, inputs + inner - 1))
        boxes.append(Box(f"out {place}", f"y{place}", "io"))
        arrows.append(Arrow(boxes[one].key, f"out {place}", f"{one} f32"))
    return Drawing(tuple(boxes), tuple(arrows))


def _box(place: int, kind: str, module: int) -> Box:
    name, _, subtitle = kind.partition(":")
    around = (Module(f"m{place // 4}", "net.Part"),) if module == 1 else ()
    numbers = Numbers(9 + place, 9 * place) if name in ("linear", "module") else Numbers(2 * bool(subtitle))
    return Box(f"b {place}", f"b{place}" if subtitle else name, name, subtitle, (), around, numbers)


@settings(deadline=None, max_examples=150)
@given(drawings(), st.sampled_from([8, MOST]))
def test_of_any_drawing(drawing: Drawing, most: int) -> None:
    found = untruths(drawing, most)
    again = len({box.modules for box in drawing.boxes}) > 1  # a module that is left and entered again holds both
    assert [text for text in found if not (again and text.startswith(("back", f"{most + 1} boxes")))] == []


def test_many_inputs_and_outputs_beside_one_layer_are_gathered() -> None:
    inputs, outputs = ([Box(f"{side} {i}", f"{side}{i}", "io") for i in range(4)] for side in ("in", "out"))
    arrows = [Arrow("in 0", "b 0", "0 f32"), *(Arrow(f"in {i}", f"out {i}", f"{i} f32") for i in range(4))]
    drawing = Drawing((*inputs, _box(0, "linear:Linear", 0), *outputs), tuple(arrows))
    assert untruths(drawing, 8) == []
