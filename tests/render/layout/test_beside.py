"""An encoder beside its decoder."""

from dataclasses import replace
from itertools import pairwise

from graphs import chain, scopes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layout_faults import faults
from random_drawings import drawings

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.layout.values import Layout, Rect

LOW = (4000.0, 100.0)  # room in which everything that can stand side by side does


def pair(encoder: Drawing, decoder: Drawing, own_input: bool = True, source: int = -1, target: int = 0) -> Drawing:
    """Both in modules of their own; a box of the first gives what one of the second takes."""
    parts = []
    for name, drawing in (("encoder", encoder), ("decoder", decoder)):
        boxes = [
            replace(box, key=f"{name}.{box.key}", modules=(*scopes(name), *box.modules)) for box in drawing.boxes
        ]
        arrows = [replace(a, source=f"{name}.{a.source}", target=f"{name}.{a.target}") for a in drawing.arrows]
        parts.append((boxes, arrows))
    (first, arrows), (second, others) = parts
    ends = [Box("y", "y", "io")]
    inputs = [Box("x", "x", "io")] + [Box("tokens", "tokens", "io")] * own_input
    joints = [Arrow("x", first[0].key, "2 f32"), Arrow(first[source].key, second[target].key, "1 f32")]
    joints += [Arrow("tokens", second[0].key, "3 i64")] * own_input + [Arrow(second[-1].key, "y", "2 f32")]
    order = [*inputs[:1], *first, *inputs[1:], *second, *ends]
    return Drawing(tuple(order), (*arrows, *others, *dict.fromkeys(joints)))


def frame(layout: Layout, title: str) -> Rect:
    return next(cluster.place for cluster in layout.clusters if cluster.title == title)


def is_beside(layout: Layout) -> bool:
    encoder, decoder = frame(layout, "encoder"), frame(layout, "decoder")
    return encoder.right < decoder.x and abs(encoder.y - decoder.y) < 60


SIX = chain(*(f"op{i}" for i in range(6)))


def test_a_decoder_with_an_input_of_its_own_stands_beside_its_encoder() -> None:
    drawing = pair(SIX, SIX)
    found = lay_out(drawing, room=LOW)
    assert is_beside(found) and list(faults(drawing, found)) == []


def test_without_one_it_stands_below() -> None:
    assert not is_beside(lay_out(pair(SIX, SIX, own_input=False)))


def test_one_of_another_size_stands_below() -> None:
    assert not is_beside(lay_out(pair(chain(*(f"op{i}" for i in range(20))), chain("op")), room=LOW))


def test_what_the_encoder_gives_to_readers_is_in_no_arrow_s_way() -> None:
    drawing = pair(SIX, SIX)
    result = Box("states", "states", "io")
    arrow = Arrow("encoder.b5", "states", "1 f32")
    drawing = Drawing((*drawing.boxes, result), (*drawing.arrows, arrow))
    found = lay_out(drawing, room=LOW)
    assert is_beside(found) and list(faults(drawing, found)) == []
    place = next(place for card, place in found.cards if card.box.key == "states")
    line = next(line for line in found.lines if line.arrow.target == "decoder.b0" and line.arrow.source != "tokens")
    for (x, y), (right, low) in zip(line.points, line.points[1:], strict=False):
        apart = max(x, right) < place.x or min(x, right) > place.right or max(y, low) < place.y
        assert apart or min(y, low) > place.bottom


def inside(module: str, drawing: Drawing) -> Drawing:
    """All but inputs and outputs in one module more."""
    boxes = [
        box if box.kind == "io" else replace(box, modules=(*scopes(module), *box.modules)) for box in drawing.boxes
    ]
    return replace(drawing, boxes=tuple(boxes))


def test_they_stand_side_by_side_in_a_module_too() -> None:
    assert is_beside(lay_out(inside("net", pair(SIX, SIX)), room=LOW))


def test_behind_a_long_stem_all_stays_on_the_sheet() -> None:
    stem = [Box(f"s{i}", f"op{i}", "shape") for i in range(16)]
    both = pair(chain(*(f"op{i}" for i in range(14))), chain(*(f"op{i}" for i in range(20))))
    boxes = [box for box in both.boxes if box.key not in ("x", "y")]
    arrows = [arrow for arrow in both.arrows if not {"x", "y"} & {arrow.source, arrow.target}]
    model = [replace(box, kind="shape", modules=(*scopes("model"), *box.modules)) for box in boxes]
    way = [*(box.key for box in stem), boxes[0].key]
    arrows += [Arrow(one, other, "2 f32") for one, other in pairwise(way)]
    drawing = Drawing((*stem, *model), tuple(arrows))
    for direction in ("down", "right"):
        assert list(faults(drawing, lay_out(drawing, direction))) == []


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawings(most=8), drawings(most=8), st.integers(0, 7), st.integers(0, 7))
def test_any_pair_holds_what_any_drawing_does(encoder: Drawing, decoder: Drawing, source: int, target: int) -> None:
    drawing = pair(encoder, decoder, source=source % len(encoder.boxes), target=target % len(decoder.boxes))
    for direction in ("down", "right"):
        assert list(faults(drawing, lay_out(drawing, direction, room=LOW))) == []
