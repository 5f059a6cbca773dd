"""What a reader follows without thinking is a straight line: chains, main paths, equal modules."""

from dataclasses import replace
from itertools import pairwise

from graphs import chain, scopes
from layout_faults import on_others

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.numbers import Numbers
from nnviz_action.render import style
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.layout.values import Layout, Point
from nnviz_action.render.picture import draw_sheet
from nnviz_action.render.sheet import Heading


def made(boxes: str, *arrows: str, **weights: int) -> Drawing:
    """`made("x a.conv a.relu y", "x > a.conv > a.relu > y")`; weights are numbers of parameters by title."""
    found = []
    for path in boxes.split():
        owner, _, title = path.rpartition(".")
        kind = "convolution" if title in weights else "shape"
        numbers = Numbers(weights.get(title, 0))
        found.append(Box(path, title, kind, modules=scopes(owner or "-"), numbers=numbers))
    ways = (arrow.split(" > ") for arrow in arrows)
    return Drawing(tuple(found), tuple(Arrow(a, b, "2×4 f32") for way in ways for a, b in pairwise(way)))


def way(layout: Layout, source: str, target: str) -> tuple[Point, ...]:
    return next(line.points for line in layout.lines if (line.arrow.source, line.arrow.target) == (source, target))


def is_straight(layout: Layout, source: str, target: str) -> bool:
    (x1, _), (x2, _), *more = way(layout, source, target)
    return x1 == x2 and not more


def middles(layout: Layout) -> dict[str, float]:
    return {card.box.key: place.x + place.width / 2 for card, place in layout.cards}


def test_a_chain_is_one_vertical_line_whatever_stands_in_it() -> None:
    found = lay_out(chain("x", "a_long_name_of_a_function", "m.n.y", "m.a_still_longer_name_of_a_function", "z"))
    assert len(set(middles(found).values())) == 1
    assert all(len(line.points) == 2 for line in found.lines)
    assert len({x for line in found.lines for x, _ in line.points}) == 1


def test_arrows_of_a_chain_lead_from_edge_to_edge_downwards() -> None:
    found = lay_out(chain("x", "m.y", "z"))
    places = [place for _, place in found.cards]
    for line, above, below in zip(found.lines, places, places[1:], strict=False):
        assert [y for _, y in line.points] == [above.bottom, below.y]


RESIDUAL = made(
    "x b.conv1 b.relu b.conv2 b.add y",
    "x > b.conv1 > b.relu > b.conv2 > b.add > y",
    "x > b.add",
    conv1=9,
    conv2=9,
)


def test_a_main_path_beside_a_shortcut_is_straight() -> None:
    found = lay_out(RESIDUAL)
    path = ["x", "b.conv1", "b.relu", "b.conv2", "b.add", "y"]
    assert all(is_straight(found, a, b) for a, b in pairwise(path))


def test_a_shortcut_stays_in_its_frame() -> None:
    found = lay_out(RESIDUAL)
    (frame,) = (cluster.place for cluster in found.clusters)
    top = next(place for card, place in found.cards if card.box.key == "x").bottom
    for x, y in way(found, "x", "b.add"):
        assert frame.x < x < frame.right
        assert top <= y < frame.bottom


def test_a_downsampling_shortcut_stands_beside_the_main_path() -> None:
    drawing = made(
        "x b.conv1 b.conv2 b.down.conv b.down.bn b.add",
        "x > b.conv1 > b.conv2 > b.add",
        "x > b.down.conv > b.down.bn > b.add",
        conv1=90,
        conv2=90,
        conv=9,
    )
    found = lay_out(drawing)
    assert is_straight(found, "x", "b.conv1") and is_straight(found, "b.conv2", "b.add")
    assert is_straight(found, "b.down.conv", "b.down.bn")
    down = next(cluster.place for cluster in found.clusters if cluster.title == "down")
    assert not down.x < middles(found)["b.conv1"] < down.right


