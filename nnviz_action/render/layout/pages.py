"""A drawing as one layout, in columns where it is too long for a page."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.render import style
from nnviz_action.render.card import WIDE, Limits, cards_of
from nnviz_action.render.layout.arrange import Arranged, Arranger
from nnviz_action.render.layout.bodies import Body, make_bodies
from nnviz_action.render.layout.chains import Chain
from nnviz_action.render.layout.parting import parting, set_beside
from nnviz_action.render.layout.settle import Settled
from nnviz_action.render.layout.values import Layout
from nnviz_action.render.layout.whole import Page, in_pixels, labels_of
from nnviz_action.render.layout.wrap import fill, wrap

MOST_COLUMNS = 4
WIDTH = 4  # how often what a picture is too wide counts, which makes its text small; too tall counts once
MOST_OF = 0.6  # of a body's length: an item that takes so much may be cut in its place


def lay_out(
    drawing: Drawing, direction: str = "down", limits: Limits = WIDE, room: tuple[float, float] = style.COMFORTABLE
) -> Layout:
    """Where all lies; `direction` is down or right, `limits` tell how wide cards may be, `room` what to fit."""
    if not drawing.boxes:
        return Layout((), (), (), 0.0, 0.0)
    page = Page(drawing, cards_of(drawing, limits), dict(labels_of(drawing)), direction == "right", room)
    sizes = {key: page.size(card) for key, card in page.cards.items()}
    body = make_bodies(drawing, sizes, {value: page.label_size(text) for value, text in page.labels.items()})
    arranger = Arranger(page.frame)
    whole = arranger.arrange(body)
    besides = [
        arranger.arrange(body, done.body.modules, set_beside)
        for done in _long(whole)
        if parting(done.body, done.tops)
    ]
    best = min([*besides, *_wrapped(page, body, arranger, whole), whole], key=lambda done: _discomfort(done, page))
    return replace(in_pixels(page, best), is_beside=any(best is done for done in besides))


def _wrapped(page: Page, body: Body, arranger: Arranger, whole: Arranged) -> Iterator[Arranged]:
    limit = page.room[0] if page.right else page.room[1]
    if whole.along > limit and page.right:
        yield arranger.within(body, limit, _in_rows)
    if whole.along > limit:
        for done in _long(whole):
            for columns in range(2, MOST_COLUMNS + 1):
                yield arranger.arrange(body, done.body.modules, partial(wrap, columns=columns))


def _in_rows(body: Body, main: Chain, settled: Settled, limit: float) -> Iterator[Settled | None]:
    """A decoder below its encoder, and rows no longer than a limit."""
    yield set_beside(body, main, settled)
    yield fill(body, main, settled, limit)


def _long(done: Arranged) -> Iterator[Arranged]:
    """The outermost body, and those in it that make up most of its length."""
    yield done
    for inner in done.inner.values():
        if inner.along > MOST_OF * done.along:
            yield from _long(inner)


def _discomfort(done: Arranged, page: Page) -> float:
    wide, tall = (done.along, done.across) if page.right else (done.across, done.along)
    return discomfort(wide, tall, page.room)


def discomfort(wide: float, tall: float, room: tuple[float, float]) -> float:
    """How far a reader has to scroll or to zoom; sizes are in pixels."""
    hopeless = 100.0 if wide + 2 * style.MARGIN > style.WIDEST else 1.0
    return hopeless * float(max(wide / room[0], 1) ** WIDTH) * max(tall / room[1], 1)
