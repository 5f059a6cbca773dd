"""The pictures of several models side by side, scaled down, to look at many at once."""

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from nnviz_action.render.text import font_files

GAP, TITLE = 16, 22  # pixels between the cells, and for the name above a picture
COLUMNS = 4
GROUND, INK = "#B9C2CC", "#1F2328"


def contact_sheet(pictures: Mapping[str, bytes], path: Path, cell: tuple[int, int]) -> None:
    """Write one PNG with all of them by name, each fitted into a cell of this width and height, never enlarged."""
    wide, tall = cell
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    size = (columns * (wide + GAP) + GAP, rows * (tall + TITLE + GAP) + GAP)
    sheet, font = Image.new("RGB", size, GROUND), ImageFont.truetype(font_files()[0], 13)
    pen = ImageDraw.Draw(sheet)
    for index, (name, png) in enumerate(pictures.items()):
        x, y = GAP + index % columns * (wide + GAP), GAP + index // columns * (tall + TITLE + GAP)
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        pen.text((x, y), f"{name}  {picture.width}×{picture.height}", INK, font)
        picture.thumbnail(cell, Image.Resampling.LANCZOS)
        sheet.paste(picture, (x, y + TITLE))
    sheet.save(path)
