"""SVG → pixels, by resvg with the fonts that are given alone, so that they are the same on every machine.

By one of two builds. That of the package resvg takes two fifths of the time; that of resvg-py is of a later version,
which alone leaves vowel signs their width. What both can draw, they draw alike, up to the soft edges of few letters:
tests/render/test_pixels.py.
"""

import hashlib
import io
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import resvg
import resvg_py
from PIL import Image

from nnviz_action import drawing, render

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
    """What paints, for the lock: of our own code and fonts a hash, as their version stays between two releases."""
    paint = ", ".join(f"{name} {version(name)}" for name in ("resvg", "resvg-py", "pillow"))
    return {"paint": f"{paint}, layout {_layout()}"}


@cache
def _layout() -> str:
    """A hash of all that decides how a drawing becomes a picture."""
    found = hashlib.sha256()
    for folder in (render, drawing):
        root = Path(folder.__path__[0])
        for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".ttf")):
            found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:12]
