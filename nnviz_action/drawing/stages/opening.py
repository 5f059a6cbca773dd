"""Which modules open: from the outermost inwards, while what they hold still fits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.stages.calls import merge_calls, module_of
from nnviz_action.drawing.stages.ends import merge_ends
from nnviz_action.drawing.stages.items import Item, Modules, tree
from nnviz_action.drawing.stages.merging import merge_layers, merge_most
from nnviz_action.drawing.stages.runs import grouped
from nnviz_action.drawing.stages.steps import pass_views, settle
from nnviz_action.drawing.stages.web import STAGE, Part, Web, make_web

ENOUGH = 5  # parts that tell something of a model
NOTABLE, MAJOR = 0.15, 0.5  # of a model: what opens while there are fewer, and what opens in any case
SMALLEST = 3  # layers: a module that holds no more opens only where it is most of the model
FEW = 3  # parts: what opens then may be put together again as is necessary
MANY = 3  # stacks of one class side by side are stages
NOTHING_MUCH = 0.06  # of a model
SLACK = 4  # parts by which what opens may be too much, if that many are next to nothing
LEVELS = (0, 1, 2)  # see `grouped`


@dataclass(eq=False)
class Opener:
    """A drawing as a tree, and what it would look like with some of its modules open."""

    drawing: Drawing
    most: int
    shapes: dict[str, str] = field(default_factory=dict)
    inside: dict[tuple[Item, int], list[Item]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = tree(self.drawing.boxes)
        self.shapes |= {arrow.source: arrow.value for arrow in self.drawing.arrows}

    def weight(self, items: Iterable[Item]) -> float:
        """The share of the model that items hold: of the parameters and of the MACs on average."""
        given, whole = list(items), self.root.numbers
        shares = [
            sum(getattr(item.numbers, what) for item in given) / getattr(whole, what)
            for what in ("parameters", "macs")
            if getattr(whole, what)
        ]
        return sum(shares) / len(shares) if shares else sum(len(i.boxes) for i in given) / len(self.root.boxes)

    def stages(self) -> Web:
        """The stages of the model."""
        opened = {self.root}
        found = self._shown(opened, LEVELS)
        tried: set[Item] = set()
        while candidates := self._candidates(found, tried):
            for row in candidates:
                tried |= {*row}
                more = opened | {inner for item in row for inner in _with_wrapped(item)}
                trial = self._shown(more, LEVELS[:2])
                if self.most < len(trial.parts) <= self.most + SLACK:
                    merge_most(trial, self.most, self.weight, NOTHING_MUCH)
                if len(found.telling) < FEW:
                    merge_most(trial, self.most, self.weight)
                tells = all(_tells(item, trial) for item in row) and not _unrolls(row, trial)
                if len(trial.parts) <= self.most and tells:
                    opened, found = more, trial
        if len(found.parts) > self.most:
            merge_most(found, self.most, self.weight)
        return found

    def _candidates(self, web: Web, tried: set[Item]) -> list[list[Item]]:
        """The heaviest first. Modules side by side, as two towers are, open together or not at all; so do stacks."""
        enough = len(web.telling) >= ENOUGH
        small = SMALLEST if len(web.telling) > 2 else 0
        holder = {i: part for part in web.inner if part.rank == STAGE and not part.frame for i in part.items}
        alike = Counter((item.around, item.kind) for item in holder)
        left = [
            item
            for item in holder
            if item not in tried
            and can_open(item, small)
            and self.weight(_calls(item, holder[item])) >= NOTABLE
            and not (item.stack and alike[item.around, item.kind] >= MANY)
        ]
        rows: list[list[Item]] = []
        for item in sorted(left, key=lambda item: -self.weight([item])):
            row = next((row for row in rows if _go_together(item, row[0], holder, web)), None)
            if row is not None:
                row.append(item)
            elif not enough or (self.weight([item]) >= MAJOR and not item.stack):
                rows.append([item])
        return rows

    def _shown(self, opened: set[Item], levels: Sequence[int]) -> Web:
        """What is shown with these open, runs of modules as little put together as is necessary."""
        for level in levels:
            copies: dict[str, tuple[object, int]] = {}
            parts = [
                Part([i], frame, n) for n, (i, frame) in enumerate(self._open(self.root, (), opened, level, copies))
            ]
            web = make_web(parts, self.drawing.arrows, copies)
            settle(web)
            merge_calls(web)
            settle(web)
            merge_layers(web, self.weight, self.shapes)
            settle(web)
            pass_views(web)
            settle(web)
            merge_ends(web)
            if len(web.parts) <= self.most:
                break
        return web

    def _open(
        self, item: Item, frame: Modules, opened: set[Item], level: int, copies: dict[str, tuple[object, int]]
    ) -> Iterator[tuple[Item, Modules]]:
        if item not in opened:
            yield item, frame
            return
        if item.repeats and item.module:
            frame = (*frame, item.module)
        copies |= {key: (item, number) for key, number in item.copies.items()}
        if (item, level) not in self.inside:
            self.inside[item, level] = list(grouped(item.children, self.drawing, level))
        for child in self.inside[item, level]:
            yield from self._open(child, frame, opened, level, copies)


def _go_together(item: Item, first: Item, holder: Mapping[Item, Part], web: Web) -> bool:
    """Whether both are calls of one module, or both repeat, or no way leads from one to the other."""
    one, other = holder[item], holder[first]
    if first in _calls(item, one):
        return True
    ways = web.leads(one, other) or web.leads(other, one) or other in web.after[one] or one in web.after[other]
    return (item.repeats and first.repeats) or (one is not other and not ways)


def _calls(item: Item, part: Part) -> list[Item]:
    """The calls of one module in a part."""
    return [other for other in part.items if item.module and other.module and other.module.path == item.module.path]


def _unrolls(row: Sequence[Item], web: Web) -> bool:
    """Whether calls of one module, once they are open, stand one behind the other."""
    paths = Counter(path for part in web.telling for path in set(module_of(part)))
    return len(row) > len({item.module.path for item in row if item.module}) and max(paths.values(), default=0) > 1


def can_open(item: Item, most: int = 0) -> bool:
    """Whether there is something in a module that a reader may want to see, which is more than so many layers."""
    if item.module is None or item.is_one_layer or not item.children:
        return False
    if item.module.aside and not item.copies:
        return False  # folded: what was made of the others is not known any more
    return len(item.boxes) > 1 and (item.repeats or item.count > most)


def _with_wrapped(item: Item) -> Iterator[Item]:
    """A module, and those in it that are all that it holds."""
    yield item
    holding = [child for child in item.children if child.layers]
    if len(holding) == 1 and can_open(holding[0]) and not holding[0].repeats:
        yield from _with_wrapped(holding[0])


def _tells(item: Item, web: Web) -> bool:
    """Whether a repeated module, once it is open, shows more than one part."""
    own = {box.key for box in item.boxes}
    return not item.repeats or sum(any(box.key in own for box in part.boxes()) for part in web.telling) > 1
