"""What a picture shows, before anyone decides how: boxes in nested modules, and arrows between them."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from math import prod
from typing import Any

from nnviz_action.graph import Module


@dataclass(frozen=True)
class Numbers:
    """Elements of the parameters, multiply-accumulates of one pass, bytes of the values that are computed."""

    parameters: int = 0
    macs: int = 0
    activations: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(
            self.parameters + other.parameters, self.macs + other.macs, self.activations + other.activations
        )

    def times(self, modules: tuple[Module, ...]) -> "Numbers":
        """Those of all the copies that these modules stand for; calls of one module share its parameters."""
        copies = prod(m.copies for m in modules)
        instances = prod(m.copies for m in modules if not m.shared)
        return Numbers(self.parameters * instances, self.macs * copies, self.activations * copies)


@dataclass(frozen=True)
class Box:
    """One thing to draw. `kind` picks colour and shape; `rows` are the lines below the title.

    `copies` tells for how many it stands in itself, beyond those of its modules; `numbers` are those of one.
    """

    key: str
    title: str
    kind: str
    subtitle: str = ""
    rows: tuple[str, ...] = ()
    modules: tuple[Module, ...] = ()
    numbers: Numbers = Numbers()
    copies: int = 1


@dataclass(frozen=True)
class Arrow:
    """From one box to another. `style` is solid, saved (no head) or view (dotted)."""

    source: str
    target: str
    label: str = ""
    style: str = "solid"


@dataclass(frozen=True)
class Drawing:
    """Boxes in a stable order, and the arrows between them."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @cached_property
    def _leaving(self) -> dict[str, list[Arrow]]:
        found: dict[str, list[Arrow]] = {}
        for arrow in self.arrows:
            found.setdefault(arrow.source, []).append(arrow)
        return found

    def arrows_within(self, keys: Collection[str]) -> Iterator[Arrow]:
        """The arrows between these boxes."""
        for key in keys:
            yield from (arrow for arrow in self._leaving.get(key, ()) if arrow.target in keys)


def digest(drawing: Drawing) -> str:
    """A hash of all that the drawing says."""
    text = json.dumps(asdict(drawing), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
