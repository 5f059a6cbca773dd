"""Where a drawing repeats itself: runs of equal blocks, each wired like the others."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from nnviz_action.drawing.alike import alike
from nnviz_action.drawing.boxes import SHARED, Box, Drawing
from nnviz_action.drawing.copies import LEAF, Modules, Run, members
from nnviz_action.graph.values import Module, own_name

LONGEST_PERIOD = 4  # modules that may alternate, as the two blocks of a Swin do
LONGEST_STEP = 24  # single boxes that may make up a step, as of a recurrent layer that is unrolled
_OF_ANOTHER = re.compile(rf"{SHARED}([\w@]+\.)*")


def runs(drawing: Drawing, depth: int) -> list[Run]:
    """The runs among the modules at this depth, longest coverage first at each place."""
    inside = members(drawing, depth)
    numbers: dict[object, int] = {}
    signatures = {
        scope: numbers.setdefault(_signature(drawing, boxes, depth), len(numbers)) for scope, boxes in inside.items()
    }
    found: list[Run] = []
    for siblings in _siblings(drawing, depth):
        row, position = [signatures[s] for s in siblings], 0
        while position < len(siblings):
            tried = (alike(run, drawing, inside) for run in _runs_at(siblings, row, position))
            run = next(filter(None, tried), None)
            found += [run] if run else []
            position = siblings.index(run.scopes[-1]) + 1 if run else position + 1
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


def _signature(drawing: Drawing, boxes: Sequence[Box], depth: int) -> tuple[object, ...]:
    """All that a block says, but for the names of its copies and what it is wired to."""
    places = {box.key: index for index, box in enumerate(boxes)}
    inner = sorted((places[a.source], places[a.target], a.label, a.style) for a in drawing.arrows_within(places))
    root = boxes[0].modules[depth - 1]
    texts = [(_title(b, root), b.kind, b.subtitle, *_rows(b), *_work(b), *_inside(b, depth)) for b in boxes]
    return root.kind, tuple(texts), tuple(inner)


def _rows(box: Box) -> Iterator[str]:
    """The lines, without the words by which a second call tells that its weights are another's."""
    return (_OF_ANOTHER.sub("", row) for row in box.rows)


def _work(box: Box) -> tuple[int, int]:
    """What tells blocks of other sizes apart. Parameters are left out: a second call brings none."""
    return box.numbers.macs, box.numbers.activations


def _title(box: Box, root: Module) -> str:
    if root.path.startswith(LEAF) and box.subtitle:
        return ""  # layers are equal whatever they are called
    return box.title.removeprefix(f"{root.path}.")


def _inside(box: Box, depth: int) -> tuple[object, ...]:
    """The modules around a box below this depth; what stands around it alone is called as it is itself."""
    inner = [box.modules[: i + 1] for i in range(depth, len(box.modules))]
    return tuple(("" if is_single(scope[-1]) else own_name(scope), *_traits(scope[-1])) for scope in inner)


def is_single(module: Module) -> bool:
    """Whether it is no module, but stands around one box."""
    return module.path.startswith(LEAF) and module.copies == 1


def _traits(module: Module) -> tuple[object, ...]:
    return module.kind, module.call, module.copies, module.shared, module.aside


def _runs_at(siblings: Sequence[Modules], signatures: Sequence[int], start: int) -> Iterator[Run]:
    """The runs that begin here, those of the shortest period first; single boxes have but one."""
    leaf = siblings[start][-1].path.startswith(LEAF)
    for period in range(1, (LONGEST_STEP if leaf else LONGEST_PERIOD) + 1):
        end = start + period
        while end < len(siblings) and signatures[end] == signatures[end - period]:
            end += 1
        whole = (end - start) // period * period
        if whole >= 2 * period:
            yield Run(tuple(siblings[start : start + whole]), period)
            if leaf:
                return
