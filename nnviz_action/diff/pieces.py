"""Walks through parts."""

from collections.abc import Iterator, Sequence, Set

from nnviz_action.diff.parts import Part


def within(parts: Sequence[Part]) -> Iterator[Part]:
    """These parts and all in them, in order."""
    for part in parts:
        yield part
        yield from within(part.children)


def outermost(part: Part, gone: Set[int]) -> list[Part]:
    """A part, or what is left of it where something in it is accounted for (by id)."""
    inner = [p for p in within([part]) if p is not part]
    if id(part) in gone and all(id(p) in gone for p in inner):
        return []
    if id(part) not in gone and all(id(p) not in gone for p in inner):
        return [part]
    return [rest for child in part.children for rest in outermost(child, gone)]
