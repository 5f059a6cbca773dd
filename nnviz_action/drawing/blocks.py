"""Where a drawing repeats itself: runs of equal blocks, each wired like the others."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nnviz_action.drawing.boxes import SHARED, Box, Drawing
from nnviz_action.graph.values import Module, own_name

LONGEST_PERIOD = 4  # modules that may alternate, as the two blocks of a Swin do
LONGEST_STEP = 24  # single boxes that may make up a step, as of a recurrent layer that is unrolled
FEWEST_LEAVES = 3  # copies below which single boxes are not worth folding
FEWEST_ASIDE = 3  # copies below which blocks side by side are not
LEAF = "\0"  # path of the module that stands around a single box while boxes fold as blocks do
_OF_ANOTHER = re.compile(rf"{SHARED}([\w@]+\.)*")
Modules = tuple[Module, ...]
Members = Mapping[Modules, Sequence[Box]]


@dataclass(frozen=True)
class Run:
    """`count` times the same `period` consecutive modules, all directly in one scope."""

    scopes: tuple[Modules, ...]
    period: int
    aside: bool = False  # no copy follows on another

    @property
    def count(self) -> int:
        """How many copies there are."""
        return len(self.scopes) // self.period

    @property
    def depth(self) -> int:
        """How many modules lead to one of the blocks, itself included."""
        return len(self.scopes[0])


@dataclass(frozen=True)
class Copies:
    """Of the boxes in a run: which copy each is in, and for which of the first copy it stands."""

    number: Mapping[str, int]
    first: Mapping[str, str]

    @classmethod
    def of(cls, run: Run, members: Members) -> "Copies":
        """By the keys of the boxes."""
        number: dict[str, int] = {}
        first: dict[str, str] = {}
        for index, scope in enumerate(run.scopes):
            for box, model in zip(members[scope], members[run.scopes[index % run.period]], strict=True):
                number[box.key], first[box.key] = index // run.period, model.key
        return cls(number, first)


def members(drawing: Drawing, depth: int) -> dict[Modules, list[Box]]:
    """The boxes in each module at this depth."""
    found: dict[Modules, list[Box]] = {}
    for box in drawing.boxes:
        if len(box.modules) >= depth:
            found.setdefault(box.modules[:depth], []).append(box)
    return found


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
            run = _run_at(siblings, row, position)
            run = _alike(run, drawing, inside) if run else None
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
    return module.kind, module.call, module.copies, module.shared


def _run_at(siblings: Sequence[Modules], signatures: Sequence[int], start: int) -> Run | None:
    leaf = siblings[start][-1].path.startswith(LEAF)
    for period in range(1, (LONGEST_STEP if leaf else LONGEST_PERIOD) + 1):
        end = start + period
        while end < len(siblings) and signatures[end] == signatures[end - period]:
            end += 1
        whole = (end - start) // period * period
        if whole >= 2 * period:
            return Run(tuple(siblings[start : start + whole]), period)
    return None


def _alike(run: Run, drawing: Drawing, inside: Members, is_later: bool = False) -> Run | None:
    """As much of a run as is wired alike, if that is worth folding.

    Where a state goes from copy to copy, the first one is apart: an arrow from it to the others tells of the state.
    """
    wiring = _wiring(run, drawing, inside)
    if not is_later and run.count > FEWEST_ASIDE - 1 and _hands_on(run, wiring, drawing, inside):
        later = replace(run, scopes=run.scopes[run.period :])
        return _alike(later, drawing, inside, is_later=True)
    targets = [{target for _, target, *_ in incoming} for incoming in wiring[:2]]
    same = next((i for i in range(2, run.count) if wiring[i] != wiring[1]), run.count)
    chained = any(source[0] == "copy" for source, *_ in wiring[1])
    leaves = all(scope[-1].path.startswith(LEAF) for scope in run.scopes)
    fewest = FEWEST_LEAVES if leaves else 2 if chained else FEWEST_ASIDE
    # The first copy may lack what the others get from the one before: an input needs no gradient.
    steady = {target for source, target, *_ in wiring[1] if source[0] != "copy"}
    if not steady <= targets[0] <= targets[1] or same < fewest or (leaves and not chained):
        return None
    found = replace(run, scopes=run.scopes[: same * run.period], aside=not chained)
    return None if _parts_ways(found, drawing, inside) else found


def _parts_ways(run: Run, drawing: Drawing, inside: Members) -> bool:
    """Whether single boxes are in it, and a copy gives something to a box to which the last one gives nothing.

    Folded, what each gives would seem to come from all: as if a query and a key were rotated twice.
    """
    if not any(scope[-1].path.startswith(LEAF) for scope in run.scopes):
        return False
    number = Copies.of(run, inside).number
    given: dict[int, set[str]] = {copy: set() for copy in range(run.count)}
    for key, copy in number.items():
        given[copy].update(arrow.target for arrow in drawing.leaving(key) if arrow.target not in number)
    return not set().union(*given.values()) <= given[run.count - 1]


def _hands_on(run: Run, wiring: "Sequence[_Incoming]", drawing: Drawing, inside: Members) -> bool:
    """Whether a copy gives the next one what the last copy gives nobody, as the state of a recurrent network."""
    copies = Copies.of(run, inside)
    handed = {source[1] for source, *_ in wiring[1] if source[0] == "copy" and source[2] == 1}
    last = [key for key, number in copies.number.items() if number == run.count - 1]
    leaving = {
        copies.first[key] for key in last for arrow in drawing.leaving(key) if arrow.target not in copies.number
    }
    return bool(leaving) and not handed <= leaving


_Incoming = frozenset[tuple[tuple[str, str, int], str, str, str]]


def _wiring(run: Run, drawing: Drawing, inside: Members) -> list[_Incoming]:
    """Of each copy what it receives, in terms of the first copy: from which box how many copies before it, or from
    which box outside the run, and in which of its own."""
    copies = Copies.of(run, inside)
    found: list[set[tuple[tuple[str, str, int], str, str, str]]] = [set() for _ in range(run.count)]
    for key, number in copies.number.items():
        for arrow in drawing.entering(key):
            other = copies.number.get(arrow.source)
            if other != number:
                near = ("copy", copies.first[arrow.source], number - other) if other is not None else None
                found[number].add((near or ("", arrow.source, 0), copies.first[key], arrow.label, arrow.style))
    return [frozenset(incoming) for incoming in found]
