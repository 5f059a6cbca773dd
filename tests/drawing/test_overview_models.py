"""Overviews of models that are easily drawn as what they are not."""

from typing import Any

import pytest
import torch
from overview_models import Far, Gate, Mask, Parallel, Pre, Rec, Skips, Two, drawn
from quotient import untruths
from torch import nn

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.overview import overview, shortened

pytestmark = pytest.mark.torch
IMAGE, ROW = torch.zeros(1, 3, 32, 32), torch.zeros(1, 8)
MODELS = {
    "two": (Two(), ROW),
    "gate": (Gate(), IMAGE, torch.zeros(1, 4)),
    "mask": (Mask(), ROW, torch.zeros(1, 8, dtype=torch.bool)),
    "pre": (Pre(last=True), torch.zeros(1, 16)),
    "rec": (Rec(), torch.zeros(1, 3, 4), ROW),
    "far": (Far(), IMAGE),
    "parallel": (Parallel(), torch.zeros(1, 8, 8, 8)),
    "skips": (Skips(), IMAGE),
}


def shown(model: nn.Module, *args: Any) -> Drawing:
    return overview(shortened(drawn(model, *args)))


def told(drawing: Drawing) -> list[str]:
    """`f Linear > c, normalize`: each box with those that it leads to."""
    titles = {box.key: box.title for box in drawing.boxes}
    return [
        " ".join(filter(None, (box.title, box.subtitle, ">", ", ".join(sorted(titles[a.target] for a in leaving)))))
        for box in drawing.boxes
        if (leaving := drawing.leaving(box.key))
    ]


@pytest.mark.parametrize("most", [7, 14])
@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_untrue(name: str, most: int) -> None:
    assert untruths(drawn(*MODELS[name]), most) == []


def test_a_result_without_weights_is_there_and_goes_its_own_way() -> None:
    found = ["x > f", "f Linear > c, normalize", "c Linear > output.0", "normalize > output.1"]
    assert told(shown(*MODELS["two"])) == found


def test_values_meet_where_they_do() -> None:
    assert told(shown(*MODELS["gate"]))[2:5] == ["img Conv2d 3×3 > mul", "tab Linear > mul", "mul > a, b"]
    assert told(shown(*MODELS["mask"])) == [
        "x > a", "mask > b", "a Linear > b", "b mask · Linear > output",
    ]  # fmt: skip


def test_a_normalisation_is_counted_with_the_layer_that_it_is_for() -> None:
    boxes = shown(*MODELS["pre"]).boxes[1:-1]
    assert [(b.title, b.subtitle, b.numbers.parameters) for b in boxes] == [
        *((f"ls.{i}", "LN · Linear · gelu · add", 304) for i in range(3)), ("head", "LN · Linear", 66),
    ]  # fmt: skip


def test_calls_of_one_module_are_one_box() -> None:
    assert told(shown(*MODELS["rec"])) == [
        "x > inp", "h > cell", "inp Linear 3 calls > cell", "cell GRUCell 3 calls > out",
        "out Linear 3 calls · stack > output",
    ]  # fmt: skip


def test_blocks_that_are_alike_take_alike() -> None:
    found = {box.title: box.subtitle for box in shown(*MODELS["far"]).boxes}
    assert found["blocks.1 … 2"] == "Block ×2" and found["blocks.3"].startswith("add · Conv2d")
    assert found["blocks.0"] == found["blocks.4"] == "Conv2d 3×3 · GN · silu"  # what the first gives, others take too
    assert found["head"] == "mean · Linear"


def test_branches_say_that_they_stand_side_by_side() -> None:
    found = {box.title: box.subtitle for box in shown(*MODELS["parallel"]).boxes}
    assert found["br.0 … 3"].startswith("Sequential ×4 side by side")
    assert found["enc"] == "Sequential 3 calls · mul ×2 · add ×2"


def test_equal_parts_of_a_unet_are_merged_alike_and_give_what_their_modules_give() -> None:
    found = shown(*MODELS["skips"])
    assert "inc Sequential > down.0, ups.3 · dec.3" in told(found)
    assert [box.title for box in found.boxes if "ups" in box.title] == [f"ups.{i} · dec.{i}" for i in range(4)]
    sizes = {arrow.label for arrow in found.leaving(next(b.key for b in found.boxes if b.title == "inc"))}
    assert sizes == {"1×8×32×32 f32"}
