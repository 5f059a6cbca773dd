"""Drawing → Drawing with no more boxes than a budget: modules are closed until the rest can be read."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.graph import Module, own_name

BUDGET = 60
WIDEST = 24  # a module with more children than this is opened in groups of consecutive ones
MOST_NAMES = 3  # kinds of boxes that a closed module names
_COUNTED = {"leaf": "parameter", "saved": "saved tensor"}
MOST_LABELS = 3  # values that one arrow between two closed modules names


@dataclass
class _Scope:
    """A module, or a group of consecutive children of one, with all that is in it, in order."""

    module: Module | None
    parents: tuple[Module, ...] = ()
    children: list["_Scope | Box"] = field(default_factory=list)

    def boxes(self) -> Iterator[Box]:
        for child in self.children:
            if isinstance(child, Box):
                yield child
            else:
                yield from child.boxes()


def fold(drawing: Drawing, budget: int = BUDGET) -> Drawing:
    """Open modules, largest first, while no more than `budget` boxes show; close the others to one box each."""
    root = _tree(drawing.boxes)
    shown: dict[str, Box] = {}
    for item in _open(root, budget):
        if isinstance(item, Box):
            shown[item.key] = item
        else:
            closed = _closed(item)
            shown |= {box.key: closed for box in item.boxes()}
    boxes = tuple(dict.fromkeys(shown[box.key] for box in drawing.boxes))
    return Drawing(boxes, tuple(_arrows(drawing.arrows, shown)))


def _tree(boxes: Iterable[Box]) -> _Scope:
    root = _Scope(None)
    scopes: dict[tuple[Module, ...], _Scope] = {(): root}
    for box in boxes:
        for depth in range(1, len(box.modules) + 1):
            path = box.modules[:depth]
            if path not in scopes:
                scopes[path] = _Scope(path[-1], path[:-1])
                scopes[path[:-1]].children.append(scopes[path])
        scopes[box.modules].children.append(box)
    for scope in scopes.values():
        _group(scope)
    return root


def _group(scope: _Scope) -> None:
    """Put consecutive children into groups, until no level has more than can be shown."""
    while len(scope.children) > WIDEST * 2:
        size = max(2, -(-len(scope.children) // WIDEST))
        inside = (*scope.parents, scope.module) if scope.module else ()
        chunks = [scope.children[i : i + size] for i in range(0, len(scope.children), size)]
        scope.children = [_Scope(_range(chunk, scope), inside, chunk) for chunk in chunks]


def _range(chunk: list["_Scope | Box"], scope: _Scope) -> Module:
    names = [_name(chunk[0]), _name(chunk[-1])]
    above = (*scope.parents, scope.module)[-1]
    path = f"{above.path}." if above else ""
    return Module(f"{path}{' … '.join(names)}", f"{len(chunk)} in a row")


def _name(item: "_Scope | Box") -> str:
    if isinstance(item, Box):
        return item.title
    return own_name((*item.parents, item.module)).partition(" … ")[0] if item.module else ""


def _open(root: _Scope, budget: int) -> list[_Scope | Box]:
    """What is shown: boxes, and scopes that stay closed."""
    shown: list[_Scope | Box] = list(root.children)
    heap = [(-_size(s), i, s) for i, s in enumerate(shown) if isinstance(s, _Scope)]
    heapq.heapify(heap)
    count, serial = len(shown), len(shown)
    while heap:
        _, _, scope = heapq.heappop(heap)
        if count - 1 + len(scope.children) > budget and len(scope.children) > 1:
            continue
        count += len(scope.children) - 1
        shown.remove(scope)
        shown.extend(scope.children)
        for child in scope.children:
            if isinstance(child, _Scope):
                serial += 1
                heapq.heappush(heap, (-_size(child), serial, child))
    return shown


def _size(scope: _Scope) -> int:
    return sum(1 for _ in scope.boxes())


def _closed(scope: _Scope) -> Box:
    assert scope.module is not None
    inside = list(scope.boxes())
    name = own_name((*scope.parents, scope.module))
    return Box(
        key=f"m {scope.module.path} {inside[0].key}",
        title=name,
        kind="module",
        subtitle=scope.module.short_kind,
        rows=(" · ".join(_summary(inside)),),
        modules=scope.parents,
        parameters=sum(box.parameters for box in inside),
    )


def _summary(boxes: list[Box]) -> list[str]:
    """What a closed module holds, most frequent first."""
    counts = Counter(_COUNTED.get(box.kind) or box.subtitle or box.title for box in boxes)
    named = [f"{name} ×{n}" if n > 1 else name for name, n in counts.most_common(MOST_NAMES)]
    rest = len(counts) - MOST_NAMES
    return [*named, f"{rest} more kinds"] if rest > 0 else named


def _arrows(arrows: Iterable[Arrow], shown: dict[str, Box]) -> Iterator[Arrow]:
    labels: dict[tuple[str, str, str], list[str]] = {}
    for arrow in arrows:
        source, target = shown[arrow.source].key, shown[arrow.target].key
        if source != target:
            found = labels.setdefault((source, target, arrow.style), [])
            found += [arrow.label] if arrow.label and arrow.label not in found else []
    for (source, target, style), names in labels.items():
        more = [f"… {len(names) - MOST_LABELS} more"] if len(names) > MOST_LABELS else []
        yield replace(Arrow(source, target), label="\n".join([*names[:MOST_LABELS], *more]), style=style)
