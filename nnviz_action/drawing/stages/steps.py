"""Where a step of no weight belongs: to a part of which all stays true that its box says.

A step becomes part of what it finishes or prepares. Where values of several parts meet, or one goes several ways, and
neither is so, the step stays a small box of its own: no part is said to take or to give what it does not.
"""

import re
from collections.abc import Callable

from nnviz_action.drawing.stages.items import is_view
from nnviz_action.drawing.stages.web import ENDS, LAYER, LIGHT, STAGE, Part, Web

_ENDING = ("normalisation", "activation", "dropout", "pooling", "arithmetic")  # they end what is before them


def settle(web: Web) -> None:
    """Every step becomes part of what it belongs to, until all that are left stand for themselves.

    What is sure comes first: a step between two parts, then a normalisation, then where several values meet.
    """
    while _merge(web, _is_between) or _merge(web, _is_norm) or _takes_table(web) or _merge(web, _is_step, once=True):
        continue


def _merge(web: Web, wanted: Callable[[Part, Web], bool], once: bool = False) -> bool:
    """Whether some of these steps have become part of another part; `once`: no more than one."""
    found = False
    for part in web.in_order():
        home = _home(part, web) if part in web.parts and part.rank == LIGHT and wanted(part, web) else None
        if home is not None:
            web.merge(home, part)
            found = True
        if found and once:
            break
    return found


def _is_between(part: Part, web: Web) -> bool:
    """Whether a step takes one value, or adds what was computed of one to it."""
    return part.is_step and (len(web.before[part]) < 2 or _finished(part, web) is not None)


def _is_norm(part: Part, _: Web) -> bool:
    return not part.is_step


def _is_step(part: Part, _: Web) -> bool:
    return part.is_step


def _home(part: Part, web: Web) -> Part | None:
    back, on = _finished(part, web), _prepared(part, web)
    if back is None or on is None:
        return back or on
    if not part.is_step:
        return _of_norm(part, back, on)
    return _nearer(part, back, on, web)


def _finished(part: Part, web: Web) -> Part | None:
    """What gives all that it gives to this step, which takes nothing else; or which only adds what that was made
    from."""
    near = web.before[part].keys()
    sums = len(near) == 1 or all(box.kind not in ("shape", "entry") or is_view(box) for box in part.boxes())
    for other in near if sums else ():
        if web.after[other].keys() == {part} and near - {other} <= web.before[other].keys():
            return other if other.frame == part.frame and _admits(other, part, web) else None
    return None


def _prepared(part: Part, web: Web) -> Part | None:
    """What alone takes what the step gives. A step without parameters may also go to what repeats."""
    other = next(iter(web.after[part]), None)
    if other is None or len(web.after[part]) > 1 or not _admits(other, part, web):
        return None
    inside = part.is_step and len(web.before[part]) == 1 and other.frame[: len(part.frame)] == part.frame
    return other if inside or other.frame == part.frame else None


def _admits(other: Part, part: Part, web: Web) -> bool:
    """Whether a step may go there; what holds parameters to no other step, and to nothing that repeats: it would seem
    to be in each."""
    if part.is_step:
        return other.rank != ENDS and (other.rank != LIGHT or other.is_step or len(web.before[part]) < 2)
    return other.rank in (LAYER, STAGE) and not any(item.repeats or item.stack for item in other.items)


def _nearer(part: Part, back: Part, on: Part, web: Web) -> Part:
    """Of what a step finishes and what it prepares the one that its kind belongs to."""
    if len(web.before[part]) > 1:
        return back
    kind = next(part.boxes()).kind
    if kind not in _ENDING or part.numbers.parameters:
        return on
    if kind != "pooling" and web.before[part][back].keys() == web.after[part][on].keys():
        return back  # the shape stays what it is
    return min(*((on, back) if kind == "arithmetic" or not back.is_bare else (back, on)), key=_distance)


def _distance(part: Part) -> int:
    """A module of the author's is left as it is, if there is a choice."""
    return 0 if part.rank == LAYER and part.is_bare else 1 if part.rank == LIGHT else 2


def _of_norm(part: Part, back: Part, on: Part) -> Part:
    """A normalisation belongs to the layer of its number, else to the one right before it, else to the next."""
    numbered = [other for other in (back, on) if numbers_of(other) & numbers_of(part)]
    if len(numbered) == 1:
        return numbered[0]
    direct = list(back.boxes())[-1].kind not in ("arithmetic", "shape", "entry")
    if _distance(back) == _distance(on):
        return back if direct else on
    return min(back, on, key=_distance)


def numbers_of(part: Part) -> set[str]:
    """The numbers at the ends of the names of its items: of `ns.1`, of `conv1`."""
    found = (re.search(r"\d+\Z", item.name) for item in part.items)
    return {match[0] for match in found if match}


def _takes_table(web: Web) -> bool:
    """A table that no input leads to, as one of positions, and the layer that it is added to become one part; whether
    there was one."""
    for part in [part for part in web.in_order() if part.is_step]:
        tables = [one for one in web.before[part] if not web.before[one] and one.rank == LAYER]
        others = [one for one in web.before[part] if one not in tables]
        alone = all(web.after[one].keys() == {part} and one.frame == part.frame for one in web.before[part])
        if tables and len(others) == 1 and others[0].rank == LAYER and alone:
            for one in (part, *tables):
                web.merge(others[0], one)
            return True
    return False


def pass_views(web: Web) -> None:
    """What only shows a value in another shape to several parts is left out: the value goes to these."""
    for part in list(web.parts):
        is_view_of = part.rank == LIGHT and len(web.before[part]) == 1 and all(map(is_view, part.boxes()))
        if is_view_of and web.after[part]:
            (labels,) = web.before[part].values()
            if all(other.rank != ENDS or labels == given for other, given in web.after[part].items()):
                web.skip(part)
