"""What moved, in words: from where to where, or into what that is new."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nnviz_action.comparison.changes import Change, How
from nnviz_action.comparison.flow import Flow
from nnviz_action.comparison.matching import Matching, Pair, Wrapped
from nnviz_action.comparison.neighbourhood import Leaves
from nnviz_action.comparison.parts import Part, listed
from nnviz_action.comparison.wiring_words import home_of
from nnviz_action.graph.numbers import Numbers

MOST_NAMES = 3


class MoveWords:
    """Of two graphs, `old` and `new` being their leaves by key."""

    def __init__(self, found: Matching, old: Leaves, new: Leaves) -> None:
        self._twins = {id(part): b for a, b in found.pairs for part in (a, b)}
        moved = {leaf.key for _, b in found.moved for leaf in b.leaves()}
        stays = [(a, b) for a, b in found.leaves() if b.key not in moved] if moved else []
        self._flows = Flow(old, {a.key: b.key for a, b in stays}), Flow(new, {b.key: b.key for _, b in stays})
        self._leaves = new
        self._families: dict[tuple[int, int], list[Pair]] = {}
        for a, b in sorted(found.moved, key=lambda pair: _place(pair[1])):
            if not self._stays(a, b):
                self._families.setdefault((id(a.parent), id(b.parent)), []).append((a, b))

    def moved(self, a: Part, b: Part) -> Iterator[Change]:
        """What stands somewhere else; those that went from one module into another together, with the first of them.
        What both in its name and in what it is next to is as it was did not move."""
        what = b.short_kind if b.is_module else ""
        change = Change("moved", b.path, what, was=a.path, before=a.numbers, after=b.numbers)
        stays = self._stays(a, b)
        family = [] if stays else self._families[id(a.parent), id(b.parent)]
        if len(family) > 1 or (a.path == b.path and family and self._is_called_otherwise(family, self._how(a, b))):
            yield from self._together(family) if family[0][1] is b else ()
        elif stays and (a.path == b.path or not b.is_module):
            yield replace(change, was=b.path, details=_past(b))
        elif a.path != b.path or self._passed(a, b):
            yield self._alone(a, b, change, stays)

    def _alone(self, a: Part, b: Part, change: Change, stays: bool) -> Change:
        passed = () if stays else self._passed(a, b)
        if a.path == b.path:
            return replace(change, details=passed)
        how = self._how(a, b)
        home = _called(a.parent) if how == "taken out of" and a.parent is not None else ""
        return replace(change, how=how if home else "moved here from", home=home, details=passed)

    def _together(self, family: list[Pair]) -> Iterator[Change]:
        a, b = (part.parent for part in family[0])
        if a is None or b is None:
            return
        before, after = (sum((pair[side].numbers for pair in family), Numbers()) for side in (0, 1))
        how = self._how(*family[0])
        home = _called(a) if how == "taken out of" else ""
        who = _few([one.short_name for one, _ in family])
        if self._is_called_otherwise(family, how):
            said = "called as a whole" if how == "put around" else f"{who} called outside of {_called(a)}"
            now = _renamed(family) if any(x.path != y.path for x, y in family if y.is_module) else ()
            yield Change("changed", b.path, b.short_kind, (said, *now), "", before, after)
            return
        yield Change("moved", b.path, b.short_kind, _renamed(family), a.path, before, after, who, how, home)

    def _is_called_otherwise(self, family: Sequence[Pair], how: How) -> bool:
        """Whether only one graph calls the module that all layers of a family are in, in both."""
        whole, side = (family[0][1].parent, 0) if how == "put around" else (family[0][0].parent, 1)
        layers = [pair[side].path for pair in family if pair[side].is_module]
        known = whole is not None and how != "moved here from" and bool(layers)
        return known and all(path.startswith(f"{whole.path}.") for path in layers)  # type: ignore[union-attr]

    def _how(self, a: Part, b: Part) -> How:
        if b.parent is not None and self._is_new(b.parent) and self._nearest(b) is self._home(a):
            return "put around"
        if a.parent is not None and self._is_new(a.parent) and self._nearest(a) is self._home(b):
            return "taken out of"
        return "moved here from"

    def wrapped(self, found: Wrapped, is_new: bool) -> Change:
        """A module around which another one was put (`is_new`), or taken away."""
        outer, a, b = found
        change = Change("moved", b.path, b.short_kind, was=a.path, before=a.numbers, after=b.numbers)
        if is_new and b.path.startswith(f"{outer.path}."):
            who = f"{a.called}, now {b.short_path(outer.path)}"
            return replace(change, path=outer.path, what=outer.short_kind, who=who, how="put around")
        return replace(change, how="taken out of", home=outer.short_kind)

    def _stays(self, a: Part, b: Part) -> bool:
        """Whether it is in the same module as before."""
        return a.parent is not None and self._home(a) is b.parent

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


def _place(part: Part) -> int:
    """The how manieth it is in its module."""
    return part.parent.places[id(part)] if part.parent is not None else 0


def _row(part: Part) -> Sequence[Part]:
    return part.parent.children if part.parent is not None else [part]


def _past(part: Part) -> tuple[str, ...]:
    """What it is behind now in its module."""
    row, place = _row(part), _place(part)
    return (
        (f"moved behind {row[place - 1].path.removeprefix(f'{home_of(part)}.')}",)
        if place
        else ("moved to the beginning",)
    )


def _renamed(family: Sequence[Pair]) -> tuple[str, ...]:
    """By which names they go now, where these are others."""
    layers = [(a, b) for a, b in family if a.is_module and b.is_module and (a.stem is None or a.stem != b.stem)]
    others = [f"{a.name} → {b.name}" for a, b in layers if a.name != b.name]
    if not others:
        return ()
    names = [b.short_name for _, b in family]
    return (f"now {_few(names)}",) if len(names) <= MOST_NAMES + 1 else (*others[:MOST_NAMES], *_rest(others))


def _rest(names: Sequence[str]) -> tuple[str, ...]:
    return (f"{len(names) - MOST_NAMES} more",) if len(names) > MOST_NAMES else ()


def _called(module: Part) -> str:
    return f"{module.name} ({module.short_kind})"


def _few(names: Sequence[str]) -> str:
    """`conv1, bn1, relu() and 8 more`."""
    if len(names) <= MOST_NAMES + 1:
        return listed(names)
    return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"
