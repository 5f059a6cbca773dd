"""What is no stage of its own becomes part of one: steps without weight, layers in a row, and what is too much."""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby, pairwise

from nnviz_action.drawing.stages.items import Item
from nnviz_action.drawing.stages.web import ENDS, LAYER, LIGHT, STAGE, Part, Web

Weight = Callable[[Iterable[Item]], float]  # the share of the model that items hold
BODY = 0.5  # of a model: layers in a row that hold more are not put into one box
MOST_LAYERS = 6  # in a row: of more those alike are put into one box
_LEADING = ("normalisation", "activation", "dropout", "pooling", "arithmetic")  # they end what is before them


def merge_light(web: Web) -> None:
    """Every step of no weight becomes part of what it comes from or leads to, if it can."""
    left = True
    while left:
        left = False
        for part in [part for part in web.in_order() if part.rank == LIGHT]:
            into = _into(part, web) if part in web.parts else None
            if into is not None:
                web.merge(into, part)
                left = True


def _into(part: Part, web: Web) -> Part | None:
    before, after = list(web.before[part]), list(web.after[part])
    comes = [other for other in before if _joins(other, part)]
    goes = [other for other in after if _joins(other, part)]
    if len(before) == 1 and len(after) == 1:
        return _between(part, comes, goes)
    if len(after) == 1 and goes and not (goes[0].rank == STAGE and comes and _are(LAYER, before)):
        return goes[0]
    if len(before) == 1 and comes:
        return comes[0]
    if len(before) > 1 and not _meets(part, comes, web):
        return next((other for other in reversed(comes) if not web.leads(other, part)), None)
    if not before and goes:
        return next((other for other in goes if not web.leads(part, other)), None)
    return None


def _joins(other: Part, part: Part) -> bool:
    return other.rank != ENDS and other.frame == part.frame


def _are(rank: str, parts: Iterable[Part]) -> bool:
    return all(part.rank == rank for part in parts)


def _between(part: Part, comes: list[Part], goes: list[Part]) -> Part | None:
    """What stands between two goes to the layer, else to the step, else to the stage that its kind belongs to."""
    for rank in (LAYER, LIGHT):
        for found in (comes, goes):
            if found and found[0].rank == rank:
                return found[0]
    ends = next(part.boxes()).kind in _LEADING
    first, second = (comes, goes) if ends else (goes, comes)
    return next(iter((*first, *second)), None)


def _meets(part: Part, comes: list[Part], web: Web) -> bool:
    """Whether it is where two ways end that have nothing to do with each other, as the two towers of a model do."""
    if len(comes) < 2 or not _are(ENDS, web.after[part]):
        return False
    return not any(web.leads(one, part) for one in comes)


def merge_layers(web: Web, weight: Weight, shapes: Mapping[str, str]) -> None:
    """Layers in a row become one part between stages; where they are the body of the model, only those alike.

    `shapes` are what boxes give, by their keys.
    """
    for chain in _chains(web):
        items = [item for part in chain for item in part.items]
        is_body = weight(items) > BODY or not any(part.rank == STAGE for part in web.parts)
        if not is_body:
            _merge_all(web, chain)
        elif len(chain) > MOST_LAYERS:
            for run in _alike(chain, shapes):
                _merge_all(web, run)


def _chains(web: Web) -> list[list[Part]]:
    """Layers of which each gives all to the next, which takes nothing else."""
    rows: dict[Part, list[Part]] = {}  # by their last part
    for part in web.in_order():
        if part.rank == LAYER:
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


def _merge_all(web: Web, chain: list[Part]) -> None:
    for part in chain[1:]:
        web.merge(chain[0], part)


def merge_most(web: Web, most: int, weight: Weight, limit: float = float("inf")) -> None:
    """The lightest neighbours become one until there are no more parts than `most`, or all cost more than `limit`."""
    while len(web.parts) > most and len(web.inner) > 1:
        pairs = sorted(
            ((one, other) for one in web.inner for other in web.after[one] if other.rank != ENDS),
            key=lambda pair: _cost(web, pair[0], pair[1], weight),
        )
        pair = next((pair for pair in pairs if web.may_merge(*pair)), None)
        if limit == float("inf"):
            pair = pair or _apart(web)
        if pair is None or _cost(web, pair[0], pair[1], weight)[0] > limit:
            return
        web.merge(*pair)


def _cost(web: Web, one: Part, other: Part, weight: Weight) -> tuple[float, int]:
    """A merger of two that are large, that lie in two modules, or from which more leads away, costs more."""
    light, heavy = sorted((weight(one.items), weight(other.items)))
    strange = 0.02 * (one.items[0].around != other.items[0].around)
    return light + 0.1 * heavy + strange + 0.02 * (not web.is_sole(one, other)), one.order


def _apart(web: Web) -> tuple[Part, Part] | None:
    """Two parts, the one called after the other, between which nothing passes."""
    inner = [part for part in web.in_order() if part.rank != ENDS]
    pairs = ((one, other) for one, other in pairwise(inner) if web.may_merge(one, other))
    return next(pairs, None)


MOST_ENDS = 3  # inputs, and outputs, that have a box of their own


def merge_ends(web: Web) -> None:
    """Inputs that go to the same parts are one, outputs of one part too; all, where there are too many.

    Outputs that also go on inside the model, or that no layer makes, are left out unless there is no other.
    """
    ends = [part for part in web.in_order() if part.rank == ENDS]
    outputs = [part for part in ends if web.before[part]]
    for part in outputs[1:]:
        if all(any(o.rank != ENDS for o in web.after[other]) for other in web.before[part]):
            web.remove(part)
    made = [part for part in outputs if part in web.parts and not _are_steps(web.before[part])]
    for part in outputs if made else ():
        if part in web.parts and part not in made:
            steps = list(web.before[part])
            web.remove(part)
            for step in steps:
                if step.rank == LIGHT and not web.after[step]:
                    web.remove(step)
    _merge_all(web, [part for part in web.in_order() if part.rank == ENDS and not web.before[part] | web.after[part]])
    for near in (web.after, web.before):
        ends = [part for part in web.parts if part.rank == ENDS and near[part]]
        groups: dict[object, list[Part]] = {}
        for part in ends:
            groups.setdefault(frozenset(near[part]), []).append(part)
        if len(groups) > MOST_ENDS:
            groups = {"all": ends}
        for group in groups.values():
            _merge_all(web, group)


def _are_steps(parts: Iterable[Part]) -> bool:
    return all(part.rank in (LIGHT, ENDS) for part in parts)


def pass_over(web: Web, weight: Weight) -> None:
    """Steps that could be merged with nothing, such as the last normalisation behind repeated blocks, go."""
    for part in list(web.parts):
        if part.rank == LIGHT and len(web.before[part]) == 1 and web.after[part] and weight(part.items) < TRIFLE:
            one = next(iter(web.before[part]))
            if one.rank != ENDS and any(other.rank != ENDS for other in (one, *web.after[part])):
                web.skip(part)


TRIFLE = 0.005  # of the model
