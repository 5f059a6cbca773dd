"""How much of a run of equal blocks can be one frame whose arrows are true of every copy.

An arrow into a frame leads to each copy; one to a circle in it, or the only value that enters, to the first, and the
others take instead what the one before gives. An arrow out of a frame comes from the last copy, from each where it
says so or where they stand side by side, and from each in turn where every copy has a result of its own. Whatever
else enters, leaves or passes a copy ends a run.
"""

from dataclasses import replace

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.copies import LEAF, Members, Run
from nnviz_action.drawing.wiring import Wiring

FEWEST_LEAVES = 3  # copies below which single boxes are not worth folding
FEWEST_ASIDE = 3  # copies below which blocks side by side are not
_GLANCE = 8  # copies that are looked at before all of them are


def alike(run: Run, drawing: Drawing, inside: Members) -> Run | None:
    """As much of a run, from its first copy on, as is wired alike, if that is worth folding.

    Where a frame would not tell what goes from copy to copy, the first one is apart: the arrows from it tell.
    """
    wiring = Wiring(replace(run, scopes=run.scopes[: _GLANCE * run.period]), drawing, inside)
    wiring = replace(wiring, run=run) if wiring.fed == wiring.run.count else wiring
    chained = any(taken.back for taken in wiring.second)
    leaves = all(scope[-1].path.startswith(LEAF) for scope in run.scopes[: run.period])
    fewest = FEWEST_LEAVES if leaves else 2 if chained else FEWEST_ASIDE
    if (leaves and not chained) or not _begins_alike(wiring):
        return None
    count = _given_alike(wiring, chained)
    apart = chained and not _shows_state(wiring, count)
    scopes = run.scopes[apart * run.period : count * run.period]
    return replace(run, scopes=scopes, aside=not chained) if count - apart >= fewest else None


def _begins_alike(wiring: Wiring) -> bool:
    """Whether the first copy takes what all take from outside; beyond that only where these follow on it."""
    steady = {taken for taken in wiring.second if not taken.back}
    followed = {taken.target for taken in wiring.second if taken.back}
    return steady <= wiring.taken(0) and all(taken.target in followed for taken in wiring.taken(0) - steady)


def _given_alike(wiring: Wiring, chained: bool) -> int:
    """How many copies give alike; in a chain the last one may give more than the others."""
    first = before = wiring.given(0)
    for copy in range(1, wiring.fed):
        given = wiring.given(copy)
        more = first.keys() <= given.keys() and all(given[one] >= before[one] for one in first)
        if not more or len(given) > len(first):
            return copy + (chained and more)
        before = given
    return wiring.fed


def _shows_state(wiring: Wiring, count: int) -> bool:
    """Whether one value goes from copy to copy, and the frame tells where it enters and which it is: what is given
    last of all that is given to behind the run."""
    handed = {(taken.source, taken.label) for taken in wiring.second if taken.back}
    followed = {(taken.target, taken.style) for taken in wiring.second if taken.back}
    steady = {taken for taken in wiring.second if not taken.back}
    begins = wiring.taken(0) - steady
    enters = {(taken.source, taken.label) for taken in begins}
    if len(handed) != 1 or handed != (wiring.last_values(count - 1) or handed):
        return False
    if not begins:
        return not steady  # as where an input needs no gradient
    told = len(enters) == 1 and {(taken.target, taken.style) for taken in begins} == followed
    return told and not _misleads(wiring, min(enters)[0], min(handed)[0])


def _misleads(wiring: Wiring, source: str, handed: str) -> bool:
    """Whether what enters comes from a block like these, but not from the box by which one follows on another."""
    one, other = wiring.block(source), wiring.block(handed)
    same = [box.title for box in one] == [box.title for box in other]
    return same and [box.key for box in one].index(source) != [box.key for box in other].index(handed)
