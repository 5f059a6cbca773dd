"""Both builds of resvg: the quick one draws what the other one draws, save where letters join or carry marks."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops
from test_svg import EVERY_KIND, HEADING
from test_text import WORDS

from nnviz_action.render import text
from nnviz_action.render.picture import draw_sheet
from nnviz_action.render.pixels import rasterise
from nnviz_action.render.style import THEMES
from nnviz_action.render.svg import to_svg

DIAGRAMS = Path(__file__).parents[2] / "examples/diagrams"
MARKS = ("Vietnamese x̂", "а҈б", "⛷🏿🚮", "\u1112\u1161\u11ab")


def both(svg: str) -> tuple[Image.Image, Image.Image]:
    quick, later = (rasterise(svg, text.font_files(), shaped) for shaped in (False, True))
    return quick, later


def word(content: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="60">'
        f'<text xml:space="preserve" y="40" font-size="20">{text.tspans(content, 10, 20)}</text></svg>'
    )


@pytest.mark.parametrize("script", [name for name, content in WORDS.items() if not text.is_shaped(content)])
def test_plain_words_are_drawn_alike(script: str) -> None:
    quick, later = both(word(WORDS[script]))
    assert quick.getbbox() and ImageChops.difference(quick, later).getbbox() is None


def test_what_differs_is_known_to() -> None:
    """Vowel signs without a width are drawn over the next letter: such text goes another way."""
    differ = {name for name, content in WORDS.items() if len({image.tobytes() for image in both(word(content))}) > 1}
    assert {"Devanagari", "Tamil", "Khmer"} < differ
    assert all(text.is_shaped(WORDS[name]) for name in differ)


@pytest.mark.parametrize("content", MARKS)
def test_marks_are_shaped(content: str) -> None:
    assert text.is_shaped(content)


@pytest.mark.parametrize("theme", THEMES)
def test_every_kind_of_box_is_painted_alike(theme: str) -> None:
    quick, later = both(to_svg(draw_sheet(EVERY_KIND, HEADING).sheet, THEMES[theme], "d"))
    assert ImageChops.difference(quick, later).getbbox() is None


@pytest.mark.parametrize("view", ["forward", "autograd"])
def test_a_large_picture_is_painted_alike(view: str) -> None:
    quick, later = both((DIAGRAMS / "unet" / f"{view}.svg").read_text(encoding="utf-8"))
    assert ImageChops.difference(quick, later).getbbox() is None
