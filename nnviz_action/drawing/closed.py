"""What a closed module says: what it holds, or which open one it is built like."""

from collections import Counter
from collections.abc import Iterable, Iterator

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.contents import UNSAID, name_of, named
from nnviz_action.drawing.likeness import difference, fingerprint
from nnviz_action.drawing.scopes import Scope


class Examples:
    """The open modules that closed ones can point to: the first of those that are the same, of each variant, and of
    each class."""

    def __init__(self, drawing: Drawing, opened: Iterable[Scope]) -> None:
        self._drawing = drawing
        self._same: dict[object, Scope] = {}
        self._variants: dict[int, Scope] = {}
        self._kinds: dict[str, Scope] = {}
        for scope in opened:
            self._same.setdefault(fingerprint(scope, drawing), scope)
            self._variants.setdefault(scope.variant, scope)
            if scope.is_own:
                self._kinds.setdefault(scope.kind, scope)

    def like(self, scope: Scope) -> str:
        """`built like layer1.0`, with what it has more or less than that; empty where nothing like it is open."""
        other = None
        if not scope.is_glue and not scope.is_row:
            other = self._same.get(fingerprint(scope, self._drawing)) or self._variants.get(scope.variant)
        other = other or (self._kinds.get(scope.kind) if scope.is_own else None)
        return f"built like {_place(other, scope)}{difference(scope, other, self._drawing)}" if other else ""


def contents_of(scope: Scope) -> list[str]:
    """What it holds by class, most frequent first: `Bottleneck ×3 · conv1`."""
    counts: Counter[str] = Counter()
    views: set[str] = set()
    for name, number, moves in _held(scope):
        counts[name] += number
        views.update([name] if moves else [])
    return named(counts, views)


def _held(scope: Scope, copies: int = 1) -> Iterator[tuple[str, int, bool]]:
    """Its children, of a mere list those in that: what each counts as, how often, and whether it only moves data."""
    for child in scope.children:
        if isinstance(child, Box):
            if child.kind not in UNSAID:
                yield name_of(child), copies, child.kind == "shape" and not child.subtitle
        elif child.is_own and child.module:
            yield child.module.short_kind, copies * child.module.copies, False
        elif child.is_glue and child.module:
            yield child.module.title, copies, True  # behind all that is the network
        else:
            yield from _held(child, copies * (child.module.copies if child.module else 1))


def _place(example: Scope, scope: Scope) -> str:
    """Its path from the innermost module around both; it never begins with a number."""
    assert example.module is not None
    around = [m.path for m, other in zip(example.parents, scope.parents, strict=False) if m == other and m.path]
    names = example.module.path.split(".")
    start = len(around[-1].split(".")) if around and example.module.path.startswith(f"{around[-1]}.") else 0
    while start and names[start][:1].isdecimal():
        start -= 1
    return ".".join(names[start:])
