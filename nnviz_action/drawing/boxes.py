"""What a picture shows, before anyone decides how: boxes in nested modules, and arrows between them."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnviz_action.graph.numbers import NOTHING, Numbers
from nnviz_action.graph.values import Module

LOUD = ("added", "removed", "changed")  # kinds of boxes in a picture of what changed; of arrows the first two
EACH = "of each copy"  # the first line at an arrow that leaves a chain of copies, where the last is not meant alone
SHARED = "shared "  # stands before the name of a weight that another box has too


@dataclass(frozen=True)
class Box:
    """One thing to draw. `kind` picks colour and shape; `rows` are the lines below the title.

    `numbers` are those of all copies that it stands for; its parameters are `shares` equal parts (1 where one module
    is called several times).
    """

    key: str
    title: str
    kind: str
    subtitle: str = ""
    rows: tuple[str, ...] = ()
    modules: tuple[Module, ...] = ()
    numbers: Numbers = NOTHING
    shares: int = 1


@dataclass(frozen=True)
class Arrow:
    """From one box to another. `style` is solid, saved (no head) or view (dotted)."""

    source: str
    target: str
    label: str = ""
    style: str = "solid"

    @property
    def value(self) -> str:
        """What it carries, without the words about copies."""
        return "\n".join(line for line in self.label.split("\n") if line != EACH)


@dataclass(frozen=True)
class Drawing:
    """Boxes in a stable order, and the arrows between them."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @cached_property
    def numbers(self) -> Numbers:
        """Those of all boxes together."""
        return sum((box.numbers for box in self.boxes), NOTHING)

    @cached_property
    def _by_source(self) -> dict[str, list[Arrow]]:
        found: dict[str, list[Arrow]] = {}
        for arrow in self.arrows:
            found.setdefault(arrow.source, []).append(arrow)
        return found

    @cached_property
    def _by_target(self) -> dict[str, list[Arrow]]:
        found: dict[str, list[Arrow]] = {}
        for arrow in self.arrows:
            found.setdefault(arrow.target, []).append(arrow)
        return found

    @cached_property
    def _places(self) -> dict[str, int]:
        return {box.key: place for place, box in enumerate(self.boxes)}

    def place(self, key: str) -> int:
        """Where a box stands among the others."""
        return self._places[key]

    def box(self, key: str) -> Box:
        """The box of this key."""
        return self.boxes[self._places[key]]

    def leaving(self, key: str) -> list[Arrow]:
        """The arrows from a box."""
        return self._by_source.get(key, [])

    def entering(self, key: str) -> list[Arrow]:
        """The arrows to a box."""
        return self._by_target.get(key, [])

    def arrows_within(self, keys: Collection[str]) -> Iterator[Arrow]:
        """The arrows between these boxes."""
        for key in keys:
            yield from (arrow for arrow in self.leaving(key) if arrow.target in keys)


def digest(drawing: Drawing) -> str:
    """A hash of all that the drawing says."""
    text = json.dumps(drawing, default=_fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(value: Any) -> dict[str, Any]:
    """What `asdict` says, without the copies."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def from_json(data: Mapping[str, Any]) -> Drawing:
    """A drawing from what `dataclasses.asdict` made of one."""
    boxes = (
        Box(
            **{
                **b,
                "rows": tuple(b["rows"]),
                "modules": tuple(Module(**m) for m in b["modules"]),
                "numbers": Numbers(**b["numbers"]),
            }
        )
        for b in data["boxes"]
    )
    return Drawing(tuple(boxes), tuple(Arrow(**a) for a in data["arrows"]))
