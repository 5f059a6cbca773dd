"""What a picture of the changes shows in colour."""

from nnviz_action.comparison.changes import Marks
from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.parts import Part
from nnviz_action.comparison.renames import renamed

Details = dict[int, tuple[str, ...]]


def marks(found: Matching, details: Details) -> Marks:
    """By the boxes of both graphs. What became something else altogether is gone and new."""
    swapped = [(a, b) for a, b in found.pairs if (a.box is None) != (b.box is None)]
    said = _with_names(found, details)
    return Marks(
        added=frozenset(leaf.key for part in (*found.added, *(b for _, b in swapped)) for leaf in part.leaves()),
        removed=frozenset(leaf.key for part in (*found.removed, *(a for a, _ in swapped)) for leaf in part.leaves()),
        changed={b.key: said[id(b)] for _, b in found.leaves() if id(b) in said},
        modules={b.path: said[id(b)] for a, b in found.pairs if a.box is None and b.box is None and id(b) in said},
        same={a.key: b.key for a, b in found.leaves()},
    )


def _with_names(found: Matching, details: Details) -> Details:
    """What is different about each pair, former names and places included."""
    said = dict(details)
    called, moved = renamed(found), {id(b) for _, b in found.moved}
    for a, b in found.pairs:
        if id(b) in called | moved:
            said[id(b)] = (_was(a, b, id(b) in moved), *said.get(id(b), ()))
    return said


def _was(a: Part, b: Part, is_moved: bool) -> str:
    if is_moved:
        return "moved" if a.path == b.path else f"was {a.path}"
    return f"was {a.name}"
