"""Of many rows, those that belong together as one: nothing is lost, they stay in it as `folded`."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import takewhile

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.fold_words import inside, of_places, widths
from nnviz_action.comparison.grouping import of_all
from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.parts import Part
from nnviz_action.comparison.path_ranges import mask
from nnviz_action.graph.numbers import Numbers

FEW, MOST = 5, 8  # rows that a reader takes in at once, and rows that are told at most where modules hold several
FEWEST = 3  # rows that are worth folding
DEEPEST = 6  # modules in modules by which rows are told together
Grouping = Callable[[Sequence[Change]], list[Change]]


@dataclass(frozen=True, eq=False)
class Replaced:
    """A module of another class: the row that says so, where it was, and what changed inside of it."""

    head: Change
    was: str
    members: Sequence[Change]


def fold(changes: Sequence[Change], outer: Iterable[Replaced], group: Grouping) -> list[Change]:
    """The rows of these changes; `outer` are those of modules whose class is another, `group` makes one row of those
    that say the same."""
    rows = group(changes)
    if len(rows) > FEW:
        rows = _with_replaced(changes, outer, group, rows)
    if len(rows) > FEW:
        rows = _with_widths(rows)
    return _by_module(rows) if len(rows) > MOST else rows


def _with_replaced(
    changes: Sequence[Change], outer: Iterable[Replaced], group: Grouping, rows: list[Change]
) -> list[Change]:
    """What changed inside of a module of another class is told with the class."""
    kinds: dict[Hashable, list[Replaced]] = {}
    for one in outer:
        kinds.setdefault((one.head.what, one.head.details[:1], of_all(one.head)), []).append(one)
    for blocks in kinds.values():
        told = {id(member) for one in blocks for member in one.members}
        if len(group([member for one in blocks for member in one.members])) >= FEWEST:
            said = inside([(one.head.path, one.was, one.members) for one in blocks])
            heads = {id(one.head): _head(one, said) for one in blocks}
            changes = [heads.get(id(change), change) for change in changes if id(change) not in told]
    found = [replace(row, folded=tuple(group(row.folded))) for row in group(changes)]
    return found if len(found) < len(rows) else rows


def _head(one: Replaced, said: str) -> Change:
    return replace(
        one.head, details=(f"{one.head.details[0]}: {said}", *one.head.details[1:]), folded=tuple(one.members)
    )


def _with_widths(rows: list[Change]) -> list[Change]:
    """Layers that only have other sizes, at several widths."""
    sized = [row for row in rows if _is_width(row)]
    if len(sized) < FEWEST:
        return rows
    places = tuple(place for row in sized for place in _places(row))
    return _in_place(rows, sized, places, widths(sized))


_LABEL = "(?:in|out|hidden|weight|bias)"
_SIZE = re.compile(rf"({_LABEL}(?:, {_LABEL})*) (\d[\d×]* → \d[\d×]*(?: … \d[\d×]*(?: → \d[\d×]*)?)?)")


def _is_width(row: Change) -> bool:
    """Whether all that is said are features and channels; groups of a depthwise convolution are as many."""
    if row.kind != "changed" or row.folded:
        return False
    steps = {found[2] for detail in row.details if (found := _SIZE.fullmatch(detail))}
    rest = [detail for detail in row.details if not _SIZE.fullmatch(detail)]
    return bool(steps) and all(detail.removeprefix("groups ") in steps for detail in rest)


def _by_module(rows: list[Change]) -> list[Change]:
    """Rows of one module together, of the smallest modules that leave few enough rows; else as they are."""
    for depth in range(DEEPEST, 0, -1):
        homes = [_home(row, depth) for row in rows]
        counts = Counter(filter(None, homes))  # what is in no module together stays apart
        if len(counts) + len(homes) - counts.total() <= MOST:
            for home in [home for home, count in counts.items() if count > 1]:
                members = [row for row, own in zip(rows, homes, strict=True) if own == home]
                rows = _in_place(rows, members, _modules(members, home), of_places(members))
                homes = [_home(row, depth) for row in rows]
            return rows
    return rows


def _home(row: Change, depth: int) -> str:
    """The module around all places of a row, numbers left out; of a row that stands for others, the module itself."""
    paths = [mask(path) for path in _places(row)]
    around = paths if row.folded else [path.rpartition(".")[0] for path in paths]
    split = [path.split(".") for path in dict.fromkeys(around)]
    return ".".join(split[0][: min(depth, _shared_start(split))])


def _shared_start(rows: Sequence[Sequence[str]]) -> int:
    """How many names all rows begin with."""
    alike = takewhile(lambda names: len(set(names)) == 1, zip(*rows, strict=False))
    return sum(1 for _ in alike)


def _modules(rows: Sequence[Change], home: str) -> tuple[str, ...]:
    """The modules in which these rows are, as deep as this: those that there are now, if there are any."""
    depth = len(home.split(".")) if home else 0
    now = [row for row in rows if row.kind != "removed"] or rows
    return tuple(dict.fromkeys(".".join(path.split(".")[:depth]) for row in now for path in _places(row)))


def _places(row: Change) -> tuple[str, ...]:
    return row.places or (row.path,)


def _in_place(rows: list[Change], members: Sequence[Change], places: tuple[str, ...], said: str) -> list[Change]:
    """The rows with one in the place of the first of the members, told of these places."""
    ids = {id(member) for member in members}
    before, after = (sum((getattr(m, side) for m in members), Numbers()) for side in ("before", "after"))
    folded = tuple(one for member in members for one in (member.folded or (member,)))
    one = Change("changed", places[0], "", (said,), before=before, after=after, folded=folded)
    one = replace(one, places=places) if len(places) > 1 else one
    return [one if row is members[0] else row for row in rows if row is members[0] or id(row) not in ids]


def replaced_modules(candidates: Sequence[Change], changes: Sequence[Change], found: Matching) -> Iterator[Replaced]:
    """Those of the candidates that tell of a module of another class, with what changed inside of it: the outermost
    ones, of which little is left, or that stand in several places."""
    known = {b.path: (a, b) for a, b in found.pairs if a.box is None and b.box is None and b.path}
    heads = [c for c in candidates if c.path in known and _is_replaced(c)]
    counts = Counter((head.what, head.details[:1]) for head in heads)
    kept = {id(b) for _, b in found.leaves()} if heads else set()
    outermost: list[Change] = []
    for head in sorted(heads, key=lambda h: h.path.count(".")):
        is_within = any(head.path.startswith(f"{one.path}.") for one in outermost)
        if not is_within and (counts[head.what, head.details[:1]] > 1 or _share(*known[head.path], kept) < ALIKE):
            outermost.append(head)
    for head in outermost:
        old = known[head.path][0].path
        members = [c for c in changes if c is not head and _is_in(c, old if c.kind == "removed" else head.path)]
        yield Replaced(head, old, members)


ALIKE = 0.5  # of two modules, from which on what each of them holds is worth a row


def _share(old: Part, new: Part, kept: Set[int]) -> float:
    """How much of two modules that are one is in both: 1 where each leaf of the one is a leaf of the other."""
    return 2 * sum(id(leaf) in kept for leaf in new.leaves()) / max(1, old.size + new.size)


def _is_replaced(change: Change) -> bool:
    return change.kind == "changed" and bool(change.what) and change.details[0].endswith(f" → {change.what}")


def _is_in(change: Change, path: str) -> bool:
    """Whether it is told of something in a module; that the module itself has another name is not."""
    return change.path.startswith(f"{path}.") or (change.path == path and change.kind == "changed")
