"""The bundled fonts: which of them has a character, and how far that character moves the pen.

Coverage is read from the fonts' own `cmap` tables, far quicker than by asking a font library for each character.
"""

import re
import struct
from functools import cache, lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import ImageFont

from nnviz_action.render.pixels import rasterise

FONTS = Path(__file__).parent / "fonts"
FAMILY = "'DejaVu Sans', sans-serif"
REGULAR, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
_LAST = ("DroidSansFallback.ttf", "NotoEmoji.ttf", "NotoSansMath.ttf", "NotoSansSymbols.ttf", "NotoSansSymbols2.ttf",
         "Unifont.otf", "UnifontUpper.otf")  # fmt: skip
SCRIPTS = tuple(sorted({path.name for path in FONTS.glob("*.[ot]tf")} - {REGULAR, BOLD, *_LAST}))
FILES = (REGULAR, BOLD, *SCRIPTS, *_LAST)
EM = 2048  # pixels at which advances are measured: FreeType rounds them to whole pixels


@cache
def covered(file: str) -> frozenset[str]:
    """The characters of a font: format 12 of https://learn.microsoft.com/typography/opentype/spec/cmap."""
    with (FONTS / file).open("rb") as font:
        directory = font.read(12 + 16 * 64)
        at = next(i for i in range(12, len(directory), 16) if directory[i : i + 4] == b"cmap")
        offset, length = struct.unpack_from(">II", directory, at + 8)
        font.seek(offset)
        table = font.read(length)
    start = struct.unpack_from(">I", table, 8)[0]
    form, groups = struct.unpack_from(">H10xI", table, start)
    assert form == 12, f"{file} was not made by tools/fonts.py"
    found = struct.iter_unpack(">III", table[start + 16 : start + 16 + 12 * groups])
    return frozenset(chr(point) for first, last, _ in found for point in range(first, last + 1))


@cache
def font_of(char: str, bold: bool = False) -> str | None:
    """The first font that has the character."""
    order = (BOLD, *FILES) if bold else (REGULAR, *FILES[2:])
    return next((file for file in order if char in covered(file)), None)


class _Advances(dict[str, float]):
    """Advances of single characters, in em, each measured when it is first asked for."""

    def __init__(self, file: str) -> None:
        self.font = ImageFont.truetype(FONTS / file, EM, layout_engine=ImageFont.Layout.BASIC)

    def __missing__(self, char: str) -> float:
        self[char] = 0.0 if char in "\u200c\u200d" else self.font.getlength(char) / EM
        return self[char]


advances = cache(_Advances)


@lru_cache(4096)
def measure(text: str, file: str) -> float:
    """The width of a text in one font, in em: the sum of the advances, since the main fonts have no kerning."""
    plain = sum(map(advances(file).__getitem__, text))
    return _shaped(text, file, plain) if file in SCRIPTS else plain


def _shaped(text: str, file: str, plain: float) -> float:
    """The width where letters join, in em: as long as the line that resvg draws under the text.

    Not by Raqm, which Pillow has on some machines alone: Arabic would be half as wide again on the others.
    """
    size = min(64.0, 20_000 / (plain + 1))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * plain * size + 64:.0f}" height="{size:.0f}">'
        f'<text y="2" font-family="{family(file)}" font-size="{size}" xml:space="preserve"'
        f' text-decoration="underline"><tspan fill="none">{escape(text)}</tspan></text></svg>'
    )
    line = rasterise(svg, [str(FONTS / file)], shaped=True).getchannel("A").reduce((1, round(size)))
    return sum(line.tobytes()) / max(line.tobytes()[0], 1) / size


def family(file: str) -> str:
    """The CSS font-family that draws with one bundled font."""
    if file in (REGULAR, BOLD):
        return FAMILY
    return f"'{re.sub('(?<=[a-z])(?=[A-Z0-9])', ' ', file[:-4])}', {FAMILY}"
