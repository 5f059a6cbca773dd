"""Functions that stand where others stood, and views that came or went together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.parts import Part, listed
from nnviz_action.drawing.details import VIEWS
from nnviz_action.graph.numbers import Numbers


@dataclass(frozen=True)
class Swap:
    """What was called in a module between two things that both graphs have, and what is called there now; or layers
    in one place that became one layer, or were one (`is_merged`), with the views that belong to that."""

    module: Part
    removed: tuple[Part, ...]
    added: tuple[Part, ...]
    is_merged: bool = False

    @property
    def text(self) -> str:
        """`relu() → gelu()`, or what is called no longer, or for the first time."""
        if self.is_merged:
            old, new = (listed([part.name for part in row if part.is_module]) for row in (self.removed, self.added))
            return f"{old} {'split' if ' and ' in new else 'merged'} into {new}"
        if self.removed and self.added:
            return f"{_calls(self.removed)} → {_calls(self.added)}"
        return f"{_calls(self.removed or self.added)} {'removed' if self.removed else 'added'}"

    @property
    def before(self) -> Numbers:
        """Of what was called."""
        return sum((part.numbers for part in self.removed), Numbers())

    @property
    def after(self) -> Numbers:
        """Of what is called now."""
        return sum((part.numbers for part in self.added), Numbers())


def _calls(parts: tuple[Part, ...]) -> str:
    if parts[0].is_module:
        return f"{parts[0].name} ({', '.join(filter(None, (parts[0].short_kind, parts[0].about)))})"
    counts = Counter(part.called for part in parts)
    if len(parts) > 6 or all(_is_view(part) for part in parts):
        return ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in counts.items())
    return ", ".join(part.called for part in parts)


def all_swaps(found: Matching) -> Iterator[Swap]:
    """All swaps, what was merged first."""
    merged = list(_merges(found))
    done = {id(part) for swap in merged for part in (*swap.removed, *swap.added)}
    yield from merged
    yield from _swaps(found, done)


def _merges(found: Matching) -> Iterator[Swap]:
    """Layers that were merged or split, with the views by which one value becomes several."""
    removed, added = (list(filter(_is_view, parts)) for parts in (found.removed, found.added))
    for merged in found.merged:
        before, after = (*merged.old, *_fed_by(merged.old, removed)), (*merged.new, *_fed_by(merged.new, added))
        yield Swap(merged.module, before, after, is_merged=True)


def _fed_by(layers: tuple[Part, ...], views: list[Part]) -> Iterator[Part]:
    """The views of one layer alone."""
    keys = {part.key for part in layers} if len(layers) == 1 else set()
    for view in views:
        if view.slots and {slot.source for slot in view.slots} <= keys:
            keys.add(view.key)
            yield view


def _swaps(found: Matching, done: set[int]) -> Iterator[Swap]:
    """One function that went, or several that nothing came in place of, are none."""
    gone = {id(part) for part in (*found.removed, *found.added) if _is_small(part)} - done
    anchors = {id(part): id(a) for a, b in found.pairs for part in (a, b)}
    for a, b in found.pairs if gone else ():
        before, after = _gaps(a, gone, anchors), _gaps(b, gone, anchors)
        for place in dict.fromkeys((*before, *after)):
            removed, added = before.get(place, ()), after.get(place, ())
            if not _is_swap(removed, added):  # the functions alone
                removed, added = ([p for p in parts if not p.is_module] for parts in (removed, added))
            if _is_swap(removed, added):
                yield Swap(b, tuple(removed), tuple(added))


def _is_swap(removed: Sequence[Part], added: Sequence[Part]) -> bool:
    """Functions for functions, functions for a layer without weights, or views alone."""
    layers = next((parts for parts in (removed, added) if any(part.is_module for part in parts)), None)
    if layers is not None:
        others = added if layers is removed else removed
        return len(layers) == 1 and bool(others) and not any(part.is_module for part in others)
    one_sided = removed or added
    return bool(removed and added) or (len(one_sided) > 1 and all(map(_is_view, one_sided)))


def _is_small(part: Part) -> bool:
    """A function, or a layer without weights."""
    return part.box is not None and not part.is_end and (not part.is_module or not part.has_weights)


def _gaps(module: Part, gone: set[int], anchors: Mapping[int, int]) -> dict[int, list[Part]]:
    """The functions that only one graph has, by what precedes them that both have, 0 for nothing."""
    last = 0
    found: dict[int, list[Part]] = {}
    for child in module.children:
        if id(child) in gone:
            found.setdefault(last, []).append(child)
        last = anchors.get(id(child), last)
    return found


def _is_view(part: Part) -> bool:
    return part.facts is not None and VIEWS.issuperset(part.facts.made_of)
