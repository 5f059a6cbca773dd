"""PNG → a smaller PNG that carries the digest of what it shows."""

import io

from PIL import Image, ImageColor, PngImagePlugin

from nnviz_action.render import style

COLOURS = 192
NEAR = 8  # largest difference of a channel at which two colours are one


def finish(png: bytes, digest: str) -> bytes:
    """The picture with a palette and the digest in a `tEXt` chunk."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.quantize(palette=_palette(image), dither=Image.Dither.NONE)
    info = PngImagePlugin.PngInfo()
    info.add_text("nnviz-digest", digest)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, pnginfo=info)
    return out.getvalue()


def _palette(image: Image.Image) -> Image.Image:
    """The colours of the style, which must not shift, and what else the picture's soft edges need."""
    exact = [ImageColor.getrgb(color)[:3] for color in style.colors()]
    found = image.quantize(COLOURS - len(exact), dither=Image.Dither.NONE).getpalette() or []
    edges = [tuple(found[i : i + 3]) for i in range(0, len(found), 3)]
    # Pillow looks colours up in coarse cells: a near neighbour would take the place of an exact one.
    edges = [edge for edge in edges if all(max(map(_difference, edge, color)) > NEAR for color in exact)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for color in (*exact, *edges) for channel in color])
    return palette


def _difference(one: int, other: int) -> int:
    return abs(one - other)
