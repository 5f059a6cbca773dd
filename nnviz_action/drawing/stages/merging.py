"""What is no stage of its own becomes part of one: layers in a row, and what is too much for the room there is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, pairwise

from nnviz_action.drawing.stages.ends import gather_ends, merge_all
from nnviz_action.drawing.stages.items import Item
from nnviz_action.drawing.stages.steps import numbers_of
from nnviz_action.drawing.stages.web import ENDS, LAYER, LIGHT, STAGE, Part, Web

Weight = Callable[[Iterable[Item]], float]  # the share of the model that items hold
BODY = 0.5  # of a model: layers in a row that hold more are not put into one box
MOST_WRAPPED = 3  # layers of one class of the author's in a row: so many are put into one box
MOST_LAYERS = 6  # in a row: of more those alike are put into one box
MANY = 3  # alike side by side
NO_LIMIT = float("inf")


def merge_layers(web: Web, weight: Weight, shapes: Mapping[str, str]) -> None:
    """Layers in a row become one part between stages; where they are the body of the model, only those alike.

    `shapes` are what boxes give, by their keys.
    """
    for chain in _chains(web, lambda part: part.is_bare):
        items = [item for part in chain for item in part.items]
        is_body = weight(items) > BODY or not any(part.rank == STAGE for part in web.parts)
        if not is_body:
            merge_all(web, chain)
        elif len(chain) > MOST_LAYERS:
            for run in _alike(chain, shapes):
                merge_all(web, run)
    for chain in _chains(web, lambda part: not part.is_bare):
        for row in (list(row) for _, row in groupby(chain, key=_classes)):
            if len(row) >= MOST_WRAPPED and weight(item for part in row for item in part.items) < BODY:
                merge_all(web, row)


def _chains(web: Web, wanted: Callable[[Part], bool]) -> list[list[Part]]:
    """Layers of which each gives all to the next, which takes nothing else."""
    rows: dict[Part, list[Part]] = {}  # by their last part
    for part in web.in_order():
        if part.rank == LAYER and wanted(part):
            before = next(iter(web.before[part]), None)
            joined = before is not None and web.is_sole(before, part) and before.frame == part.frame
            rows[part] = [*rows.pop(before, ()), part] if before is not None and joined else [part]
    return [row for row in rows.values() if len(row) > 1]


def _alike(chain: Iterable[Part], shapes: Mapping[str, str]) -> list[list[Part]]:
    """Neighbours of one class whose main layers give one shape."""

    def looks(part: Part) -> tuple[str, str]:
        layer = main_layer(part)
        return layer.kind, shapes.get(layer.layers[0].key, "") if layer.layers else ""

    return [list(run) for _, run in groupby(chain, key=looks)]


def main_layer(part: Part) -> Item:
    """The item with the most work, then the most parameters."""
    return max(part.items, key=lambda item: (item.numbers.macs, item.numbers.parameters, bool(item.layers)))


def merge_most(web: Web, most: int, weight: Weight, limit: float = NO_LIMIT) -> None:
    """The lightest neighbours become one until there are no more parts than `most`, or all cost more than `limit`.

    Many of one class side by side come first, then inputs and outputs, if that is enough. With two neighbours all
    pairs of the same classes are merged: equal modules stay equal.
    """
    for alike in _side_by_side(web) if limit == NO_LIMIT else ():
        if len(web.parts) > most:
            merge_all(web, alike)
    while len(web.parts) > most:
        if limit == NO_LIMIT:
            gather_ends(web, most)
        pair = next(_pairs(web, weight, limit), None)
        if len(web.parts) <= most or pair is None:
            return
        for one, other in _like(pair, web):
            if one in web.parts and other in web.parts and web.may_merge(one, other):
                web.merge(one, other)


def _side_by_side(web: Web) -> list[list[Part]]:
    """Many layers or modules of one class that take the same and lead to the same, inputs and outputs aside."""

    def inner(near: Iterable[Part]) -> frozenset[Part]:
        return frozenset(part for part in near if part.rank != ENDS)

    groups: dict[object, list[Part]] = {}
    for part in web.in_order():
        near = inner(web.before[part]), inner(web.after[part])
        if part.rank in (LAYER, STAGE) and any(near):
            groups.setdefault((_classes(part), *near), []).append(part)
    return [group for group in groups.values() if len(group) >= MANY]


def _pairs(web: Web, weight: Weight, limit: float) -> Iterator[tuple[Part, Part]]:
    """What may be merged, the cheapest first; where nothing is, two of which one is called after the other."""
    pairs = [(one, other) for one in web.inner for other in web.after[one] if other.rank != ENDS]
    priced = sorted(((_cost(web, *pair, weight), pair) for pair in pairs), key=lambda found: found[0])
    yield from (pair for cost, pair in priced if cost[0] <= limit and web.may_merge(*pair))
    if limit == NO_LIMIT:
        inner = [part for part in web.in_order() if part.rank != ENDS]
        yield from (pair for pair in pairwise(inner) if web.may_merge(*pair))


def _cost(web: Web, one: Part, other: Part, weight: Weight) -> tuple[float, int]:
    """A merger of two that are large, that lie in two modules, or from which more leads away, costs more; most that
    of a step at which values meet: its box would say that they meet elsewhere. What has one number costs less."""
    light, heavy = sorted((weight(one.items), weight(other.items)))
    strange = 0.02 * (one.items[0].around != other.items[0].around) + 0.1 * (LIGHT in (one.rank, other.rank))
    strange -= 0.05 * bool(numbers_of(one) & numbers_of(other))
    return light + 0.1 * heavy + strange + 0.02 * (not web.is_sole(one, other)), one.order


def _like(pair: tuple[Part, Part], web: Web) -> list[tuple[Part, Part]]:
    """The pair, and all others of the same classes that share no part with it."""
    wanted = [_classes(part) for part in pair]
    found, taken = [pair], {*pair}
    for one in web.in_order():
        for other in web.after[one]:
            is_free = ENDS not in (one.rank, other.rank) and not taken & {one, other}
            if is_free and [_classes(one), _classes(other)] == wanted:
                found.append((one, other))
                taken |= {one, other}
    return found


def _classes(part: Part) -> tuple[object, ...]:
    return part.frame, *(item.kind for item in part.items if item.layers)
