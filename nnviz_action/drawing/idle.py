"""What does nothing: a module that gives back what it is given."""

from collections.abc import Collection
from dataclasses import replace

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.call_lines import DROPOUTS
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import Node

IDLE = "idle"  # the kind of their boxes


def is_idle(unit: Unit) -> bool:
    """Whether a layer, such as torch's Identity or a Dropout of nothing, does nothing."""
    made = {output for node in unit.nodes for output in node.outputs}
    given = {value for node in unit.nodes for value in node.inputs} - made
    idle = all(node.domain == "torch" and _gives_back(node) for node in unit.nodes)
    return bool(unit.leaf) and idle and len(given) == 1


def _gives_back(node: Node) -> bool:
    return node.op == "identity" or (node.op in DROPOUTS and dict(node.attributes).get("p") == 0)


def without_idle(drawing: Drawing) -> Drawing:
    """The drawing without layers that do nothing, unless it would be empty."""
    idle = {box.key for box in drawing.boxes if box.kind == IDLE}
    shown = any(box.kind not in (IDLE, "io") for box in drawing.boxes)
    return without(drawing, idle) if shown else drawing


def without(drawing: Drawing, keys: Collection[str]) -> Drawing:
    """The drawing without these boxes; what they give comes from where it came to them."""
    if not keys:
        return drawing
    arrows = []
    for arrow in drawing.arrows:
        source = arrow.source
        while source in keys:
            source = next((a.source for a in drawing.entering(source)), "")
        if source and arrow.target not in keys:
            arrows.append(replace(arrow, source=source))
    return Drawing(tuple(b for b in drawing.boxes if b.key not in keys), tuple(dict.fromkeys(arrows)))
