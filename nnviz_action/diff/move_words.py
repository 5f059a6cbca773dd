"""What moved, in words: from where to where, or into what that is new."""

from dataclasses import replace

from nnviz_action.diff.changes import Change
from nnviz_action.diff.flow import Flow
from nnviz_action.diff.matching import Matching, Wrapped
from nnviz_action.diff.neighbourhood import Leaves
from nnviz_action.diff.parts import Part
from nnviz_action.diff.wiring_words import home_of


class MoveWords:
    """Of two graphs, `old` and `new` being their leaves by key."""

    def __init__(self, found: Matching, old: Leaves, new: Leaves) -> None:
        self._twins = {id(part): b for a, b in found.pairs for part in (a, b)}
        moved = {leaf.key for _, b in found.moved for leaf in b.leaves()}
        stays = [(a, b) for a, b in found.leaves() if b.key not in moved] if moved else []
        self._flows = Flow(old, {a.key: b.key for a, b in stays}), Flow(new, {b.key: b.key for _, b in stays})
        self._leaves = new

    def moved(self, a: Part, b: Part) -> Change:
        """What stands somewhere else, under the same name in the same place with what it is behind now."""
        what = b.short_kind if b.is_module else ""
        change = Change("moved", b.path, what, was=a.path, before=a.numbers, after=b.numbers)
        stays = a.parent is not None and self._home(a) is b.parent
        if a.path == b.path or (stays and not b.is_module):
            return replace(change, was=b.path, details=_past(b))
        if stays:
            return replace(change, how="moved here from")
        change = replace(change, details=self._passed(a, b))
        if b.parent is not None and self._is_new(b.parent) and self._nearest(b) is self._home(a):
            return replace(change, how="put around")
        if a.parent is not None and self._is_new(a.parent) and self._nearest(a) is self._home(b):
            return replace(change, how="taken out of", home=f"{a.parent.name} ({a.parent.short_kind})")
        return replace(change, how="moved here from")

    def wrapped(self, found: Wrapped) -> Change:
        """A module around which another one was put, or taken away."""
        outer, a, b = found
        change = Change("moved", b.path, b.short_kind, was=a.path, before=a.numbers, after=b.numbers)
        if b.path != outer.path and b.path.startswith(outer.path):
            who = f"{a.short_kind}, now {b.short_path(outer.path)}"
            return replace(change, path=outer.path, what=outer.short_kind, who=who, how="put around")
        return replace(change, how="taken out of", home=outer.short_kind)

    def _is_new(self, module: Part) -> bool:
        """Whether only one graph has a module."""
        return id(module) not in self._twins

    def _home(self, part: Part) -> Part | None:
        return self._twins.get(id(part.parent))

    def _nearest(self, part: Part) -> Part | None:
        """The nearest module around a part that both graphs have, as it is in the new one."""
        around = part.parent
        while around is not None and id(around) not in self._twins:
            around = around.parent
        return self._twins[id(around)] if around is not None else None

    def _passed(self, a: Part, b: Part) -> tuple[str, ...]:
        """What it was behind and is now before, or the other way round."""
        (before, behind), (now_before, now_behind) = self._flows[0].around(a), self._flows[1].around(b)
        for word, keys in (("before", before & now_behind), ("behind", behind & now_before)):
            if keys:
                return (f"now {word} {self._name(min(keys), b)}",)
        return ()

    def _name(self, key: str, part: Part) -> str:
        leaf = self._leaves[key]
        return f"{leaf.short_path(home_of(part))}{'' if leaf.is_module else '()'}"


def _past(part: Part) -> tuple[str, ...]:
    """What it is behind now in its module."""
    row = part.parent.children if part.parent is not None else [part]
    place = next(i for i, other in enumerate(row) if other is part)
    return (
        (f"moved behind {row[place - 1].path.removeprefix(f'{home_of(part)}.')}",)
        if place
        else ("moved to the beginning",)
    )
