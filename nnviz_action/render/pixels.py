"""SVG → pixels, by resvg with the fonts that are given alone, so that they are the same on every machine.

By one of two builds. That of the package resvg takes two fifths of the time; that of resvg-py is of a later version,
which alone leaves vowel signs their width. What both can draw, they draw alike, up to the soft edges of few letters:
tests/render/test_pixels.py.
"""

import io
from collections.abc import Sequence
from importlib.metadata import version

import resvg
import resvg_py
from PIL import Image

_AS_IT_IS = (1, 0, 0, 0, 1, 0)  # a transform, row by row


def rasterise(svg: str, fonts: Sequence[str], shaped: bool) -> Image.Image:
    """The picture, RGBA; `shaped` where its text has letters that join, or marks."""
    if shaped:
        png = resvg_py.svg_to_bytes(svg_string=svg, font_files=list(fonts), skip_system_fonts=True)
        return Image.open(io.BytesIO(png))
    options = resvg.usvg.Options.default()  # such belong to one thread
    for path in fonts:
        options.load_font_file(path)
    return Image.open(io.BytesIO(resvg.render(resvg.usvg.Tree.from_str(svg, options), _AS_IT_IS)))


def versions() -> dict[str, str]:
    """What paints, for the lock."""
    return {"paint": f"resvg {version('resvg')}, resvg-py {version('resvg-py')}"}
