"""SVG → PNG with a palette, which carries the hashes of what it shows."""

import io
from collections.abc import Sequence

import numpy
from PIL import Image, ImageColor, PngImagePlugin

from nnviz_action.freshness.contents import DRAWING
from nnviz_action.render.pixels import rasterise
from nnviz_action.render.style import Theme, colors
from nnviz_action.render.text import font_files, is_shaped

COLOURS = 192
NONE = 255  # no colour's place: there are fewer
NEAR = 8  # largest difference of a channel at which two colours are one


def to_png(svg: str, theme: Theme, digest: str, drawing: str = "") -> bytes:
    """The picture with the bundled fonts only, so that it is the same on every machine."""
    used = [color for color in colors(theme) if color in svg]
    image = _with_palette(rasterise(svg, font_files(), is_shaped(svg)).convert("RGB"), used)
    info = PngImagePlugin.PngInfo()
    info.add_text("nnviz-digest", digest)
    if drawing:
        info.add_text(DRAWING, drawing)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6, pnginfo=info)  # the highest takes ten times as long for a tenth less
    return out.getvalue()


def _with_palette(image: Image.Image, used: Sequence[str]) -> Image.Image:
    """The picture in 192 colours: the style's own that it uses as they are, the soft edges of shapes by the nearest.

    Pillow looks colours up in coarse cells, in which a near one may take the place of one of the style.
    """
    palette = _palette(image, used)
    nearest = numpy.asarray(image.quantize(palette=palette, dither=Image.Dither.NONE))
    exact = numpy.full(1 << 24, NONE, numpy.uint8)
    for index, color in enumerate(used):
        exact[int(color[1:], 16)] = index
    red, green, blue = (numpy.asarray(band, numpy.uint32) for band in image.split())
    found = exact[(red << 16) | (green << 8) | blue]
    result = Image.fromarray(numpy.where(found == NONE, nearest, found))
    result.putpalette(palette.getpalette() or [])
    return result


def _palette(image: Image.Image, used: Sequence[str]) -> Image.Image:
    """The colours of the style, which must not shift, and what else the picture's soft edges need."""
    exact = [ImageColor.getrgb(color)[:3] for color in used]
    soft = image.quantize(COLOURS - len(exact), method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    found = soft.getpalette() or []
    edges = [tuple(found[i : i + 3]) for i in range(0, len(found), 3)]
    edges = [edge for edge in edges if all(max(map(_difference, edge, color)) > NEAR for color in exact)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for color in (*exact, *edges) for channel in color])
    return palette


def _difference(one: int, other: int) -> int:
    return abs(one - other)
