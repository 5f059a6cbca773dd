"""What holds for the places of any drawing."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_drawings import drawings

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.values import own_name
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.layout.values import Layout, Point, Rect
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading, compose

often = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
NEAR = 0.1  # pixels


def on_edge(point: Point, place: Rect) -> bool:
    x, y = point
    beside = min(abs(x - place.x), abs(x - place.right)) < NEAR and place.y - NEAR < y < place.bottom + NEAR
    above = min(abs(y - place.y), abs(y - place.bottom)) < NEAR and place.x - NEAR < x < place.right + NEAR
    return beside or above


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x > outer.x - NEAR
        and inner.y > outer.y - NEAR
        and inner.right < outer.right + NEAR
        and inner.bottom < outer.bottom + NEAR
    )


def apart(one: Rect, other: Rect) -> bool:
    beside = one.right < other.x + NEAR or other.right < one.x + NEAR
    return beside or one.bottom < other.y + NEAR or other.bottom < one.y + NEAR


def faults(drawing: Drawing, layout: Layout) -> Iterator[str]:
    places = {card.box.key: place for card, place in layout.cards}
    yield from (f"{key} has no place" for key in {box.key for box in drawing.boxes} ^ set(places))
    if [line.arrow for line in layout.lines] != list(drawing.arrows):
        yield "not one line for each arrow"
    for line in layout.lines:
        name, points = f"{line.arrow.source} → {line.arrow.target}", line.points
        if not on_edge(points[0], places[line.arrow.source]):
            yield f"{name} does not start at its box"
        if not on_edge(points[-1], places[line.arrow.target]):
            yield f"{name} does not end at its box"
        for (x1, y1), (x2, y2) in pairwise(points):
            if min(abs(x1 - x2), abs(y1 - y2)) > NEAR:
                yield f"{name} is slanted"
        if len(points) < 2:
            yield f"{name} is a point"
    yield from frames(layout)
    yield from labels(layout)


def labels(layout: Layout) -> Iterator[str]:
    told = [(line.label, line.place) for line in layout.lines if line.place]
    for label, place in told:
        for card, other in layout.cards:
            if not apart(place, other):
                yield f"label {label} lies on {card.box.key}"
    for (one, here), (other, there) in combinations(told, 2):
        if not apart(here, there):
            yield f"label {one} lies on label {other}"


def frames(layout: Layout) -> Iterator[str]:
    whole = Rect(0, 0, layout.width, layout.height)
    for place in (*(place for _, place in layout.cards), *(cluster.place for cluster in layout.clusters)):
        if not inside(place, whole):
            yield f"{place} leaves the sheet"
    for line in layout.lines:
        if not all(-NEAR < x < layout.width + NEAR and -NEAR < y < layout.height + NEAR for x, y in line.points):
            yield f"the line {line.arrow} leaves the sheet"
        if line.place and not inside(line.place, whole):
            yield f"the label of {line.arrow} leaves the sheet"
    for one, other in combinations(layout.clusters, 2):
        if not (apart(one.place, other.place) or inside(one.place, other.place) or inside(other.place, one.place)):
            yield f"{one.title} and {other.title} overlap"
    for card, place in layout.cards:
        around = [cluster.title for cluster in layout.clusters if inside(place, cluster.place)]
        if sorted(around) != sorted(own_name(card.box.modules[:end]) for end in range(1, len(card.box.modules) + 1)):
            yield f"{card.box.key} stands in {around}"


@often
@given(drawings())
def test_every_arrow_leads_from_its_box_to_its_box_and_across_none(drawing: Drawing) -> None:
    layout = lay_out(drawing)
    assert list(faults(drawing, layout)) == []
    sheet = compose(layout, Heading("n", ()))
    assert [flaw for flaw in flaws(sheet, 1000, labelled=False) if "allowed" not in flaw] == []


@often
@given(drawings(back=True))
def test_arrows_may_lead_back(drawing: Drawing) -> None:
    assert list(faults(drawing, lay_out(drawing))) == []


@often
@given(drawings())
def test_a_flow_to_the_right_holds_the_same(drawing: Drawing) -> None:
    assert list(faults(drawing, lay_out(drawing, "right"))) == []


RESULT = "a_long_name_of_a_result"


@often
@given(st.integers(1, 6), st.integers(0, 3), st.integers(1, 4))
def test_results_of_the_middle_stand_in_no_arrow_s_way(results: int, inputs: int, layers: int) -> None:
    """Both stacks of an encoder and a decoder, and what the encoder gives to readers as well."""
    boxes = [Box("x", "x", "io"), Box("enc", "encoder", "linear", "Linear")]
    boxes += [Box(f"in{i}", f"{RESULT}_in_{i}", "io") for i in range(inputs)]
    boxes += [Box(f"dec{i}", f"decoder_{i}", "linear", "Linear") for i in range(layers)]
    boxes += [Box(f"out{i}", f"{RESULT}_{i}", "io") for i in range(results)] + [Box("y", "y", "io")]
    chain = ["x", "enc", *(f"dec{i}" for i in range(layers)), "y"]
    arrows = [Arrow(a, b, "2 f32") for a, b in pairwise(chain)]
    arrows += [Arrow("enc", f"out{i}", "2 f32") for i in range(results)]
    arrows += [Arrow("enc", f"dec{i}", "2 f32") for i in range(1, layers)]
    arrows += [Arrow(f"in{i}", f"dec{layers - 1}", "2 f32") for i in range(inputs)]
    drawing = Drawing(tuple(boxes), tuple(arrows))
    assert list(faults(drawing, lay_out(drawing))) == []
    sheet = compose(lay_out(drawing), Heading("n", ()))
    assert [flaw for flaw in flaws(sheet, 1000, labelled=False) if "allowed" not in flaw] == []
