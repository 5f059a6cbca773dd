"""DOT text: escaped, nested, laid out by the real Graphviz."""

import io

import pytest
from graphs import chain, g, scopes
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.render import forward, style
from nnviz_action.render.dot import to_dot
from nnviz_action.render.layout import FONTS, LayoutTimeoutError, render_png
from nnviz_action.render.numbers import short
from nnviz_action.render.picture import picture
from nnviz_action.render.style import KINDS


def test_modules_become_nested_clusters() -> None:
    dot = to_dot(chain("a.b.x", "a.y", "z"), "t", "f")
    assert dot.count("subgraph cluster_") == 2
    assert dot.index("<B>a</B>") < dot.index("<B>b</B>") < dot.index("<B>x</B>")


def test_arrows_carry_their_labels() -> None:
    assert "n0 -> n1" in to_dot(chain("x", "y"), "t", "f")
    assert "2×4 f32" in to_dot(chain("x", "y"), "t", "f")


def test_an_empty_drawing_is_a_picture_too() -> None:
    assert render_png(to_dot(Drawing((), ()), "t", "f"), 20).startswith(b"\x89PNG")


def contrast(one: str, other: str) -> float:
    """WCAG 2.1: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""

    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", KINDS)
def test_every_text_can_be_read(name: str) -> None:
    kind = KINDS[name]
    assert contrast(kind.fill, kind.line) >= 4.5, "the class name is written in the colour of the line"
    assert contrast(kind.fill, "#1F2328") >= 4.5


def test_numbers_read_at_a_glance() -> None:
    found = [short(n) for n in (0, 999, 1000, 9408, 11_689_512, 138_357_544, 8_030_261_248, 405e9)]
    assert found == ["0", "999", "1.00 k", "9.41 k", "11.7 M", "138 M", "8.03 B", "405 B"]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_drawn(title: str, row: str, label: str) -> None:
    boxes = (Box("a", title, "shape", subtitle=row, rows=(row,), modules=scopes("-")), Box("b", row, "saved"))
    png = render_png(to_dot(Drawing(boxes, (Arrow("a", "b", label),)), title, row), 20)
    assert Image.open(io.BytesIO(png)).width > 0


def test_the_picture_carries_its_digest_and_a_palette() -> None:
    image = Image.open(io.BytesIO(picture(forward.draw(g("x > Conv > y", "a")), "t", "f", "the digest")))
    assert image.text["nnviz-digest"] == "the digest"
    assert image.mode == "P"


def test_the_colours_of_the_style_do_not_shift() -> None:
    drawing = forward.draw(g("x > Conv > Relu > MaxPool > y", "a.conv a.relu a.pool"))
    png = Image.open(io.BytesIO(picture(drawing, "t", "f", "d"))).convert("RGB")
    found = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in png.getcolors(1_000_000)}
    used = (
        {KINDS[kind].fill for kind in ("convolution", "activation", "pooling")}
        | set(style.CLUSTER_FILLS[1:])
        | {style.PAPER}
    )
    assert used <= found
    assert len(found) <= 192


def test_drawing_leaves_nothing_beside_the_fonts() -> None:
    render_png(to_dot(chain("x", "y"), "t", "f"), 20)
    assert sorted(path.name for path in FONTS.iterdir()) == ["DejaVuSans-Bold.ttf", "DejaVuSans.ttf", "LICENSE"]


def test_a_layout_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(LayoutTimeoutError):
        render_png(to_dot(chain(*(f"x{i}" for i in range(40))), "t", "f"), 0.001)


def test_a_drawing_with_too_many_arrows_is_folded_further() -> None:
    boxes = tuple(Box(f"b{i}", f"op{i}", "shape", modules=scopes(f"m{i // 5}")) for i in range(60))
    arrows = tuple(Arrow(f"b{i}", f"b{j}") for i in range(60) for j in range(i + 1, 60))
    image = Image.open(io.BytesIO(picture(Drawing(boxes, arrows), "t", "f", "d")))
    assert image.height < 6000
