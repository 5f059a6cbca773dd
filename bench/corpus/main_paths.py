"""The main path through a block: the longest one beside a shortcut, and the shortcuts themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnviz_action.drawing.boxes import Arrow, Box, Drawing

LONGEST_SIDE = 3  # boxes on a shortcut: a projection, what normalises it, a pooling before it
SUMS = ("add", "iadd", "add_")
CONCATENATIONS = ("cat", "concat", "concatenate", "hstack", "stack")
Ends = tuple[str, str]


def main_paths(drawing: Drawing, straight: dict[Ends, bool]) -> tuple[list[Ends], list[Ends]]:
    """The arrows of the longest ways around shortcuts: of those that are one arrow, and of those with a projection."""
    plain: dict[Ends, None] = {}
    projected: dict[Ends, None] = {}
    for box in drawing.boxes:
        sources = sorted(far_ends(drawing.entering(box.key), 0))
        if not box.modules or len(sources) < 2 or not _joins(box):
            continue
        ways = _ways(drawing, box, straight)
        found = [path for source in sources if (path := ways.around(source, ()))]
        if found:
            plain |= dict.fromkeys(max(found, key=ways.rank))
        elif len(sources) == 2 and box.title.partition(" ")[0] in SUMS:
            sides = [side for source in sources if (side := ways.side(source))]
            around = [path for side in sides if len(path := ways.around(side[0], side[1:])) > len(side)]
            projected |= dict.fromkeys(max(around, key=ways.rank)) if around else {}
    return list(plain), list(projected)


def _joins(box: Box) -> bool:
    """Whether it is where a shortcut may end: a sum, a product, a concatenation; no layer that is told a condition."""
    return box.kind == "arithmetic" or box.title.partition(" ")[0] in CONCATENATIONS


@dataclass(frozen=True)
class _Ways:
    """What leads to one box through the boxes of its innermost module."""

    drawing: Drawing
    end: str
    inside: list[str]
    straight: dict[Ends, bool]

    def around(self, source: str, without: Sequence[str]) -> tuple[Ends, ...]:
        """The longest path from a box to the end beside the arrow that leads there at once; empty without one."""
        best: dict[str, tuple[Ends, ...]] = {self.end: ()}
        for key in [*reversed([key for key in self.inside if key not in (source, *without)]), source]:
            after = far_ends(self.drawing.leaving(key), 1) & best.keys()
            if key == source:
                beside = without[0] if without else self.end
                after = {target for target in after - {beside} if self._gives_alike(source, target, beside)}
            paths = [((key, target), *best[target]) for target in after]
            if paths:
                best[key] = max(sorted(paths), key=self.rank)
        return best.get(source, ())

    def _gives_alike(self, source: str, one: str, other: str) -> bool:
        """Whether a box gives two others the same: it may give several values, which its arrows then name."""
        labels = [{a.label for a in self.drawing.leaving(source) if a.target == key} for key in (one, other)]
        return not labels[1] or bool(labels[0] & labels[1])

    def rank(self, path: tuple[Ends, ...]) -> tuple[int, int]:
        """The longest first; of those that are as long the straightest."""
        return len(path), sum(self.straight.get(ends, False) for ends in path)

    def side(self, key: str) -> tuple[str, ...]:
        """A chain of few boxes to the end, behind the box that it starts from; empty where there is none."""
        chain: tuple[str, ...] = ()
        while key in self.inside and len(chain) < LONGEST_SIDE and len(far_ends(self.drawing.leaving(key), 1)) == 1:
            before = far_ends(self.drawing.entering(key), 0)
            if len(before) != 1:
                return ()
            chain, key = (key, *chain), before.pop()
        return (key, *chain) if chain else ()


def _ways(drawing: Drawing, end: Box, straight: dict[Ends, bool]) -> _Ways:
    """Boxes stand in the order in which they run: what is behind the end leads back at most."""
    before = drawing.boxes[: drawing.boxes.index(end)]
    inside = [box.key for box in before if box.modules[: len(end.modules)] == end.modules]
    return _Ways(drawing, end.key, inside, straight)


def far_ends(arrows: Sequence[Arrow], side: int) -> set[str]:
    """The boxes at one side of arrows: 0 for the sources, 1 for the targets."""
    return {(arrow.source, arrow.target)[side] for arrow in arrows}
