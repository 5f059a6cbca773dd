"""Boxes coloured by what they cost, and the scale that says how much that is."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from graphs import row, scopes
from PIL import Image

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.fold import Opening
from nnviz_action.graph.numbers import Numbers
from nnviz_action.render.picture import Drawn, draw_sheet, paint
from nnviz_action.render.review import MIN_CONTRAST, contrast, faint
from nnviz_action.render.shades import BORDERS, Cost, cost_of
from nnviz_action.render.sheet import Heading
from nnviz_action.render.style import THEMES, Theme, colors
from nnviz_action.render.svg import to_svg

HEADING = Heading("net", ("1000 parameters",))
SVG = "{http://www.w3.org/2000/svg}"
THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def box(key: str, count: int, modules: str = "-", **more: int) -> Box:
    return Box(key, key, "linear", "Linear", ("4→4",), scopes(modules), Numbers(count, **more))


NET = row(box("a", 0), box("b", 1), box("c", 19), box("d", 300, "net"), box("e", 680, "net"))


def drawn(drawing: Drawing, color: str = "parameters", **options: object) -> Drawn:
    return draw_sheet(drawing, HEADING, cost=cost_of(drawing, color), **options)  # type: ignore[arg-type]


def fills(found: Drawn, theme: Theme) -> dict[str, str]:
    """The colour of each card by its key: what is painted at the place of its left edge."""
    painted = ET.fromstring(to_svg(found.sheet, theme, "d"))
    at = {(r.get("x"), r.get("y"), r.get("width")): r.get("fill", "") for r in painted.iter(f"{SVG}rect")}
    places = {card.box.key: place for card, place in found.sheet.layout.cards}
    return {key: at[f"{p.x:.1f}", f"{p.y:.1f}", f"{p.width:.1f}"] for key, p in places.items()}


@THEME
def test_the_costliest_box_has_the_strongest_shade_and_what_costs_nothing_none(theme: Theme) -> None:
    found = fills(drawn(NET), theme)
    assert found["e"] == found["d"] == theme.shades[-1]  # 68 and 30 of a hundred
    assert found["c"] == theme.shades[3] and found["b"] == theme.shades[1]  # 1.9 and 0.1 of a hundred
    assert found["a"] == theme.paper


@pytest.mark.parametrize("color", ["parameters", "macs", "activations"])
def test_what_is_counted_is_what_was_asked_for(color: str) -> None:
    boxes = [replace(box(name, 0), numbers=Numbers(**{name: 1})) for name in ("parameters", "macs", "activations")]
    found = fills(drawn(row(*boxes), color), THEMES["light"])
    assert [key for key, fill in found.items() if fill == THEMES["light"].shades[-1]] == [color]


def test_a_closed_module_costs_what_all_in_it_cost_and_copies_are_counted_all() -> None:
    closed = drawn(NET, opening=Opening(collapse=("net",)))
    (module,) = [card.box for card, _ in closed.sheet.layout.cards if card.box.kind == "module"]
    assert closed.sheet.cost is not None and closed.sheet.cost.share(module) == pytest.approx(0.98)
    twelve = Box("x", "fc", "linear", numbers=Numbers(12 * 10), shares=12)
    assert Cost("parameters", 1200).share(twelve) == pytest.approx(0.1)


def test_the_numbers_of_the_scale_stand_where_the_shades_meet() -> None:
    scale = drawn(NET).sheet.scale
    assert scale is not None and scale.title == "share of parameters"
    cells = [(step, place) for step, place in scale.cells if step is not None]
    assert [step for step, _ in cells] == list(range(len(THEMES["light"].shades))) == list(range(len(BORDERS) + 1))
    said = {x: float(text.removesuffix(" %")) / 100 for text, x, _ in scale.numbers if text != "none"}
    assert said == {place.x: pytest.approx(BORDERS[step - 1]) for step, place in cells[1:]}
    for step, place in cells[1:]:
        assert Cost("macs", 10**6).shade(box("x", 0, macs=round(said[place.x] * 10**6))) == step
        assert Cost("macs", 10**6).shade(box("x", 0, macs=round(said[place.x] * 10**6) - 1)) == step - 1


def test_the_scale_is_there_instead_of_the_kinds_whose_marks_stay() -> None:
    by_cost, by_kind = drawn(NET), drawn(NET, "kind")
    assert by_cost.sheet.legend == () and by_kind.sheet.scale is None and by_kind.sheet.legend
    texts = [
        "".join(t.itertext()) for t in ET.fromstring(to_svg(by_cost.sheet, THEMES["dark"], "d")).iter(f"{SVG}text")
    ]
    assert {"∑ a", "share of parameters", "0.1 %", "30 %", "none"} <= set(texts)
    scale = by_cost.sheet.scale
    assert scale is not None and scale.right < by_cost.sheet.width
    assert scale.bottom < min(place.y for _, place in by_cost.sheet.layout.cards)


def test_without_numbers_kinds_are_coloured() -> None:
    assert cost_of(NET, "macs") is None and cost_of(NET, "kind") is None
    assert drawn(NET, "macs").sheet == draw_sheet(NET, HEADING).sheet


def test_a_part_is_coloured_by_its_share_of_the_whole() -> None:
    part = replace(NET, boxes=NET.boxes[:3], arrows=NET.arrows[:2])
    alone = fills(draw_sheet(part, HEADING, cost=cost_of(NET, "parameters")), THEMES["light"])
    assert alone.items() <= fills(drawn(NET), THEMES["light"]).items()
    assert alone != fills(drawn(part), THEMES["light"])


@THEME
def test_shades_are_even_in_lightness_and_the_last_is_farthest_from_the_paper(theme: Theme) -> None:
    labs = [lab(shade) for shade in theme.shades]
    steps = [((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2) ** 0.5 for a, b in pairwise(labs)]
    assert max(steps) / min(steps) < 1.15 and min(steps) > 7
    light = [one[0] for one in labs]
    assert light == sorted(light, reverse=theme.name == "light")
    away = [contrast(shade, theme.paper) for shade in theme.shades]
    assert away == sorted(away)


def lab(color: str) -> tuple[float, float, float]:
    """CIELAB of an sRGB colour, for the white of D65."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@THEME
def test_all_text_can_be_read_on_every_shade(theme: Theme) -> None:
    assert faint() == []
    for key, fill in fills(drawn(NET), theme).items():
        assert contrast(theme.ink, fill) >= MIN_CONTRAST, key
    text = to_svg(drawn(NET).sheet, theme, "d")
    cards = text[text.index(theme.shades[-1], text.index("none<")) :]  # behind the heading and the scale
    assert set(re.findall(r'<text[^>]* fill="(#\w+)"', cards)) == {theme.ink}


@THEME
def test_shades_do_not_shift_in_a_png_and_its_bytes_are_the_same_each_time(theme: Theme) -> None:
    assert set(theme.shades) <= set(colors(theme))
    one, other = (paint(drawn(NET), "x", "d", (theme.name,), ("png",)) for _ in range(2))
    assert one == other
    image = Image.open(io.BytesIO(next(iter(one.values())))).convert("RGB")
    painted = {"#{:02X}{:02X}{:02X}".format(*color) for _, color in image.getcolors(1_000_000)}
    assert set(theme.shades) <= painted
