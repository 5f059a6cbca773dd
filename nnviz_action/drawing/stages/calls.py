"""Calls of one module are one box, as are functions that are the same: an unrolled cell, a head on five levels."""

from collections.abc import Callable, Iterable

from nnviz_action.drawing.stages.ends import merge_all
from nnviz_action.drawing.stages.web import ENDS, LAYER, Part, Web

KeyOf = Callable[[Part], object]


def merge_calls(web: Web) -> None:
    """Calls of one module become one part, unless what one call gives comes to another through other parts."""
    for calls in _groups(web, _module_of):
        if not _comes_back(web, calls):
            merge_all(web, calls)
    for alike in _groups(web, lambda part: _function_of(part, web)):
        merge_all(web, alike)


def _groups(web: Web, key_of: KeyOf) -> list[list[Part]]:
    """Parts of one key in order, where there are several."""
    groups: dict[object, list[Part]] = {}
    for part in web.in_order():
        key = key_of(part)
        if key is not None:
            groups.setdefault((key, part.frame), []).append(part)
    return [group for group in groups.values() if len(group) > 1]


def module_of(part: Part) -> list[str]:
    """The paths of the modules of its layers, each as often as it is called; a function has none."""
    found = []
    for item in part.items:
        if item.layers and item.module is not None:
            found.append(item.module.path)
        elif item.layers and item.boxes[0].subtitle:
            found.append(".".join([*(m.path for m in item.around[-1:]), item.boxes[0].title]))
    return found


def _module_of(part: Part) -> object:
    paths = module_of(part)
    return paths[0] if len(paths) == 1 else None


def _function_of(part: Part, web: Web) -> object:
    """What tells functions that multiply from others, with where they take from and where they lead to."""
    if part.rank != LAYER or module_of(part) or part.numbers.parameters:
        return None
    near = (frozenset(web.before[part]), frozenset(web.after[part]))
    return tuple(box.title for box in part.boxes()), *near


def _comes_back(web: Web, calls: Iterable[Part]) -> bool:
    """Whether a way leads from one of these to another through parts that are none of them."""
    group = set(calls)
    left = [other for part in group for other in web.after[part] if other not in group and other.rank != ENDS]
    return any(part in group for part in web.behind(left))
