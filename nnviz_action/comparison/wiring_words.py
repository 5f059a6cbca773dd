"""What a part receives otherwise than before, in words."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nnviz_action.comparison.parts import Part

Anchor = tuple[str, str]  # something that both graphs have, by its key in the new one, and which of its values
MOST_OPERANDS = 3  # that are told one by one


def differing(before: Sequence[Anchor], after: Sequence[Anchor], part: Part, leaves: Mapping[str, Part]) -> str:
    """`receives b instead of a`; empty where all is the same."""
    if before == after:
        return ""
    lost = [a for a in before if a not in after]
    got = [a for a in after if a not in before]
    names = _Names(part, leaves, {*lost, *got})
    if lost and got:
        return f"receives {names.of(got)} instead of {names.of(lost)}"
    if lost or got:
        return _only(lost or got, "no longer" if lost else "also", part, leaves)
    if len(before) == len(after):
        return in_another_order(before, after, part, leaves)
    return "receives a value once more" if len(before) < len(after) else "receives a value once less"


def in_another_order(
    before: Sequence[Anchor], after: Sequence[Anchor], part: Part, leaves: Mapping[str, Part]
) -> str:
    """`receives b, a instead of a, b`: what is in another place, of many the first."""
    places = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    was, now = ([side[place] for place in places] for side in (before, after))
    names = _Names(part, leaves, {*was, *now})
    shown = [names.of(side[:2]) + ", …" if len(places) > MOST_OPERANDS else names.of(side) for side in (now, was)]
    return f"receives {shown[0]} instead of {shown[1]}"


def home_of(part: Part) -> str:
    """The path of the module around a part."""
    return part.parent.path if part.parent is not None else ""


def _only(anchors: list[Anchor], word: str, part: Part, leaves: Mapping[str, Part]) -> str:
    if all(what.startswith("tied") for _, what in anchors):
        names = ", ".join(dict.fromkeys(leaves[key].short_path("") for key, _ in anchors))
        return f"weights {'no longer ' if word == 'no longer' else ''}shared with {names}"
    return f"{word} receives {_Names(part, leaves, set(anchors)).of(anchors)}"


@dataclass(frozen=True)
class _Names:
    """Names of what a part receives, seen from the module around it, no two of them alike."""

    part: Part
    leaves: Mapping[str, Part]
    told: Collection[Anchor]

    def of(self, anchors: Sequence[Anchor]) -> str:
        """The names of these, each once."""
        return ", ".join(dict.fromkeys(map(self._name, anchors)))

    def _name(self, anchor: Anchor) -> str:
        key, what = anchor
        ports = {port for other, port in self.told if other == key}
        place = f" [{what}]" if what.isdecimal() and (what != "0" or len(ports) > 1) else ""
        plain = Counter(self._plain(other) for other in {other for other, _ in self.told})
        return f"{self._plain(key)}{self._call(key) if plain[self._plain(key)] > 1 else ''}{place}"

    def _plain(self, key: str) -> str:
        """`input` for the one thing that comes from outside of the module around both."""
        home, source = home_of(self.part), self.leaves[key]
        path = source.short_path(home)
        if not home or source.path.startswith(f"{home}."):
            return path
        if self._outside == _entering(self.part) == {key}:
            return "input"
        return path if source.is_module else f"{path} from outside"

    @cached_property
    def _outside(self) -> set[str]:
        """The keys of all that is told and comes from outside."""
        home = home_of(self.part)
        return {key for key, _ in self.told if not self.leaves[key].path.startswith(f"{home}.")}

    def _call(self, key: str) -> str:
        """Which call it is of those of one module."""
        part, calls = self.leaves[key], [0]
        while part.parent is not None:
            calls.append(part.call)
            part = part.parent
        return f" (call {max(calls) + 1})"


def _entering(part: Part) -> set[str]:
    """The keys of what the module around a part receives from outside."""
    inside = list(part.parent.leaves()) if part.parent is not None else []
    own = {leaf.key for leaf in inside}
    return {slot.source for leaf in inside for slot in leaf.slots} - own
