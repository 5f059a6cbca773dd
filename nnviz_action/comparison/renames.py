"""Which parts are called otherwise than before for a reason of their own."""

from bisect import bisect_left

from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.parts import Part


def renamed(found: Matching) -> set[int]:
    """The ids of the new parts, those left out that moved, or whose index follows from what came and went."""
    moved = {id(part) for pair in found.moved for part in pair}
    moved |= {id(part) for _, a, b in found.wrapped for part in (a, b)}
    rows = _Rows({id(part) for pair in found.pairs for part in pair} - moved)
    return {
        id(b)
        for a, b in found.pairs
        if _is_called_otherwise(a, b) and id(b) not in moved and not _is_shifted(a, b, rows)
    }


def _is_called_otherwise(a: Part, b: Part) -> bool:
    """A function that became a module has a name for the first time."""
    return a.name != b.name and a.is_module == b.is_module and a.parent is not None


def _is_shifted(a: Part, b: Part, rows: "_Rows") -> bool:
    if a.index is None or b.index is None or a.stem != b.stem:
        return False
    return b.index - a.index == rows.others_before(b) - rows.others_before(a)


class _Rows:
    """Modules in rows. `stays` are the parts that both graphs have where they are."""

    def __init__(self, stays: set[int]) -> None:
        self._stays = stays
        self._others: dict[tuple[int, str | None], list[int]] = {}

    def others_before(self, part: Part) -> int:
        """How many modules stand before a part in its row that the other graph does not have there."""
        assert part.parent is not None
        key = id(part.parent), part.stem
        if key not in self._others:
            row = (s for s in part.parent.children if id(s) not in self._stays and s.stem == part.stem)
            self._others[key] = sorted({s.index for s in row if s.index is not None})
        return bisect_left(self._others[key], part.index or 0)
