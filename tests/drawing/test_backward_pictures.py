"""The main path of an autograd picture is a straight line."""

from dataclasses import replace
from itertools import pairwise

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module
from nnviz_action.render.layout.pages import lay_out

NORM, MLP = Box("norm", "norm", "function"), Module("mlp", "net.Experts")
EXPERTS = (MLP, Module("mlp.experts", "net.Expert"))
LAYER = Numbers(1000)


def middles(drawing: Drawing) -> dict[str, float]:
    """How far to the right the middle of each box is."""
    return {card.box.key: place.x + place.width / 2 for card, place in lay_out(drawing).cards}


def drawing(boxes: tuple[Box, ...], *arrows: str) -> Drawing:
    """Arrows as `a > b > c`."""
    rows = [arrow.split(" > ") for arrow in arrows]
    return Drawing(boxes, tuple(Arrow(one, other) for row in rows for one, other in pairwise(row)))


def test_a_router_stands_beside_the_experts_that_it_chooses() -> None:
    inner = [Box(key, key, "function", modules=EXPERTS, numbers=LAYER) for key in ("up", "mid", "down")]
    boxes = (
        Box("in", "in", "function"),
        NORM,
        Box("view", "view", "function", modules=(MLP,)),
        Box("router", "router", "function", modules=(MLP,), numbers=LAYER),
        inner[0],
        Box("choice", "a choice of few", "function", modules=EXPERTS),
        *inner[1:],
        Box("add", "add", "function"),
        Box("last", "last", "function"),
    )
    found = drawing(
        boxes, "in > norm > view > up > mid > down > add > last", "in > add", "view > router > choice > down"
    )
    at = middles(found)
    assert {round(at[key], 1) for key in ("in", "norm", "view", "up", "mid", "down", "add", "last")} == {
        round(at["in"], 1)
    }
    assert abs(at["router"] - at["choice"]) < 0.1 and at["router"] != at["in"]


def test_runs_of_one_name_and_other_counts_are_frames_of_their_own() -> None:
    run = Module("", "", title="Mul … Add", copies=3)
    boxes = (
        Box("a", "a", "function", modules=(run,)),
        Box("b", "b", "function"),
        Box("c", "c", "function", modules=(replace(run, copies=4),)),
    )
    layout = lay_out(drawing(boxes, "a > b > c"))
    assert [cluster.kind for cluster in layout.clusters] == ["×3", "×4"]


def test_a_light_start_that_bends_leaves_the_main_path_to_one_that_does_not() -> None:
    side, trunk = Module("embed", "net.Embed"), Module("trunk", "net.Trunk")
    boxes = (
        *(Box(key, key, "function", modules=(side,), numbers=LAYER) for key in ("time", "scale")),
        Box("stem", "stem", "function", numbers=LAYER),
        *(Box(key, key, "function", modules=(trunk,), numbers=LAYER) for key in ("a", "b", "c", "d")),
        Box("shift", "shift of the features", "function", modules=(trunk,)),
        Box("last", "last", "function"),
    )
    at = middles(
        drawing(boxes, "stem > a > b > c > d > last", "time > scale > shift > d", "scale > b", "stem > last")
    )
    assert {round(at[key], 1) for key in ("stem", "a", "b", "c", "d", "last")} == {round(at["stem"], 1)}
