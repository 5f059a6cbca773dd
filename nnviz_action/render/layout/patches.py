"""The room that a chain or a lane takes, and where it is free."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnviz_action.render.layout.bodies import Body, Edge, Item
from nnviz_action.render.layout.chains import Chain, Lane
from nnviz_action.render.layout.heights import ABOVE, BESIDE, FOOT, HEAD, TRACK, Tracks

BOX, LINE = 6.0, 5.0  # free room on each side of a box and of a line
OVER = 4.0  # and over and under a box
FAR = 1.6  # the other side of the main path is taken where this side is so many times as far away


@dataclass(frozen=True)
class Patch:
    """Room that is taken, from an axis: left, right, top and bottom."""

    left: float
    right: float
    top: float
    bottom: float


def passes(chain: Chain, index: int, item: Item) -> tuple[float, float]:
    """Where the line of a chain enters and leaves an item, from the item's left edge."""
    into = chain.edges[index - 1] if index else chain.before
    out = chain.edges[index] if index < len(chain.edges) else next(iter(chain.after), None)
    entry = item.entry(into.value) if into else item.exit(out.value) if out else item.across / 2
    return entry, item.exit(out.value) if out else entry


def patches_of(one: Chain | Lane, body: Body, tops: Mapping[str, float], tracks: Tracks) -> list[Patch]:
    """The room that it takes, from its own line."""
    if isinstance(one, Lane):
        top = tops[one.source.key] + one.source.along + FOOT
        ends = [_end(edge, body, tops) for edge in one.edges]
        line = Patch(-LINE, LINE, min(top, *ends), max(top, *ends))
        return [line, *_label_below(body, one.edges, 0.0, tops, tracks)]
    found, axis, bottom = list[Patch](), 0.0, 0.0
    if one.before:
        source, top = body.items[one.before.source], tops[one.items[0].key]
        found.append(Patch(-LINE, LINE, tops[source.key] + source.along + FOOT, top))
        found += _label_above(body, one.before, 0.0, top)
    for index, item in enumerate(one.items):
        top = tops[item.key]
        if index:
            found.append(Patch(axis - LINE, axis + LINE, bottom, top))
            found += _label_above(body, one.edges[index - 1], axis, top)
        entry, leave = passes(one, index, item)
        left, room = axis - entry, LINE if item.is_port else BOX
        over = 0.0 if item.is_port else OVER
        found.append(Patch(left - room, left + item.across + room, top - over, top + item.along + over))
        axis, bottom = left + leave, top + item.along
    if one.after:
        found.append(Patch(axis - LINE, axis + LINE, bottom, max(_end(edge, body, tops) for edge in one.after)))
        found += _label_below(body, one.after, axis, tops, tracks)
    return found


def _label_above(body: Body, edge: Edge, axis: float, below: float) -> Iterator[Patch]:
    """Room for what stands at an edge, to the right of its line, above the box that it leads to."""
    wide, tall = body.label(edge)
    if wide:
        yield Patch(axis, axis + wide + LINE, below - tall - ABOVE, below)


def _label_below(
    body: Body, edges: Sequence[Edge], axis: float, tops: Mapping[str, float], tracks: Tracks
) -> Iterator[Patch]:
    """The same for edges of one value, below the box that they are from, and below all its bends."""
    wide, tall = max(body.label(edge) for edge in edges)
    if wide:
        source = body.items[edges[0].source]
        top, bends = tops[source.key] + source.along, tracks.feet.get(source.key, 0)
        yield Patch(axis, axis + wide + LINE, top, top + FOOT + TRACK * max(0, bends - 1) + BESIDE + tall)


def _end(edge: Edge, body: Body, tops: Mapping[str, float]) -> float:
    """How far down a line goes that joins an item: to the middle of its side, or to above it."""
    target = body.items[edge.target]
    top = tops[edge.target]
    return top if target.is_port else top - HEAD if target.body is not None else top + target.along / 2


def free(patches: Sequence[Patch], taken: Sequence[Patch], start: float, side: float) -> float:
    """The axis nearest to `start` at which all is free, on this side of it, or on the other where that is nearer."""
    here, there = (push(patches, taken, start, way) for way in (side, -side))
    return there if abs(here - start) > FAR * abs(there - start) + BOX else here


def push(patches: Sequence[Patch], taken: Sequence[Patch], start: float, side: float) -> float:
    """The first axis from `start` on to this side at which all is free."""
    beside = [(p, t) for p in patches for t in taken if p.top < t.bottom and t.top < p.bottom]
    if side < 0:
        return -_clear(((p.left - t.right, p.right - t.left) for p, t in beside), -start)
    return _clear(((t.left - p.right, t.right - p.left) for p, t in beside), start)


def _clear(barred: Iterable[tuple[float, float]], start: float) -> float:
    """The first place from here on upwards that lies in none of these intervals."""
    place = reach = start
    for low, high in sorted(barred):
        if low + 0.01 >= place:
            place = reach if reach - 0.01 > place else place
            if low + 0.01 >= place:
                break
        reach = max(reach, high)
    return reach if reach - 0.01 > place else place
