"""Drawing → Drawing in which the same block, several times in a row, stands once with ×N."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.graph import Module, own_name

LONGEST_PERIOD = 4  # kinds that may alternate, as the two blocks of a Swin do
_ORDINALS = {2: "2nd", 3: "3rd", 4: "4th"}
Modules = tuple[Module, ...]


@dataclass(frozen=True)
class _Run:
    """`count` times the same `period` consecutive modules, all directly in one scope."""

    scopes: tuple[Modules, ...]
    period: int

    @property
    def count(self) -> int:
        return len(self.scopes) // self.period


def fold_repeats(drawing: Drawing) -> Drawing:
    """Replace each run of equal blocks by its first one, inner runs first.

    Blocks are equal if their boxes, and the arrows between these, say the same. Arrows from one copy to the next go;
    those that leave the last copy leave the first one instead.
    """
    for depth in range(_depth(drawing), 0, -1):
        for run in _runs(drawing, depth):
            drawing = _fold(drawing, run)
    return drawing


def _depth(drawing: Drawing) -> int:
    return max((len(box.modules) for box in drawing.boxes), default=0)


def _runs(drawing: Drawing, depth: int) -> list[_Run]:
    """The runs among the modules at this depth, longest coverage first at each place."""
    members = _members(drawing, depth)
    signatures = {scope: _signature(drawing, boxes, depth) for scope, boxes in members.items()}
    runs: list[_Run] = []
    for siblings in _siblings(drawing, depth):
        position = 0
        while position < len(siblings):
            run = _run_at(siblings, [signatures[s] for s in siblings], position)
            runs += [run] if run else []
            position += len(run.scopes) if run else 1
    return runs


def _members(drawing: Drawing, depth: int) -> dict[Modules, list[Box]]:
    found: dict[Modules, list[Box]] = {}
    for box in drawing.boxes:
        if len(box.modules) >= depth:
            found.setdefault(box.modules[:depth], []).append(box)
    return found


def _siblings(drawing: Drawing, depth: int) -> Iterator[list[Modules]]:
    """Modules that follow each other in one scope, with nothing of that scope between them."""
    by_parent: dict[Modules, list[Modules | None]] = {}
    for box in drawing.boxes:
        if len(box.modules) >= depth - 1:
            row = by_parent.setdefault(box.modules[: depth - 1], [])
            scope = box.modules[:depth] if len(box.modules) >= depth else None
            if not row or row[-1] != scope:
                row.append(scope)
    for row in by_parent.values():
        scattered = {scope for scope, places in Counter(row).items() if places > 1}
        current: list[Modules] = []
        for scope in (*row, None):
            if scope is not None and scope not in scattered:
                current.append(scope)
            elif current:
                yield current
                current = []


def _signature(drawing: Drawing, boxes: Sequence[Box], depth: int) -> object:
    places = {box.key: index for index, box in enumerate(boxes)}
    inner = sorted(
        (places[a.source], places[a.target], a.label, a.style)
        for a in drawing.arrows
        if a.source in places and a.target in places
    )
    root = boxes[0].modules[depth - 1]
    texts = [(_title(b, root), b.kind, b.subtitle, b.rows, _inside(b, depth), b.parameters) for b in boxes]
    return root.kind, tuple(texts), tuple(inner)


def _title(box: Box, root: Module) -> str:
    return box.title.removeprefix(f"{root.path}.")


def _inside(box: Box, depth: int) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (own_name(box.modules[: i + 1]), box.modules[i].kind, box.modules[i].call)
        for i in range(depth, len(box.modules))
    )


def _run_at(siblings: Sequence[Modules], signatures: Sequence[object], start: int) -> _Run | None:
    for period in range(1, LONGEST_PERIOD + 1):
        end = start + period
        while end < len(siblings) and signatures[end] == signatures[end - period]:
            end += 1
        whole = (end - start) // period * period
        if whole >= 2 * period:
            return _Run(tuple(siblings[start : start + whole]), period)
    return None


def _fold(drawing: Drawing, run: _Run) -> Drawing:
    depth = len(run.scopes[0])
    members = _members(drawing, depth)
    stands_for: dict[str, str] = {}
    copy_of: dict[str, int] = {}
    for index, scope in enumerate(run.scopes):
        for box, first in zip(members[scope], members[run.scopes[index % run.period]], strict=True):
            stands_for[box.key] = first.key
            copy_of[box.key] = index // run.period
    kept = {key for key, copy in copy_of.items() if copy == 0}
    boxes = [_renamed(b, run) if b.key in kept else b for b in drawing.boxes if b.key in kept or b.key not in copy_of]
    return Drawing(tuple(boxes), tuple(dict.fromkeys(_arrows(drawing.arrows, stands_for, copy_of))))


def _renamed(box: Box, run: _Run) -> Box:
    """The box inside a module whose name tells the range and the number of copies."""
    depth = len(run.scopes[0])
    index = run.scopes.index(box.modules[:depth])
    module, last = box.modules[depth - 1], run.scopes[-run.period + index]
    before, after = own_name(box.modules[:depth]), own_name(last)
    calls = "calls" if before == after else ""
    steps = f", every {_ORDINALS[run.period]}" if run.period > 1 else ""
    title = before if calls else f"{before} … {after.rpartition('.')[2]}{steps}"
    kind = f"{module.kind} ×{run.count} {calls}".rstrip()
    renamed = replace(module, kind=kind, title=title)
    return replace(box, modules=(*box.modules[: depth - 1], renamed, *box.modules[depth:]))


def _arrows(arrows: Sequence[Arrow], stands_for: dict[str, str], copy_of: dict[str, int]) -> Iterator[Arrow]:
    for arrow in arrows:
        between = arrow.source in copy_of and arrow.target in copy_of
        if not (between and copy_of[arrow.source] != copy_of[arrow.target]):
            source, target = (stands_for.get(key, key) for key in (arrow.source, arrow.target))
            yield replace(arrow, source=source, target=target)
