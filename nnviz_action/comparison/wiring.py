"""Whether parts that are one receive the same, once what was added or removed in between is looked through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nnviz_action.comparison.operand_order import turned
from nnviz_action.comparison.parts import Part, Slot
from nnviz_action.comparison.wiring_words import Anchor, differing


@dataclass
class Side:
    """One graph: its leaves, and by what name those go that both graphs have in one place, or somewhere (`known`)."""

    leaves: Mapping[str, Part]
    names: dict[str, str]
    known: Mapping[str, str]
    _seen: dict[str, frozenset[Anchor]] = field(default_factory=dict)

    def is_stable(self, slot: Slot) -> bool:
        """Whether it comes from something that both graphs have in one place."""
        return slot.source in self.names

    def anchor(self, slot: Slot) -> Anchor:
        """Where it comes from, by the name that both graphs know."""
        return self.names[slot.source], slot.what

    def behind(self, slot: Slot) -> frozenset[Anchor]:
        """The nearest anchors upstream, through all that only this graph has."""
        if self.is_stable(slot):
            return frozenset({self.anchor(slot)})
        if slot.source not in self._seen:
            self._look_behind(slot.source)
        return self._seen.get(slot.source, frozenset()) | self._other_call(slot)

    def _other_call(self, slot: Slot) -> frozenset[Anchor]:
        """The same layer where both graphs call it, of a call that only this one has."""
        path = self.leaves[slot.source].path if slot.source in self.leaves else ""
        return frozenset({(self._layers[path], slot.what)} if path in self._layers else ())

    @cached_property
    def _layers(self) -> dict[str, str]:
        """The layers that both graphs have, by their paths here."""
        layers = {key: leaf.path for key, leaf in self.leaves.items() if leaf.is_module and not leaf.is_end}
        return {path: self.names[key] for key, path in layers.items() if key in self.names}

    def _look_behind(self, key: str) -> None:
        """Upstream first; a chain may be longer than Python's stack."""
        stack, entered = [key], {key}
        while stack:
            slots = _given(self.leaves[stack[-1]]) if stack[-1] in self.leaves else ()
            unknown = (s.source for s in slots if not self.is_stable(s) and s.source not in self._seen)
            first = next((source for source in unknown if source not in entered), None)
            if first is not None:
                stack.append(first)
                entered.add(first)
                continue
            found = (
                {self.anchor(s)} if self.is_stable(s) else self._seen.get(s.source, frozenset()) | self._other_call(s)
                for s in slots
            )
            self._seen[stack.pop()] = frozenset().union(*found)

    def all_behind(self, part: Part) -> frozenset[Anchor]:
        """The nearest anchors of all that a part receives."""
        return frozenset().union(*map(self.behind, part.slots))

    def weights_behind(self, part: Part) -> set[str]:
        """The weights that reach a part through what only this graph has."""
        stack, found, entered = [part], set[str](), set[str]()
        while stack:
            sources = {slot.source for slot in _given(stack.pop()) if not self.is_stable(slot)}
            keys = (sources & self.leaves.keys()) - entered
            entered |= keys
            stack += (self.leaves[key] for key in keys)
            found.update(name for key in keys for name in self.leaves[key].weights)
        return found


def _given(part: Part) -> list[Slot]:
    """What it receives; weights that are also another part's do not come from there."""
    return [slot for slot in part.slots if not slot.what.startswith("tied")]


def rewired(one: Part, other: Part, old: Side, new: Side, is_merged: bool = False) -> str:
    """What a part receives otherwise than before, in words; empty where that is told by what came or went.

    Where layers of the module around it were merged, which of their values it receives is no matter.
    """
    if is_merged:
        before, after = sorted(old.all_behind(one)), sorted(new.all_behind(other))
        return differing(before, after, other, new.leaves)
    stable = [all(map(side.is_stable, part.slots)) for part, side in ((one, old), (other, new))]
    is_free = one.is_free and other.is_free
    if all(stable):
        order = sorted if is_free else list
        before, after = (order(map(side.anchor, part.slots)) for part, side in ((one, old), (other, new)))
        return differing(before, after, other, new.leaves)
    old_behind, new_behind = old.all_behind(one), new.all_behind(other)
    explained = old_behind == new_behind or not any(stable)
    explained |= old_behind <= new_behind if stable[0] else old_behind >= new_behind
    if not explained:
        return differing(sorted(old_behind), sorted(new_behind), other, new.leaves)
    if is_free or one.slots == other.slots:
        return ""
    return turned(one, other, (old.leaves, old.known), (new.leaves, new.known))


def handed_on(one: Part, other: Part, old: Side, new: Side) -> frozenset[str]:
    """The weights that one of both takes itself, and the other gets from functions that only its graph has."""
    lost, got = set(one.weights).difference(other.weights), set(other.weights).difference(one.weights)
    given = (
        names & side.weights_behind(part) for names, side, part in ((lost, new, other), (got, old, one)) if names
    )
    return frozenset().union(*given)
