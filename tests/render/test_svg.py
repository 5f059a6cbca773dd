"""The pictures themselves: SVG that any reader parses, and PNG with a palette."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from graphs import chain, row, scopes
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module
from nnviz_action.render import style
from nnviz_action.render.glyphs import FONTS
from nnviz_action.render.picture import draw_sheet, paint
from nnviz_action.render.png import COLOURS, to_png
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading, Sheet
from nnviz_action.render.style import KINDS, THEMES, Theme
from nnviz_action.render.svg import to_svg

HEADING = Heading("net", ("174 parameters · opset 20", "x 2×4 f32 → y 2×4 f32"))
EVERY_KIND = row(*(Box(kind, kind, kind) for kind in KINDS if kind not in ("port", "entry")))


def sheet(drawing: Drawing, heading: Heading = HEADING) -> Sheet:
    return draw_sheet(drawing, heading).sheet


def svg(drawing: Drawing, theme: str = "light") -> ET.Element:
    return ET.fromstring(to_svg(sheet(drawing), THEMES[theme], "the digest"))


def words(found: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in found.iter("{http://www.w3.org/2000/svg}text")]


def test_it_says_what_it_is_to_those_who_do_not_see_it() -> None:
    found = svg(chain("x"))
    texts = {child.tag.partition("}")[2]: child.text for child in found if child.text and child.text.strip()}
    assert texts == {"title": "net", "desc": "174 parameters · opset 20. x 2×4 f32 → y 2×4 f32"}
    assert found.get("role") == "img"
    assert found.get("data-nnviz-digest") == "the digest"


def test_an_arrow_that_went_is_in_the_legend_as_an_arrow() -> None:
    drawing = row(Box("a", "a", "linear"), Box("b", "b", "linear"))
    gone = replace(drawing, arrows=tuple(replace(arrow, style="removed") for arrow in drawing.arrows))
    assert [kind for kind, _, _ in sheet(gone).legend] == ["linear", "removed"]
    dashes = f'stroke-dasharray="{style.ARROWS["removed"][0]}"'
    text = to_svg(sheet(gone), THEMES["light"], "d")
    assert text.count(dashes) == len(gone.arrows) + 1 and KINDS["removed"].light[1] not in text


def test_all_that_a_box_says_is_there() -> None:
    box = Box(
        "a",
        "conv1",
        "convolution",
        "Conv2d",
        ("7×7, 3→64", "weight 64×3×7×7"),
        (Module("net", "lib.Net"),),
        Numbers(9408),
    )
    found = words(svg(row(box, Box("y", "y", "io"))))
    assert {"▦ net.conv1", "Conv2d", "7×7, 3→64", "9.41 k", "→ 2×4", "2×4"} <= set(found)
    assert "weight 64×3×7×7" not in found, "it follows from what else is there"


def test_copies_are_counted_where_the_parameters_are() -> None:
    scope = (Module("layers", "lib.Block", title="0 … 11", copies=12),)
    boxes = [
        Box(f"{i}", "fc", "linear", rows=("4→4",), modules=scope, numbers=Numbers(12000), shares=12) for i in range(2)
    ]
    found = words(svg(row(*boxes)))
    assert {"0 … 11", "Block ×12", "12 × 1.00 k"} <= set(found)


def test_the_legend_lists_exactly_the_kinds_that_are_there() -> None:
    boxes = [Box("x", "x", "io"), Box("a", "a", "linear"), Box("b", "b", "activation"), Box("c", "c", "linear")]
    assert [kind for kind, _, _ in sheet(row(*boxes)).legend] == ["linear", "activation"]
    assert sheet(row(Box("x", "x", "io"))).legend == ()


def test_no_two_kinds_of_the_legend_share_a_mark_or_a_name() -> None:
    listed = [KINDS[kind] for kind, _, _ in sheet(EVERY_KIND).legend]
    assert len(listed) > 15
    assert len({kind.mark for kind in listed}) == len({kind.name for kind in listed}) == len(listed)


def test_both_themes_draw_the_same_in_other_colours() -> None:
    light, dark = (to_svg(sheet(EVERY_KIND), THEMES[name], "d") for name in ("light", "dark"))
    assert light != dark
    assert re.sub("#[0-9A-F]{6}", "#", light) == re.sub("#[0-9A-F]{6}", "#", dark)
    assert set(re.findall("#[0-9A-F]{6}", dark)) <= set(style.colors(THEMES["dark"]))


def test_a_long_heading_is_broken_into_lines_within_the_sheet() -> None:
    facts = " · ".join(f"input_{i} 1×3×224×224 f32" for i in range(30))
    found = sheet(chain("x"), Heading("n" * 60, (facts,)))
    assert len(found.heading) > 5
    assert flaws(found, 10) == []


def test_a_long_title_stays_within_the_sheet() -> None:
    assert flaws(sheet(chain("x"), Heading("layer_with_a_name." * 14, ())), 10) == []


ODD = [
    "",
    "a<b>&\"'",
    "شبكة عصبية",
    "网络",
    "नेटवर्क",
    "👩‍👩‍👧🇩🇪",
    "\x00\x1b\ufffe",
    "\x1f\n",
    "e\u0301",
    "\u202eabc",
    "x" * 60,
]
any_text = st.text(max_size=25) | st.sampled_from(ODD)


def with_texts(texts: list[str], kinds: list[str]) -> Sheet:
    """Three boxes, the second in modules, with these texts everywhere."""
    (a, b, c, d), modules = texts, scopes("a.b")
    inner = (replace(modules[0], path=a), replace(modules[1], path=f"{a}.{b}", kind=f"lib.{c}"))
    boxes = [Box(f"{i}", d, kind, c, (b, a), inner if i == 1 else ()) for i, kind in enumerate(kinds)]
    return sheet(Drawing(tuple(boxes), (Arrow("0", "1", a), Arrow("1", "2", b, "saved"))), Heading(c, (d,)))


def is_sound(drawn: Sheet) -> None:
    """It parses, says what it is, and is no larger than allowed."""
    for theme in THEMES.values():
        found = ET.fromstring(to_svg(drawn, theme, "d"))
        assert {"title", "desc"} <= {child.tag.partition("}")[2] for child in found}
    assert [flaw for flaw in flaws(drawn, 60, labelled=False) if not flaw.endswith("is cut")] == []


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_drawn_within_the_sheet(text: str) -> None:
    is_sound(with_texts([text] * 4, ["linear", "module", "saved"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(any_text, min_size=4, max_size=4), st.lists(st.sampled_from(list(KINDS)), min_size=3, max_size=3))
def test_any_text_is_drawn_within_the_sheet(texts: list[str], kinds: list[str]) -> None:
    is_sound(with_texts(texts, [kind if kind != "port" else "io" for kind in kinds]))


@pytest.mark.parametrize("theme", THEMES)
def test_the_png_is_as_large_as_the_sheet_and_carries_the_digest_and_a_palette(theme: str) -> None:
    drawn = sheet(chain("a.x", "a.y"))
    image = Image.open(io.BytesIO(to_png(to_svg(drawn, THEMES[theme], "d"), THEMES[theme], "the digest")))
    assert image.size == (drawn.width, drawn.height)
    assert image.text["nnviz-digest"] == "the digest"
    assert image.mode == "P"
    assert image.getpixel((1, 1)) in range(COLOURS)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_colours_of_the_style_do_not_shift(theme: Theme) -> None:
    fills = {fill for kind in KINDS for fill in theme.kind(kind)[:2]} | {theme.paper, *theme.clusters}
    plain = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="{}"/></svg>'
    )
    painted = {fill: Image.open(io.BytesIO(to_png(plain.format(fill), theme, "d"))).convert("RGB") for fill in fills}
    assert {fill: "#{:02X}{:02X}{:02X}".format(*image.getpixel((4, 4))) for fill, image in painted.items()} == {
        f: f for f in fills
    }


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_picture_has_few_colours_and_those_of_the_style_among_them(theme: Theme) -> None:
    boxes = [Box(b.key, b.title, b.kind, "Class", ("a row",), scopes("net.inner")) for b in EVERY_KIND.boxes]
    svg_text = to_svg(sheet(row(*boxes)), theme, "d")
    image = Image.open(io.BytesIO(to_png(svg_text, theme, "d"))).convert("RGB")
    painted = {color for _, color in image.getcolors(1_000_000)}
    assert len(painted) <= COLOURS
    assert {ImageColor.getrgb(fill) for fill in re.findall('<rect[^>]* fill="(#[0-9A-F]{6})"', svg_text)} <= painted


def test_painting_gives_what_was_asked_for_and_leaves_nothing_beside_the_fonts() -> None:
    before = sorted(FONTS.iterdir())
    found = paint(draw_sheet(chain("x", "y"), HEADING), "forward", "d", ("light", "dark"), ("png", "svg"))
    assert sorted(found) == ["forward-dark.png", "forward-dark.svg", "forward.png", "forward.svg"]
    assert all(data.startswith(b"\x89PNG" if name.endswith("png") else b"<svg") for name, data in found.items())
    assert sorted(FONTS.iterdir()) == before
