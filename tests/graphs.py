"""Graphs and drawings in a line: `g("x > Conv > Relu > y")`."""

from itertools import pairwise

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.onnx_file.read import place_of
from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight

F32 = TensorType("f32", (2, 4))
WEIGHTED = ("Conv", "Gemm", "MatMul")  # operators that are nothing without a second input


def g(text: str, modules: str = "", weights: dict[str, Weight] | None = None) -> Graph:
    """A chain from the first word (an input) through operators to the last (an output).

    `modules` gives the path of each operator's module, blank-separated, `-` for none.
    """
    first, *ops, last = text.split(" > ")
    paths = modules.split() or ["-"] * len(ops)
    nodes, value = [], first
    for index, (op, path) in enumerate(zip(ops, paths, strict=True)):
        output = last if index == len(ops) - 1 else f"v{index}"
        own = [w for w in weights or {} if w.startswith(f"{path}.")]
        inputs = (value, *(own or ["w"] * (op in WEIGHTED)))
        nodes.append(Node(f"n{index}", op, "", inputs, (output,), modules=scopes(path)))
        value = output
    types = dict.fromkeys([first, last, *(o for n in nodes for o in n.outputs)], F32)
    types |= {name: weight.type for name, weight in (weights or {}).items()}
    return Graph((first,), (last,), tuple(nodes), types, weights or {})


def traced(*lines: str) -> Graph:
    """A chain from `x` to `y`; each line is an operator and the namespace that an exporter gives it.

    `Gemm fc: torch.nn.Linear/linear: aten.linear`
    """
    nodes = []
    for index, line in enumerate(lines):
        op, _, namespace = line.partition(" ")
        modules, function = place_of(namespace)
        source, target = f"v{index}" if index else "x", "y" if index == len(lines) - 1 else f"v{index + 1}"
        inputs = (source, *["w"] * (op in WEIGHTED))
        nodes.append(Node(f"n{index}", op, "", inputs, (target,), modules=modules, function=function))
    return Graph(("x",), ("y",), tuple(nodes), dict.fromkeys(["x", "y", *(n.outputs[0] for n in nodes)], F32))


def scopes(path: str) -> tuple[Module, ...]:
    """The modules from the outermost to `path`; each class is the name's first part in capitals."""
    if path == "-":
        return ()
    parts = path.split(".")
    return tuple(Module(".".join(parts[: i + 1]), f"net.{parts[i].title()}") for i in range(len(parts)))


def chain(*paths: str) -> Drawing:
    """Boxes in a row, one for each path; the last part is the title, the rest its modules."""
    boxes = []
    for index, path in enumerate(paths):
        owner, _, title = path.rpartition(".")
        boxes.append(Box(f"b{index}", title, "shape", modules=scopes(owner or "-"), numbers=Numbers(1)))
    arrows = [Arrow(f"b{i}", f"b{i + 1}", "2×4 f32") for i in range(len(paths) - 1)]
    return Drawing(tuple(boxes), tuple(arrows))


def row(*boxes: Box, label: str = "2×4 f32") -> Drawing:
    """These boxes in a row."""
    return Drawing(boxes, tuple(Arrow(a.key, b.key, label) for a, b in pairwise(boxes)))
