"""More changes than a reviewer reads → fewer lines that say the same: what came together is told together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.parts import listed
from nnviz_action.comparison.path_ranges import in_short
from nnviz_action.graph.numbers import Numbers

MOST = 5  # lines that are read


def condense(changes: Sequence[Change]) -> list[Change]:
    """Where there are too many lines, layers with what follows them."""
    return list(_with_followers(changes) if len(changes) > MOST else changes)


def _with_followers(changes: Sequence[Change]) -> Iterator[Change]:
    """What came into the same modules, or went, in a row: a layer with what normalises, or has no weights."""
    for _, run in groupby(changes, _place):
        group: list[Change] = []
        for change in run:
            if group and any(map(_is_layer, group)) and _is_layer(change):
                yield _one(group)
                group = []
            group.append(change)
        yield _one(group)


def _place(change: Change) -> object:
    """Of what came or went alone, in which modules; all else is told by itself."""
    homes = tuple(place.rpartition(".")[0] for place in change.places or (change.path,))
    alone = change.what in ("input", "output") or (change.details and change.details[0].startswith("called "))
    return (change.kind, homes) if change.kind in ("added", "removed") and not alone else id(change)


def _is_layer(change: Change) -> bool:
    return (change.before + change.after).parameters > 0 and "Norm" not in change.what


def _one(group: Sequence[Change]) -> Change:
    if len(group) == 1:
        return group[0]
    lead = next((change for change in group if _is_layer(change)), group[0])
    others = listed([_in_brackets(change) for change in group if change is not lead])
    before, after = (sum((getattr(c, side) for c in group), Numbers()) for side in ("before", "after"))
    told = replace(lead, details=(*lead.details, f"with {others}"), before=before, after=after)
    return replace(told, folded=_rows(group))


def _rows(group: Sequence[Change]) -> tuple[Change, ...]:
    """The rows themselves, which are kept."""
    return tuple(row for change in group for row in change.folded or (change,))


def _in_brackets(change: Change) -> str:
    places = [place.rpartition(".") for place in change.places or (change.path,)]
    own = in_short(list(dict.fromkeys(name for _, _, name in places))).partition("#")[0]
    own += f" ×{len(places)}" if len(places) > 1 and len({home for home, _, _ in places}) == 1 else ""
    said = f": {', '.join(change.details)}" if change.details else ""
    about = f"{change.what}{said}" if change.what else said.removeprefix(": ")
    return f"{own} ({about})" if about else own
