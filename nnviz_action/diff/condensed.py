"""More changes than a reviewer reads → fewer lines that say the same: what came together is told together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from nnviz_action.diff.changes import Change
from nnviz_action.diff.parts import listed
from nnviz_action.diff.path_ranges import in_short
from nnviz_action.graph.numbers import Numbers

MOST = 5  # lines that are read
FEWEST = 3  # layers of other widths that are told together
MOST_WIDTHS = 4
_SIZE = "(?:in|out|hidden|weight|bias)"
_STEP = re.compile(rf"{_SIZE}(?:, {_SIZE})* (\d+(?:×\d+)* → \d+(?:×\d+)*)")


def condense(changes: Sequence[Change]) -> list[Change]:
    """Where there are too many lines, layers with what follows them; then layers that grew by one factor as one."""
    found = list(changes)
    for shorter in (_with_followers, _scaled):
        found = list(shorter(found)) if len(found) > MOST else found
    return found


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


def _scaled(changes: Sequence[Change]) -> Iterator[Change]:
    """Layers whose sizes all grew by one factor, where the first of them is."""
    groups: dict[Fraction, list[Change]] = {}
    for change in changes:
        if (factor := _factor(change)) is not None:
            groups.setdefault(factor, []).append(change)
    for change in changes:
        group = groups.get(_factor(change) or Fraction(0), [])
        if len(group) < FEWEST:
            yield change
        elif change is group[0]:
            yield _wider(group)


def _factor(change: Change) -> Fraction | None:
    """By which alone all that is told of a layer grew; None where something else is told as well."""
    steps = [_STEP.fullmatch(said) for said in change.details]
    if change.kind != "changed" or not change.what:
        return None
    factors = {factor for step in steps for factor in (_factors(step[1]) if step else (None,))}
    return factors.pop() if len(factors) == 1 else None


def _factors(step: str) -> set[Fraction]:
    before, after = (list(map(int, side.split("×"))) for side in step.split(" → "))
    return {Fraction(b, a) for a, b in zip(before, after, strict=False) if a != b and a}


def _wider(group: Sequence[Change]) -> Change:
    found = (_STEP.fullmatch(said) for change in group for said in change.details)
    steps = list(dict.fromkeys(step[1] for step in found if step))
    shown = [*steps[:MOST_WIDTHS], *["…"] * (len(steps) > MOST_WIDTHS)]
    places = tuple(place for change in group for place in change.places or (change.path,))
    before, after = (sum((getattr(c, side) for c in group), Numbers()) for side in ("before", "after"))
    said = (f"sizes {', '.join(shown)}",)
    told = replace(group[0], what="", details=said, before=before, after=after, places=places)
    return replace(told, folded=_rows(group))
