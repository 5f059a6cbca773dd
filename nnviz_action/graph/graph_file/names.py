"""How a row calls a value: by the node that gives it, so that a row says the same wherever the nodes before it go.

A node's label is its module's path and its operator, `layer1.0/add`, with a number where there are more of the same.
A value that has no name of its own is called by that label, and has the next of the names v1, v2, … in the graph.
"""

import re
from collections import Counter

BEFORE = "<"  # what the node in the row before gives first
_NUMBERED = re.compile(r"v(\d{1,9})(?:#\d+)?")


class Labels:
    """The labels of the nodes of one file, in their order, and the names of values that are not written."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._numbers: Counter[str] = Counter()
        self._last = 0

    def of(self, path: str, op: str, outputs: int) -> tuple[str, ...]:
        """The label of the next node, as many as it has outputs; at least one."""
        base = f"{path}/{op}" if path else op
        while True:
            self._numbers[base] += 1
            label = base if self._numbers[base] == 1 else f"{base}#{self._numbers[base]}"
            labels = (label, *(f"{label}:{place}" for place in range(1, outputs)))
            if self._given.isdisjoint(labels):
                self._given.update(labels)
                return labels

    @property
    def expected(self) -> str:
        """The name of the next value that is given none."""
        return f"v{self._last + 1}"

    def passed(self, name: str) -> None:
        """Go on from this name, if it is one of the numbered ones."""
        if name[:1] == "v" and (found := _NUMBERED.fullmatch(name)):
            self._last = int(found[1])


class Scope:
    """The values that a graph's nodes may use, those of the graphs around it included."""

    def __init__(self, outer: "Scope | None" = None) -> None:
        self._outer = outer
        self._names: set[str] = set()
        self._labels: dict[str, str] = {}

    def add(self, name: str, label: str = "") -> None:
        """Raises `ValueError` where this graph has a value of that name."""
        if name in self._names:
            raise ValueError(f"{name[:60]!r} is made twice")
        self._names.add(name)
        if label:
            self._labels[label] = name

    def has(self, name: str) -> bool:
        """Whether this very graph has a value of that name."""
        return name in self._names

    def knows(self, name: str) -> bool:
        """Whether there is a value of that name, here or around."""
        return name in self._names or (self._outer is not None and self._outer.knows(name))

    def find(self, text: str) -> str | None:
        """The name of the value that is called so: by its name, or else by the label of its node."""
        return text if self.knows(text) else self._labelled(text)

    def _labelled(self, label: str) -> str | None:
        if label in self._labels or self._outer is None:
            return self._labels.get(label)
        return self._outer._labelled(label)
