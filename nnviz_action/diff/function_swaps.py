"""Functions that stand where others stood, and views that came or went together."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nnviz_action.diff.matching import Matching
from nnviz_action.diff.parts import Part
from nnviz_action.drawing.details import VIEWS
from nnviz_action.graph.numbers import Numbers


@dataclass(frozen=True)
class Swap:
    """What was called in a module between two things that both graphs have, and what is called there now."""

    module: Part
    removed: tuple[Part, ...]
    added: tuple[Part, ...]

    @property
    def text(self) -> str:
        """`relu() → gelu()`, or what is called no longer, or for the first time."""
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
    counts = Counter(part.called for part in parts)
    if len(parts) > 6 or all(_is_view(part) for part in parts):
        return ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in counts.items())
    return ", ".join(part.called for part in parts)


def swaps(found: Matching) -> Iterator[Swap]:
    """All swaps. One function that went, or several that nothing came in place of, are none."""
    gone = {id(part) for part in (*found.removed, *found.added) if not part.is_module}
    anchors = {id(part): id(a) for a, b in found.pairs for part in (a, b)}
    for a, b in found.pairs if gone else ():
        before, after = _gaps(a, gone, anchors), _gaps(b, gone, anchors)
        for place in dict.fromkeys((*before, *after)):
            removed, added = before.get(place, ()), after.get(place, ())
            one_sided = removed or added
            if (removed and added) or (len(one_sided) > 1 and all(map(_is_view, one_sided))):
                yield Swap(b, tuple(removed), tuple(added))


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
