"""What a picture shows, before anyone decides how: boxes in nested modules, and arrows between them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nnviz_action.graph import Module


@dataclass(frozen=True)
class Box:
    """One thing to draw. `kind` picks colour and shape; `rows` are the lines below the title.

    `parameters` counts the elements of the parameters that belong to it.
    """

    key: str
    title: str
    kind: str
    subtitle: str = ""
    rows: tuple[str, ...] = ()
    modules: tuple[Module, ...] = ()
    parameters: int = 0


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


def digest(drawing: Drawing) -> str:
    """A hash of all that the drawing says."""
    text = json.dumps(asdict(drawing), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def from_json(data: Mapping[str, Any]) -> Drawing:
    """A drawing from what `dataclasses.asdict` made of one."""
    boxes = (
        Box(**{**b, "rows": tuple(b["rows"]), "modules": tuple(Module(**m) for m in b["modules"])})
        for b in data["boxes"]
    )
    return Drawing(tuple(boxes), tuple(Arrow(**a) for a in data["arrows"]))
