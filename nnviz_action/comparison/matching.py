"""Which part of one tree is which part of another, by the order of execution and by names."""

from dataclasses import dataclass, field

from nnviz_action.comparison.alignment import align
from nnviz_action.comparison.parts import Part, outermost, within
from nnviz_action.comparison.similarity import common, nested

Pair = tuple[Part, Part]
Wrapped = tuple[Part, Part, Part]  # a module that only one graph has, and what it is around: old and new


@dataclass(frozen=True)
class Merged:
    """Layers of a module (as it is in the new graph) that became one layer, or one that became several."""

    module: Part
    old: tuple[Part, ...]
    new: tuple[Part, ...]


@dataclass
class Matching:
    """Pairs of parts that are one, old and new; which of them moved; and what is in one tree alone.

    `wrapped` are the modules that were put around one that both have, or taken away.
    """

    pairs: list[Pair] = field(default_factory=list)
    moved: list[Pair] = field(default_factory=list)
    wrapped: list[Wrapped] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    removed: list[Part] = field(default_factory=list)  # the outermost ones
    added: list[Part] = field(default_factory=list)

    def turned(self) -> "Matching":
        """The same, seen from the other side."""
        pairs, moved = ([(b, a) for a, b in row] for row in (self.pairs, self.moved))
        wrapped = [(outer, b, a) for outer, a, b in self.wrapped]
        twins = {id(part): a for a, b in self.pairs for part in (a, b)}
        merged = [Merged(twins[id(m.module)], m.new, m.old) for m in self.merged]
        return Matching(pairs, moved, wrapped, merged, self.added, self.removed)

    def leaves(self) -> list[Pair]:
        """The pairs of which both have a box."""
        return [(a, b) for a, b in self.pairs if a.box is not None and b.box is not None]


def match(old: Part, new: Part, found: Matching) -> None:
    """Two parts that are one, and then what is in them, unless one of them is a layer."""
    if old.box is not None or new.box is not None:
        _match_layer(old, new, found)
        return
    kept, came = nested(old, new), nested(new, old)
    if kept is not None and came is not None:  # the one that more speaks for
        kept, came = (None, came) if common(came.bag, old.bag) > common(kept.bag, new.bag) else (kept, None)
    if came is not None:
        found.added += outermost(new, {id(part) for part in within([came])})
        found.wrapped.append((new, old, came))
    elif kept is not None:
        found.removed += outermost(old, {id(part) for part in within([kept])})
        found.wrapped.append((old, kept, new))
    _match_modules(kept or old, came or new, found)


def _match_modules(old: Part, new: Part, found: Matching) -> None:
    found.pairs.append((old, new))
    for one, other in align(old.children, new.children):
        if one is not None and other is not None:
            match(one, other, found)
        elif one is not None:
            found.removed.append(one)
        elif other is not None:
            found.added.append(other)


def _match_layer(old: Part, new: Part, found: Matching) -> None:
    """A layer and what became of it; where a module was put around it, the layer in there."""
    inner = _inside(old, new) if new.box is None else _inside(new, old) if old.box is None else None
    if inner is None:
        found.pairs.append((old, new))
        return
    gone = {id(inner)}
    if new.box is None:
        found.pairs.append((old, inner))
        found.wrapped.append((new, old, inner))
        found.added += outermost(new, gone)
    else:
        found.pairs.append((inner, new))
        found.wrapped.append((old, inner, new))
        found.removed += outermost(old, gone)


def _inside(layer: Part, module: Part) -> Part | None:
    """The layer in a module that is the one in question: it says the same, or is the only one of its class."""
    alike = [part for part in within(module.children) if part.box is not None and part.kind == layer.kind]
    equal = [part for part in alike if part.content == layer.content]
    if not equal and layer.facts is not None:  # it may be frozen now
        equal = [part for part in alike if part.facts is not None and part.facts.is_like(layer.facts)]
    if equal:
        return equal[0]
    return alike[0] if len(alike) == 1 and alike[0].is_module else None
