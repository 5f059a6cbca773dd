"""One picture → its numbers, as plain values that a JSON file can keep."""

import io
import re
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy
from courses import Ends, courses
from overlaps import overlaps
from PIL import Image
from redraw import DOWN, Picture, overview, redraw

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.fold import BUDGET
from nnviz_action.drawing.overview import MOST
from nnviz_action.render.review import flaws

TILE = 64  # pixels
PAGE = 900  # pixels that GitHub gives a picture
COUNTED = ("pairs", "spines", "projected", "framed")
_TIMES = re.compile(r" (×\d+|\d+ calls)( side by side)?\Z")
# Frames that are none of the author's classes, and lists of modules, whose class does not say what they do.
_UNNAMED = re.compile(r"\A(\d+ (in a row|functions)|Sequential|ModuleList|ModuleDict|)\Z")
LIKE = "built like "  # begins the line of a closed module by which it points to one that is open


@dataclass(frozen=True)
class Measure:
    """The numbers of one picture; `good` and `all` count arrows by what is asked of them, `missed` names the others."""

    name: str
    view: str
    error: str = ""
    width: int = 0
    height: int = 0
    boxes: int = 0
    good: Mapping[str, int] = field(default_factory=dict)
    all: Mapping[str, int] = field(default_factory=dict)
    missed: Mapping[str, list[str]] = field(default_factory=dict)
    cut: int = 0  # pairs of neighbours that stand in two columns
    mixed: tuple[str, ...] = ()  # classes that are open here and closed there
    blank: float = 0  # share of the tiles
    text: float = 0  # pixels of the smallest on GitHub's page
    shown: Mapping[str, float] = field(default_factory=dict)  # share of parameters and of MACs that is not closed
    kilobytes: float = 0
    flaws: tuple[str, ...] = ()
    overview: tuple[int, ...] = ()  # its boxes, width and height
    overview_flaws: tuple[str, ...] = ()
    overlaps: Mapping[str, list[str]] = field(default_factory=dict)
    seconds: float = 0


def measure(folder: Path, view: str, direction: str = DOWN, keep: Path | None = None) -> Measure:
    """All numbers of a picture, or why there is none; the picture itself is put into the folder `keep`."""
    start = time.perf_counter()
    try:
        picture = redraw(folder, view, direction)
        seconds = time.perf_counter() - start
        if keep:
            (keep / f"{folder.name}-{view}.png").write_bytes(picture.png)
        found = _numbers(picture, seconds)
        return _with_overview(found, folder, keep) if view == "forward" else found
    except Exception as error:  # one model must not hide the others
        traceback.print_exc()
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = str(error).partition("\n")[0]
        return Measure(
            folder.name, view, f"{type(error).__name__}: {said} ({Path(where.filename).name}:{where.lineno})"
        )


def _with_overview(found: Measure, folder: Path, keep: Path | None) -> Measure:
    """The numbers of a forward graph's overview, too."""
    drawn, png = overview(folder)
    if keep:
        (keep / f"{folder.name}-overview.png").write_bytes(png)
    size = (len(drawn.drawing.boxes), int(drawn.sheet.width), int(drawn.sheet.height))
    return replace(found, overview=size, overview_flaws=tuple(flaws(drawn.sheet, MOST)))


def _numbers(picture: Picture, seconds: float) -> Measure:
    drawn, sheet = picture.drawn.drawing, picture.drawn.sheet
    found = courses(drawn, sheet.layout)
    arrows = {name: getattr(found, name) for name in COUNTED}
    return Measure(
        name=picture.name,
        view=picture.view,
        width=int(sheet.width),
        height=int(sheet.height),
        boxes=len(drawn.boxes),
        good={name: sum(ends.values()) for name, ends in arrows.items()},
        all={name: len(ends) for name, ends in arrows.items()},
        missed={
            name: list(_named(drawn, (e for e, good in ends.items() if not good))) for name, ends in arrows.items()
        },
        cut=found.cut,
        mixed=tuple(mixed(drawn)) if picture.view == "forward" else (),
        blank=blank(picture.png),
        text=smallest_text(picture.svg.decode()) * min(1.0, PAGE / sheet.width),
        shown=dict(_shown(drawn)) if picture.view == "forward" else {},
        kilobytes=len(picture.png) / 1000,
        flaws=tuple(flaws(sheet, BUDGET, labelled=picture.view == "forward")),
        overlaps=overlaps(sheet.layout),
        seconds=seconds,
    )


def _named(drawing: Drawing, arrows: Iterable[Ends]) -> Iterator[str]:
    names = {box.key: "/".join([*(m.path for m in box.modules[-1:]), box.title or box.kind]) for box in drawing.boxes}
    yield from (f"{names[source]} → {names[target]}" for source, target in arrows)


def mixed(drawing: Drawing) -> Iterator[str]:
    """The classes of modules that are open in one place and closed at the same depth in another without a mark."""
    frames = {box.modules[: depth + 1] for box in drawing.boxes for depth in range(len(box.modules))}
    opened = {(len(path) - 1, path[-1].short_kind) for path in frames}
    closed = {
        (len(box.modules), _TIMES.sub("", box.subtitle))
        for box in drawing.boxes
        if _is_closed(box) and not _is_like(box)
    }
    for depth, kind in sorted(opened & closed):
        if not _UNNAMED.match(kind):
            yield f"{kind} at depth {depth}"


def _is_closed(box: Box) -> bool:
    return box.kind == "module"


def _is_like(box: Box) -> bool:
    return any(row.startswith(LIKE) for row in box.rows)


def _shown(drawing: Drawing) -> Iterator[tuple[str, float]]:
    """By what is counted, and with `by example` behind it where a closed module counts that points to an open one."""
    for what in ("parameters", "macs"):
        total = getattr(drawing.numbers, what)
        if total:
            yield what, sum(getattr(b.numbers, what) for b in drawing.boxes if not _is_closed(b)) / total
            told = [b for b in drawing.boxes if not _is_closed(b) or _is_like(b)]
            yield f"{what} by example", sum(getattr(b.numbers, what) for b in told) / total


def blank(png: bytes) -> float:
    """The share of whole tiles that are of one colour."""
    pixels = numpy.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    rows, columns = max(pixels.shape[0] // TILE, 1), max(pixels.shape[1] // TILE, 1)
    tiles = [pixels[y * TILE :, x * TILE :][:TILE, :TILE] for y in range(rows) for x in range(columns)]
    return sum(bool((tile == tile[0, 0]).all()) for tile in tiles) / len(tiles)


def smallest_text(svg: str) -> float:
    """In pixels, at full size."""
    return min(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg))
