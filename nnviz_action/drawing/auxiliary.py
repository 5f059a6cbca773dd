"""What is computed beside the network: positions, masks and tables, of which no parameter is a part."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import PARAMETERS, Graph, Module

FEWEST = 4  # functions that are worth a frame of their own
FUNCTIONS = " functions"
_COUNTING = "arange cumsum linspace"
# What functions compute: that of the first row of which one word of each text is among them.
_NAMES = (
    ("table of sines", ("sin", "cos")),
    ("relative positions", ("log", "sub", "abs where minimum min lt")),
    ("mask", ("masked_fill where triu tril logical_and logical_or logical_not bitwise_and bitwise_or bitwise_not",)),
    ("mask", ("ge gt le lt eq ne",)),
    ("relative positions", ("sub", "arange meshgrid linspace")),
    ("grid", ("meshgrid",)),
    ("positions", (_COUNTING,)),
)


def is_auxiliary(module: Module) -> bool:
    """Whether a module is none of the author's, but a frame around such functions."""
    return module.kind.endswith(FUNCTIONS)


def frame_auxiliary(drawing: Drawing, units: Sequence[Unit], graph: Graph) -> Drawing:
    """The drawing with a frame around the functions of one module that together compute such a thing."""
    aside = _aside(units, graph)
    boxes = {box.key: box for box in drawing.boxes}
    group = {key: key for key in aside}
    for arrow in drawing.arrows:
        ends = arrow.source, arrow.target
        if aside >= {*ends} and boxes[ends[0]].modules == boxes[ends[1]].modules:
            join(group, *ends)
    members: dict[str, list[Box]] = {}
    for box in drawing.boxes:
        if box.key in aside:
            members.setdefault(root_of(group, box.key), []).append(box)
    framed: dict[str, Box] = {}
    called: Counter[tuple[object, ...]] = Counter()
    for found in members.values():
        if len(found) >= FEWEST:
            frame = _frame(found, called, _leaving(drawing, found))
            framed |= {box.key: replace(box, modules=(*box.modules, frame)) for box in found}
    return Drawing(tuple(framed.get(box.key, box) for box in drawing.boxes), drawing.arrows)


def _aside(units: Sequence[Unit], graph: Graph) -> set[str]:
    """The functions outside of layers to which neither a parameter nor an input of numbers leads."""
    main = {name for name in graph.inputs if _is_number(graph, name)}
    main |= {name for name, weight in graph.weights.items() if weight.kind in PARAMETERS}
    found = set()
    for unit in units:
        if main.isdisjoint(i for node in unit.nodes for i in node.inputs) and not any(n.random for n in unit.nodes):
            found.update([] if unit.leaf else [unit.key])
        else:
            main.update(o for node in unit.nodes for o in node.outputs)
    return found


def _is_number(graph: Graph, name: str) -> bool:
    found = graph.types.get(name)
    return found is None or not found.dtype.startswith(("i", "u", "bool"))


def _leaving(drawing: Drawing, boxes: Sequence[Box]) -> set[str]:
    """The element types of what these boxes give to others."""
    keys = {box.key for box in boxes}
    arrows = (arrow for key in keys for arrow in drawing.leaving(key) if arrow.target not in keys)
    return {arrow.label.rpartition(" ")[2] for arrow in arrows}


def _frame(boxes: Sequence[Box], called: Counter[tuple[object, ...]], types: Set[str]) -> Module:
    title = name_of([box.title for box in boxes], types) or f"{boxes[0].title} … {boxes[-1].title}"
    place = (*boxes[0].modules, title)
    called[place] += 1
    path = f"{boxes[0].modules[-1].path}." if boxes[0].modules else ""
    return Module(f"{path}{title}", f"{len(boxes)}{FUNCTIONS}", call=called[place] - 1, title=title)


def name_of(functions: Sequence[str], types: Set[str]) -> str:
    """What such functions compute, told by the most telling of them and the types of what they give; or empty."""
    found = {word for title in functions for word in title.split(" · ")}
    name = next((name for name, telling in _NAMES if all(found & set(any_of.split()) for any_of in telling)), "")
    numbered = any(type_.startswith(("i", "u")) for type_ in types) and found & set(_COUNTING.split())
    if name == "mask" and numbered:
        return "positions" if all(type_.startswith(("i", "u")) for type_ in types) else "positions, mask"
    return name


def root_of(group: Mapping[str, str], key: str) -> str:
    """The box that stands for the group of a box."""
    while group[key] != key:
        key = group[key]
    return key


def join(group: dict[str, str], one: str, other: str) -> None:
    """Make the groups of two boxes one, which the first of them in order stands for."""
    roots = root_of(group, one), root_of(group, other)
    group[roots[1]] = roots[0]
