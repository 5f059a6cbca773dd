"""Layers with what follows them on one card, frames round a single thing, and where long rows part."""

from dataclasses import replace

import pytest
from graphs import chain, row

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.fold import fold
from nnviz_action.drawing.followers import join_followers
from nnviz_action.drawing.frames import merge_cards, merge_frames
from nnviz_action.drawing.stage_borders import cuts
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name

CONV = Box("c", "conv1", "convolution", "Conv2d", ("3×3, 3→8", "weight 8×3×3×3"), numbers=Numbers(216, 5))
NORM = Box("n", "bn1", "normalisation", "BatchNorm2d", ("eps 0.001", "weight, bias 8"), numbers=Numbers(16))
RELU = Box("r", "act", "activation", "LeakyReLU", ("slope 0.2",))
POOL = Box("p", "pool", "pooling", "MaxPool2d", ("2×2",))


def test_what_keeps_the_shape_goes_into_the_card_of_the_layer() -> None:
    first, last = join_followers(row(CONV, NORM, RELU, POOL)).boxes
    assert first.rows == (*CONV.rows, "then BatchNorm2d then LeakyReLU slope 0.2")
    assert (first.title, first.numbers, last) == ("conv1", Numbers(232, 5), POOL)


def with_arrow(*arrows: Arrow) -> Drawing:
    drawing = row(CONV, NORM, RELU, POOL)
    return replace(drawing, arrows=(*drawing.arrows, *arrows))


@pytest.mark.parametrize(
    ("drawing", "titles"),
    [
        (with_arrow(Arrow("c", "p", "2×4 f32")), "conv1 bn1 pool"),
        (with_arrow(Arrow("r", "o", "2×4 f32")), "conv1 pool"),
        (row(CONV, replace(NORM, modules=(Module("m", "lib.M"),)), RELU), "conv1 bn1 act"),
        (row(POOL, NORM, RELU), "pool bn1"),
        (row(replace(POOL, title="add", kind="arithmetic"), NORM, RELU), "add"),
        (row(replace(POOL, title="mul", kind="arithmetic"), RELU), "mul act"),
        (Drawing((CONV, RELU, POOL), (Arrow("c", "r", "2×8 f32"), Arrow("r", "p", "2×4 f32"))), "conv1 act pool"),
    ],
    ids=["used twice", "two results", "elsewhere", "no layer", "a sum", "a product", "halves"],
)
def test_only_what_alone_takes_the_value_in_the_same_module(drawing: Drawing, titles: str) -> None:
    assert " ".join(box.title for box in join_followers(drawing).boxes) == titles


def test_cards_are_shared_only_where_not_all_fit() -> None:
    drawing = row(CONV, NORM, RELU, POOL)
    assert fold(drawing, 4) == drawing
    assert len(fold(drawing, 3).boxes) == 2


BLOCK = (Module("stem", "lib.ConvNormAct"),)


def test_a_module_that_is_all_on_one_card_becomes_it() -> None:
    drawing = join_followers(row(*(replace(b, modules=BLOCK) for b in (CONV, NORM, RELU)), POOL))
    card = merge_cards(drawing).boxes[0]
    assert (card.title, card.subtitle, card.modules) == ("stem", "ConvNormAct", ())
    listed = replace(drawing.boxes[0], modules=(replace(BLOCK[0], kind="torch.nn.modules.container.Sequential"),))
    assert merge_cards(row(listed, POOL)).boxes[0].subtitle == "Conv2d"


def frames(drawing: Drawing) -> list[tuple[str, ...]]:
    found = []
    for box in drawing.boxes:
        names = (own_name(box.modules[: i + 1]) for i in range(len(box.modules)))
        found.append((*names, box.title))
    return found


def test_a_frame_round_one_frame_becomes_one_with_it() -> None:
    merged = merge_frames(chain("encoder.layers.a", "encoder.layers.b", "c"))
    assert frames(merged) == [("encoder.layers", "a"), ("encoder.layers", "b"), ("c",)]
    assert merged.boxes[0].modules[0].kind == "net.Layers"


def test_a_number_of_copies_is_kept() -> None:
    outer, inner = Module("layers.0", "L", title="layers.0 … 5", copies=6), Module("layers.0.block", "lib.Block")
    boxes = [Box(t, t, "shape", modules=(outer, inner)) for t in "ab"]
    (module,) = merge_frames(row(*boxes)).boxes[0].modules
    assert (module.copies, module.kind, module.title) == (6, "lib.Block", "layers.0 … 5.block")
    twice = [replace(b, modules=(outer, replace(inner, copies=2))) for b in boxes]
    assert len(merge_frames(row(*twice)).boxes[0].modules) == 2
    (one,) = merge_frames(row(replace(boxes[0], subtitle="Linear", modules=(outer,)))).boxes
    assert one.modules == (outer,)


def test_copies_of_a_mere_list_are_no_copies_of_what_is_around_it() -> None:
    scope = (Module("s", "net.Stage"), Module("s.0", "torch.nn.modules.container.Sequential", copies=2))
    (module,) = (
        merge_frames(row(Box("a", "a", "shape", modules=scope), Box("b", "b", "shape", modules=scope)))
        .boxes[0]
        .modules
    )
    assert (module.short_kind, module.times) == ("Sequential", "×2")


@pytest.mark.parametrize("kind", ["onnx.If", "lib.Net ~ renamed"])
def test_control_flow_and_what_is_told_of_a_module_keep_their_frames(kind: str) -> None:
    drawing = row(replace(CONV, modules=(Module("m", kind),)), POOL)
    assert merge_frames(drawing) == drawing


def test_a_long_row_parts_where_the_size_of_the_maps_changes() -> None:
    boxes = [Box(f"b{i}", f"op{i}", "shape") for i in range(10)]
    labels = ["1×8×32×32 f32"] * 3 + ["1×16×16×16 f32"] * 4 + ["1×32×8×8 f32"] * 2
    drawing = Drawing(tuple(boxes), tuple(Arrow(f"b{i}", f"b{i + 1}", text) for i, text in enumerate(labels)))
    keys = [[box.key] for box in boxes]
    assert cuts(drawing, keys, 4) == [3, 7]
    assert cuts(drawing, keys, 2) == [5]
    assert cuts(row(*boxes), keys, 4) == [3, 6, 9]