def test_of_three_alike_branches_the_middle_one_goes_straight_on() -> None:
    found = lay_out(made("x a b c add", *(f"x > {branch} > add" for branch in "abc")))
    at = middles(found)
    assert is_straight(found, "x", "b") and is_straight(found, "b", "add")
    assert at["a"] < at["b"] < at["c"], "in the author's order"


def relative(layout: Layout, module: str) -> list[tuple[float, ...]]:
    """What lies in a module, from the module's own corner."""
    (frame,) = (cluster.place for cluster in layout.clusters if cluster.title == module)
    inside = [
        place for card, place in layout.cards if any(around.path.endswith(module) for around in card.box.modules)
    ]
    lines = [
        line.points
        for line in layout.lines
        if line.arrow.source.startswith(f"{module}.") and line.arrow.target.startswith(f"{module}.")
    ]
    corners = [(round(x - frame.x, 6), round(y - frame.y, 6)) for points in lines for x, y in points]
    places = [(round(p.x - frame.x, 6), round(p.y - frame.y, 6), p.width, p.height) for p in inside]
    return [(frame.width, frame.height), *places, *corners]


def test_equal_modules_look_alike_wherever_they_stand() -> None:
    block = ("{}.conv", "{}.relu", "{}.mul", "{}.add")
    boxes = " ".join(part.format(name) for name in "one two six".split() for part in block)
    flows = [" > ".join(part.format(name) for part in block) for name in "one two six".split()]
    shortcuts = [f"{name}.conv > {name}.add" for name in "one two six".split()]
    outside = ("x > one.conv", "x > two.conv", "one.add > join", "two.add > join", "join > six.conv", "six.add > y")
    found = lay_out(made(f"x {boxes} join y", *flows, *shortcuts, *outside, conv=9))
    assert relative(found, "one") == relative(found, "two") == relative(found, "six")


def test_to_the_right_is_the_same_with_the_axes_exchanged() -> None:
    found = lay_out(chain("x", "m.y", "m.n.z", "end"), "right")
    assert all(len(line.points) == 2 for line in found.lines)
    assert len({y for line in found.lines for _, y in line.points}) == 1
    lefts = [place.x for _, place in found.cards]
    assert lefts == sorted(lefts)


def test_a_shortcut_to_the_right_runs_above_or_below_the_main_path() -> None:
    found = lay_out(RESIDUAL, "right")
    main = {y for _, y in way(found, "b.conv1", "b.relu")}
    assert len(main) == 1
    assert {y for _, y in way(found, "b.relu", "b.conv2")} == main
    assert {y for _, y in way(found, "x", "b.add")} - main


def test_what_is_gone_does_not_bend_what_is_there() -> None:
    drawing = made("x a.conv a.norm old up y", "x > a.conv > a.norm > up > y", "a.norm > old > up", conv=9, up=9)
    boxes = tuple(replace(box, kind="removed") if box.key == "old" else box for box in drawing.boxes)
    found = lay_out(replace(drawing, boxes=boxes))
    assert is_straight(found, "a.norm", "up") and not is_straight(found, "a.norm", "old")


def test_who_says_down_gets_down_and_who_says_nothing_what_fits() -> None:
    boxes = [
        Box(f"b{i}", f"op{i}", "linear", "Linear", (f"{i} of many words that are told here",)) for i in range(30)
    ]
    wide = Drawing((Box("x", "x", "io"), *boxes), tuple(Arrow("x", box.key, "2 f32") for box in boxes))
    down, fitting = (draw_sheet(wide, Heading("n", ()), direction=way).sheet for way in ("down", None))
    assert {place.y > down.layout.cards[0][1].bottom for _, place in down.layout.cards[1:]} == {True}
    assert fitting.width < style.COMFORTABLE[0] < down.width


def test_values_that_enter_a_module_side_by_side_do_not_lie_on_one_another() -> None:
    boxes = "x tables a.q a.k a.p a.cat y"
    ways = ("x > a.q > a.cat > y", "x > a.k > a.cat", "tables > a.p > a.cat", "tables > a.q", "tables > a.k")
    assert list(on_others(lay_out(made(boxes, *ways)))) == []
