"""Drawing → the main way through it, and what stands beside that."""

from collections.abc import Sequence

from nnviz_action.drawing.boxes import Drawing


def longest_path(drawing: Drawing) -> list[str]:
    """The boxes of the way with the most work, then of that through most boxes."""
    length: dict[str, tuple[int, int]] = {"": (0, 0)}
    through: dict[str, str] = {}
    for box in drawing.boxes:
        best = max((a.source for a in drawing.entering(box.key)), key=lambda key: length.get(key, (0, 0)), default="")
        work, boxes = length.get(best, (0, 0))
        length[box.key], through[box.key] = (work + box.numbers.macs + box.numbers.parameters, boxes + 1), best
    if not drawing.boxes:
        return []
    path = [max(length, key=lambda key: length[key])]
    while through[path[0]]:
        path.insert(0, through[path[0]])
    return path


def chains_beside(drawing: Drawing, *paths: Sequence[str]) -> dict[str, list[str]] | None:
    """The chains of boxes in none of these paths, by the box that each is joined to; None where there are others.

    A chain that leads to a box, or from it, begins with what is next to it.
    """
    known = {key for path in paths for key in path}
    found: dict[str, list[str]] = {}
    left = {box.key for box in drawing.boxes} - known
    while left:
        joined = {key: _next_to(key, drawing, known) for key in left}
        start = next((key for key in left if len(joined[key]) == 1), None)
        if start is None:
            return None
        chain, root = [start], joined[start][0]
        left.discard(start)
        while more := [key for key in _neighbours(chain[-1], drawing) if key in left]:
            if len(more) > 1:
                return None
            chain.append(more[0])
            left.discard(more[0])
        if root in found or any(set(_neighbours(key, drawing)) - {*chain, root} for key in chain):
            return None
        found[root] = chain
    return found


def _neighbours(key: str, drawing: Drawing) -> list[str]:
    return list(
        dict.fromkeys([*(a.source for a in drawing.entering(key)), *(a.target for a in drawing.leaving(key))])
    )


def _next_to(key: str, drawing: Drawing, known: set[str]) -> list[str]:
    return [other for other in _neighbours(key, drawing) if other in known]
