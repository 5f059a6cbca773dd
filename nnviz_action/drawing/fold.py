"""Drawing → Drawing with no more boxes than a budget: modules are closed until the rest can be read."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from math import prod

from nnviz_action.drawing.auxiliary import is_auxiliary
from nnviz_action.drawing.boxes import LOUD, Arrow, Box, Drawing
from nnviz_action.drawing.contents import contents
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name

BUDGET = 60
WIDEST = 24  # a module with more children than this is opened in groups of consecutive ones
MOST_LABELS = 3  # values that one arrow between two closed modules names


@dataclass(eq=False)
class _Scope:
    """A module, or a group of consecutive children of one, with all that is in it, in order."""

    module: Module | None
    parents: tuple[Module, ...] = ()
    children: list["_Scope | Box"] = field(default_factory=list)
    is_group: bool = False

    def boxes(self) -> Iterator[Box]:
        for child in self.children:
            if isinstance(child, Box):
                yield child
            else:
                yield from child.boxes()

    @property
    def depth(self) -> int:
        """How many modules are around its children."""
        return len(self.parents) + 1

    @property
    def inside(self) -> int:
        """At which place among their modules those of its boxes begin that lie in it."""
        return len(self.parents) + (not self.is_group)

    @cached_property
    def size(self) -> int:
        """Boxes, all copies counted: what opening it tells about the model."""
        if self.module is not None and is_auxiliary(self.module):
            return 0
        return sum(prod(m.copies for m in box.modules) for box in self.boxes())

    @cached_property
    def paths(self) -> frozenset[str]:
        """Its own path and those of all modules in it."""
        return frozenset(m.path for box in self.boxes() for m in box.modules[len(self.parents) :])


@dataclass(frozen=True)
class Opening:
    """What is open whatever the budget says, and what is closed: by depth, and by patterns of module paths.

    All modules down to `depth` are open, and none below it. A pattern of `expand` opens what it matches and all
    around that; one of `collapse` closes what it matches.
    """

    depth: int | None = None
    expand: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()

    def wants_closed(self, scope: _Scope) -> bool:
        """Whether it must not open."""
        path = scope.module.path if scope.module else ""
        too_deep = self.depth is not None and scope.depth > self.depth and not self.wants_open(scope)
        return too_deep or any(fnmatchcase(path, pattern) for pattern in self.collapse)

    def wants_open(self, scope: _Scope) -> bool:
        """Whether it must open."""
        if self.depth is not None and scope.depth <= self.depth:
            return True
        return any(fnmatchcase(path, pattern) for pattern in self.expand for path in scope.paths)


EVERYTHING = Opening()


def fold(drawing: Drawing, budget: int = BUDGET, opening: Opening = EVERYTHING) -> Drawing:
    """Open modules, largest first, while no more than `budget` boxes show; close the others to one box each."""
    root = _tree(drawing.boxes)
    shown: dict[str, Box] = {}
    for item in _open(root, budget, opening):
        if isinstance(item, Box):
            shown[item.key] = item
        else:
            closed = _closed(item)
            shown |= {box.key: closed for box in item.boxes()}
    boxes = tuple(dict.fromkeys(shown[box.key] for box in drawing.boxes))
    return Drawing(boxes, tuple(join_arrows(drawing.arrows, shown)))


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
    """Put consecutive children into groups, until no level has more than can be shown.

    A layer of torch's own that is so large inside, an unrolled LSTM, is better closed than told in pieces.
    """
    if scope.module is not None and scope.module.kind.startswith("torch.nn."):
        return
    while len(scope.children) > WIDEST * 2:
        size = max(2, -(-len(scope.children) // WIDEST))
        inside = (*scope.parents, scope.module) if scope.module else ()
        chunks = [scope.children[i : i + size] for i in range(0, len(scope.children), size)]
        scope.children = [_Scope(_range(chunk, scope), inside, chunk, is_group=True) for chunk in chunks]


def _range(chunk: list["_Scope | Box"], scope: _Scope) -> Module:
    names = [_name(chunk[0]), _name(chunk[-1])]
    above = (*scope.parents, scope.module)[-1]
    path = f"{above.path}." if above else ""
    return Module(f"{path}{' … '.join(names)}", f"{len(chunk)} in a row")


def _name(item: "_Scope | Box") -> str:
    if isinstance(item, Box):
        return item.title
    return own_name((*item.parents, item.module)).partition(" … ")[0] if item.module else ""


def _open(root: _Scope, budget: int, opening: Opening) -> list[_Scope | Box]:
    """What is shown: boxes, and scopes that stay closed."""
    shown: list[_Scope | Box] = list(root.children)
    heap = [_turn(scope, opening, place) for place, scope in enumerate(shown) if isinstance(scope, _Scope)]
    heapq.heapify(heap)
    serial = len(shown)
    while heap:
        for scope in _fitting(_next(heap), budget - len(shown), opening):
            place = shown.index(scope)
            shown[place : place + 1] = scope.children
            for child in scope.children:
                if isinstance(child, _Scope):
                    serial += 1
                    heapq.heappush(heap, _turn(child, opening, serial))
    return shown


_Turn = tuple[bool, int, int, int, _Scope]


def _turn(scope: _Scope, opening: Opening, serial: int) -> _Turn:
    """Sorts what must open before what may, then the largest first, then the outermost, then by place."""
    return (not opening.wants_open(scope), -scope.size, scope.depth, serial, scope)


def _next(heap: list[_Turn]) -> list[_Turn]:
    """All whose turn is the same but for their place."""
    turns = [heapq.heappop(heap)]
    while heap and heap[0][:3] == turns[0][:3]:
        turns.append(heapq.heappop(heap))
    return turns


def _fitting(turns: list[_Turn], room: int, opening: Opening) -> list[_Scope]:
    """Those that open: all that must, all that may if there is room for all of them, else the first as an example."""
    scopes = [turn[-1] for turn in turns if not opening.wants_closed(turn[-1])]
    if not turns[0][0] or sum(len(scope.children) - 1 for scope in scopes) <= room:
        return scopes
    return [scope for scope in scopes[:1] if len(scope.children) - 1 <= room]


def _closed(scope: _Scope) -> Box:
    assert scope.module is not None
    inside = list(scope.boxes())
    return Box(
        key=f"m {scope.module.path} {inside[0].key}",
        title=own_name((*scope.parents, scope.module)),
        kind="changed" if any(box.kind in LOUD for box in inside) else "module",
        subtitle=" ".join(filter(None, (scope.module.short_kind, scope.module.times))),
        rows=(" · ".join(contents(inside, scope.inside)),),
        modules=scope.parents,
        numbers=sum((box.numbers for box in inside), Numbers()),
        shares=_shares(inside, prod(m.copies for m in (*scope.parents, scope.module))),
    )


def _shares(boxes: list[Box], copies: int) -> int:
    """The copies of a module, where each has parameters of its own."""
    return copies if all(box.shares % copies == 0 for box in boxes if box.numbers.parameters) else 1


def join_arrows(arrows: Iterable[Arrow], shown: Mapping[str, Box]) -> Iterator[Arrow]:
    """The arrows between the boxes that are shown for others, those of a kind between the same two as one."""
    labels: dict[tuple[str, str, str], list[str]] = {}
    for arrow in arrows:
        source, target = shown[arrow.source].key, shown[arrow.target].key
        if source != target:
            found = labels.setdefault((source, target, arrow.style), [])
            found += [arrow.label] if arrow.label and arrow.label not in found else []
    for (source, target, style), names in labels.items():
        more = [f"… {len(names) - MOST_LABELS} more"] if len(names) > MOST_LABELS else []
        yield replace(Arrow(source, target), label="\n".join([*names[:MOST_LABELS], *more]), style=style)


def open_single(drawing: Drawing) -> Drawing:
    """Modules that hold but one box become part of it: a frame around a single thing says nothing."""
    crowd = Counter(box.modules[:depth] for box in drawing.boxes for depth in range(1, len(box.modules) + 1))
    return replace(drawing, boxes=tuple(_without_frames(box, crowd) for box in drawing.boxes))


def _without_frames(box: Box, crowd: Counter[tuple[Module, ...]]) -> Box:
    depth = next((d for d in range(1, len(box.modules) + 1) if crowd[box.modules[:d]] == 1), 0)
    if not depth or box.subtitle:
        return box
    name = ".".join(own_name(box.modules[: d + 1]) for d in range(depth - 1, len(box.modules)))
    return replace(box, subtitle=name, modules=box.modules[: depth - 1])
