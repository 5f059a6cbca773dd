"""Drawing → a tree of bodies: what lies directly in each module, and which values pass from one to the other.

All of `layout` speaks of a flow that runs downwards: `along` is from top to bottom, `across` from left to right.
For a flow to the right the two are exchanged in the end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nnviz_action.drawing.auxiliary import FUNCTIONS, is_auxiliary
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.values import Module

Modules = tuple[Module, ...]
Size = tuple[float, float]  # across and along, in pixels
Value = tuple[str, str, str]  # the box that gives it, its label, the style of its arrow
FAINT = 0.01  # weight of what is only kept: it must not bend the main path
GONE = -1.0  # of what is no more: a way around it is the main path
HEAVY = 5.0  # of a box with parameters or work, where a function counts one


@dataclass(eq=False)
class Item:
    """What lies in a body: a box, an open module, or a port at which a value enters or leaves the body.

    `ins` and `outs` tell at which distance from its left edge a value enters and leaves, `axis` where its main path
    is, in pixels.
    """

    key: str
    order: float
    across: float = 0.0
    along: float = 0.0
    weight: float = FAINT
    alike: object = None  # equal for items of one kind
    is_port: bool = False
    body: "Body | None" = None
    is_wrapped: bool = False  # an open module in pieces side by side: its main path ends where the last of them does
    axis: float = 0.0
    ins: dict[Value, float] = field(default_factory=dict)
    outs: dict[Value, float] = field(default_factory=dict)

    @property
    def is_entrance(self) -> bool:
        """Whether values enter the body here."""
        return self.is_port and self.order < 0

    @property
    def is_outlet(self) -> bool:
        """Whether they leave it here."""
        return self.is_port and self.order > 0

    def entry(self, value: Value) -> float:
        """Where a value enters, from the left edge."""
        return self.ins.get(value, self.across / 2)

    def exit(self, value: Value) -> float:
        """Where a value leaves, from the left edge."""
        return self.outs.get(value, self.across / 2)


@dataclass(frozen=True)
class Edge:
    """A value that passes from one item of a body to another, by their keys."""

    source: str
    target: str
    value: Value


@dataclass(eq=False)
class Body:
    """The items of one module and the edges between them.

    `labels` are the sizes of what stands at arrows, `sole` the values between two boxes of which each is the other's
    only neighbour on that side. `shifts` tell by how many pixels a port ought to stand farther to the right, so that
    the arrow outside of it is straight.
    """

    modules: Modules
    labels: Mapping[Value, Size]
    sole: frozenset[Value]
    items: dict[str, Item] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    shifts: dict[str, float] = field(default_factory=dict)

    def label(self, edge: Edge) -> Size:
        """The size of the label at an edge: 0 without one. It stands where an arrow passes from module to module."""
        ports = self.items[edge.source].is_port or self.items[edge.target].is_port
        return (0.0, 0.0) if ports else self.labels.get(edge.value, (0.0, 0.0))


def enters(value: Value) -> str:
    """The key of the port at which a value enters a body."""
    return f"in {value}"


def leaves(value: Value) -> str:
    """The key of the port at which a value leaves a body."""
    return f"out {value}"


def value_of(arrow: Arrow) -> Value:
    """What an arrow carries."""
    return (arrow.source, arrow.label, arrow.style)


def make_bodies(drawing: Drawing, sizes: Mapping[str, Size], labels: Mapping[Value, Size]) -> Body:
    """The outermost body; `sizes` are those of the boxes, `labels` those of what stands at arrows."""
    sole = frozenset(value_of(arrow) for arrow in drawing.arrows if _is_sole(arrow, drawing))
    root = Body((), labels, sole)
    bodies: dict[Modules, Body] = {(): root}
    for order, box in enumerate(drawing.boxes):
        for depth in range(1, len(box.modules) + 1):
            path = box.modules[:depth]
            if path not in bodies:
                bodies[path] = Body(path, labels, sole)
                name = _name(path)
                bodies[path[:-1]].items[name] = Item(name, order, body=bodies[path], alike=(path[-1].kind,))
        item = Item(box.key, order, *sizes[box.key], weight_of(box), alike=(box.kind, box.subtitle))
        bodies[box.modules].items[box.key] = item
    places = {box.key: box.modules for box in drawing.boxes}
    for arrow in drawing.arrows:
        _connect(arrow, places, bodies)
    _weigh(root)
    return root


def _is_sole(arrow: Arrow, drawing: Drawing) -> bool:
    return len(drawing.leaving(arrow.source)) == 1 == len(drawing.entering(arrow.target))


def weight_of(box: Box) -> float:
    """How much a box counts where the main path is looked for."""
    if box.subtitle.endswith(FUNCTIONS):
        return FAINT
    if box.kind == "removed":
        return GONE
    if box.kind in ("leaf", "saved", "accumulator", "view"):
        return FAINT
    return HEAVY if box.numbers.parameters or box.numbers.macs else 1.0


def _weigh(body: Body) -> None:
    for item in body.items.values():
        if item.body is not None:
            _weigh(item.body)
            aside = is_auxiliary(item.body.modules[-1])
            item.weight = FAINT if aside else sum(inner.weight for inner in item.body.items.values())


def _name(path: Modules) -> str:
    return "module " + "/".join(f"{m.path}:{m.kind}:{m.title}:{m.call}:{m.copies}" for m in path)


def _connect(arrow: Arrow, places: Mapping[str, Modules], bodies: Mapping[Modules, Body]) -> None:
    value = value_of(arrow)
    for path, edge in way(arrow, places):
        body = bodies[path]
        for port, order in ((enters(value), -1.0), (leaves(value), float("inf"))):
            if port in (edge.source, edge.target):
                body.items.setdefault(port, Item(port, order, is_port=True))
        if edge.source != edge.target:
            body.edges[edge] = None


def _holder(key: str, modules: Modules, depth: int) -> str:
    """The item of the body at this depth that a box lies in, or is."""
    return key if len(modules) == depth else _name(modules[: depth + 1])


def way(arrow: Arrow, places: Mapping[str, Modules]) -> Iterator[tuple[Modules, Edge]]:
    """The edges of an arrow in order, each with the modules around its body: out of those around the arrow's source,
    across, and into those around its target."""
    start, end, value = places[arrow.source], places[arrow.target], value_of(arrow)
    shared = next((i for i, (a, b) in enumerate(zip(start, end, strict=False)) if a != b), min(len(start), len(end)))
    for depth in range(len(start), shared, -1):
        yield start[:depth], Edge(_holder(arrow.source, start, depth), leaves(value), value)
    yield start[:shared], Edge(_holder(arrow.source, start, shared), _holder(arrow.target, end, shared), value)
    for depth in range(shared + 1, len(end) + 1):
        yield end[:depth], Edge(enters(value), _holder(arrow.target, end, depth), value)
