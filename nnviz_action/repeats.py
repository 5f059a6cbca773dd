"""Drawing → Drawing in which the same block, several times in a row, stands once with ×N."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.graph import Module, own_name

LONGEST_PERIOD = 4  # modules that may alternate, as the two blocks of a Swin do
LONGEST_STEP = 24  # single boxes that may make up a step, as of a recurrent layer that is unrolled
FEWEST_LEAVES = 3  # copies below which single boxes are not worth folding
FEWEST_ASIDE = 3  # copies below which blocks side by side are not
LEAF = "\0"  # path of the module that stands around a single box while boxes fold as blocks do
Modules = tuple[Module, ...]


@dataclass(frozen=True)
class _Run:
    """`count` times the same `period` consecutive modules, all directly in one scope."""

    scopes: tuple[Modules, ...]
    period: int

    @property
    def count(self) -> int:
        return len(self.scopes) // self.period

    @property
    def depth(self) -> int:
        return len(self.scopes[0])


def fold_repeats(drawing: Drawing) -> Drawing:
    """Replace each run of equal blocks by its first one, inner runs first.

    Blocks are equal if their boxes, and the arrows between these, say the same. Arrows from one copy to the next go;
    those that leave the last copy leave the first one instead. Where what the copy before gives goes to several
    places of a copy, these meet in a box of kind `entry`.
    """
    for depth in range(_depth(drawing), 0, -1):
        for run in _runs(drawing, depth):
            drawing = _fold(drawing, run)
    return drawing


def fold_leaves(drawing: Drawing) -> Drawing:
    """As `fold_repeats`, of single boxes in a row too: a thousand times a layer and a function."""
    wrapped = replace(drawing, boxes=tuple(_wrapped(box) for box in drawing.boxes))
    folded = fold_repeats(wrapped)
    return replace(folded, boxes=tuple(_unwrapped(box) for box in folded.boxes))


def _wrapped(box: Box) -> Box:
    if box.kind == "io":
        return box
    return replace(box, modules=(*box.modules, Module(LEAF + box.key, box.subtitle, title=box.title)))


def _unwrapped(box: Box) -> Box:
    kept = tuple(m for m in box.modules if not _is_single(m))
    return replace(box, modules=kept)


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
            run = run if run and _is_worth_it(run, drawing, members) else None
            runs += [run] if run else []
            position += len(run.scopes) if run else 1
    return runs


def _is_worth_it(run: _Run, drawing: Drawing, members: Mapping[Modules, Sequence[Box]]) -> bool:
    """Two blocks fold if one follows on the other, three also side by side; single boxes only if many follow."""
    leaves = all(scope[-1].path.startswith(LEAF) for scope in run.scopes)
    chained = _is_chain(run, drawing, members)
    if leaves:
        return chained and run.count >= FEWEST_LEAVES
    return chained or run.count >= FEWEST_ASIDE


def _is_chain(run: _Run, drawing: Drawing, members: Mapping[Modules, Sequence[Box]]) -> bool:
    """Whether something goes from each copy to the next."""
    copy = {box.key: i // run.period for i, scope in enumerate(run.scopes) for box in members[scope]}
    steps = {copy[a.source] for a in drawing.arrows_within(copy) if copy[a.target] == copy[a.source] + 1}
    return len(steps) == run.count - 1


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
    inner = sorted((places[a.source], places[a.target], a.label, a.style) for a in drawing.arrows_within(places))
    root = boxes[0].modules[depth - 1]
    texts = [(_title(b, root), b.kind, b.subtitle, b.rows, b.copies, _inside(b, depth)) for b in boxes]
    return root.kind, tuple(texts), tuple(inner)


def _title(box: Box, root: Module) -> str:
    if root.path.startswith(LEAF) and box.subtitle:
        return ""  # layers are equal whatever they are called
    return box.title.removeprefix(f"{root.path}.")


def _inside(box: Box, depth: int) -> tuple[object, ...]:
    """The modules around a box below this depth; what stands around it alone is called as it is itself."""
    inner = [box.modules[: i + 1] for i in range(depth, len(box.modules))]
    return tuple(("" if _is_single(scope[-1]) else own_name(scope), *_traits(scope[-1])) for scope in inner)


def _is_single(module: Module) -> bool:
    return module.path.startswith(LEAF) and module.copies == 1


def _traits(module: Module) -> tuple[object, ...]:
    return module.kind, module.call, module.copies, module.shared


def _run_at(siblings: Sequence[Modules], signatures: Sequence[object], start: int) -> _Run | None:
    leaf = siblings[start][-1].path.startswith(LEAF)
    for period in range(1, (LONGEST_STEP if leaf else LONGEST_PERIOD) + 1):
        end = start + period
        while end < len(siblings) and signatures[end] == signatures[end - period]:
            end += 1
        whole = (end - start) // period * period
        if whole >= 2 * period:
            return _Run(tuple(siblings[start : start + whole]), period)
    return None


def _fold(drawing: Drawing, run: _Run) -> Drawing:
    copies = _Copies.of(drawing, run)
    entries, arrows = _entries(drawing, run, copies)
    boxes: list[Box] = []
    for box in drawing.boxes:
        if box.key not in copies.number:
            boxes.append(box)
        elif copies.number[box.key] == 0:
            boxes += entries
            entries = []
            boxes.append(replace(box, modules=_renamed(box.modules, run)))
    return Drawing(tuple(boxes), tuple(dict.fromkeys(arrows)))


@dataclass(frozen=True)
class _Copies:
    """Of the boxes in a run: which copy each is in, and for which of the first copy it stands."""

    number: Mapping[str, int]
    first: Mapping[str, str]

    @classmethod
    def of(cls, drawing: Drawing, run: _Run) -> "_Copies":
        members = _members(drawing, run.depth)
        number: dict[str, int] = {}
        first: dict[str, str] = {}
        for index, scope in enumerate(run.scopes):
            for box, model in zip(members[scope], members[run.scopes[index % run.period]], strict=True):
                number[box.key], first[box.key] = index // run.period, model.key
        return cls(number, first)


def _entries(drawing: Drawing, run: _Run, copies: _Copies) -> tuple[list[Box], list[Arrow]]:
    """The boxes at which a copy begins, and all arrows as they are after the fold."""
    number, first = copies.number, copies.first
    carried = {first[a.target] for a in drawing.arrows if number.get(a.source) == 0 and number.get(a.target) == 1}
    comes_in = [a for a in drawing.arrows if a.source not in number and number.get(a.target) == 0]
    values = Counter((a.source, a.label, a.style) for a in comes_in if a.target in carried)
    meeting = {value: f"entry {first_key} {i}" for i, value in enumerate(v for v, n in values.items() if n > 1)
               for first_key in [next(iter(first))]}  # fmt: skip
    arrows: list[Arrow] = []
    for arrow in drawing.arrows:
        key = meeting.get((arrow.source, arrow.label, arrow.style))
        one, other = number.get(arrow.source), number.get(arrow.target)
        if key is not None and other == 0 and arrow.target in carried:
            arrows += [replace(arrow, target=key), replace(arrow, source=key)]
        elif one is None or other is None or one == other:
            ends = (first.get(arrow.source, arrow.source), first.get(arrow.target, arrow.target))
            arrows.append(replace(arrow, source=ends[0], target=ends[1]))
    scope = _renamed(run.scopes[0], run)[: run.depth]
    return [Box(key, "", "entry", modules=scope) for key in meeting.values()], arrows


def _renamed(modules: Modules, run: _Run) -> Modules:
    """The modules of a box of the first copy: the one that repeats, or one around those, tells range and number."""
    above, module, below = modules[: run.depth - 1], modules[run.depth - 1], modules[run.depth :]
    before, after = (_name(scope) for scope in (run.scopes[0], run.scopes[-1]))
    shared = run.period == 1 and before == after and module.path == run.scopes[-1][-1].path
    title = before if shared or not after else f"{before} … {after.rpartition('.')[2]}"
    if run.period == 1:
        return (*above, replace(module, title=title, copies=run.count, shared=shared), *below)
    group = Module(above[-1].path if above else "", "", title=title, copies=run.count)
    return (*above, group, module, *below)


def _name(scope: Modules) -> str:
    return own_name(scope)
