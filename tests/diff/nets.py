"""Networks as nested values, the edits that can be made to them, and the graphs they are."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight

F32 = TensorType("f32", (2, 8))
OPS = {"Conv": "Conv", "Linear": "Gemm", "ReLU": "Relu", "Tanh": "Tanh", "Norm": "LayerNormalization"}
WEIGHTED = ("Conv", "Linear", "Norm")


@dataclass(frozen=True)
class Layer:
    """A leaf module; `size` is that of its weight, where it has one, and an attribute in any case."""

    kind: str
    size: int = 1


@dataclass(frozen=True)
class Block:
    """A module with others in it, by name. Where they are numbered, names follow from the places."""

    kind: str
    children: tuple[tuple[str, "Layer | Block"], ...]
    numbered: bool = False

    def named(self) -> list[tuple[str, "Layer | Block"]]:
        return [(str(i) if self.numbered else name, child) for i, (name, child) in enumerate(self.children)]


def graph_of(net: Block) -> Graph:
    """A chain from `x` to `y` through all layers."""
    nodes: list[Node] = []
    weights: dict[str, Weight] = {}
    _add(net, (), nodes, weights)
    last = nodes[-1].outputs[0] if nodes else "x"
    renamed = [replace(n, outputs=("y",)) if n.outputs[0] == last else n for n in nodes]
    types = dict.fromkeys(("x", "y", *(o for n in renamed for o in n.outputs)), F32)
    types |= {w.name: w.type for w in weights.values()}
    return Graph(("x",), ("y" if nodes else "x",), tuple(renamed), types, weights)


def _add(block: Block, scope: tuple[Module, ...], nodes: list[Node], weights: dict[str, Weight]) -> None:
    for name, child in block.named():
        path = f"{scope[-1].path}.{name}" if scope else name
        inner = (*scope, Module(path, f"net.{child.kind}"))
        if isinstance(child, Block):
            _add(child, inner, nodes, weights)
            continue
        inputs = (nodes[-1].outputs[0] if nodes else "x",)
        if child.kind in WEIGHTED:
            weights[f"{path}.weight"] = Weight(f"{path}.weight", TensorType("f32", (child.size, 8)), "parameter")
            inputs += (f"{path}.weight",)
        at = len(nodes)
        op = OPS.get(child.kind, "Sigmoid")
        nodes.append(Node(f"n{at}", op, "", inputs, (f"v{at}",), (("alpha", child.size),), inner))


layers = st.builds(Layer, st.sampled_from(sorted(OPS)), st.integers(1, 3))


def blocks(inside: "st.SearchStrategy[Layer | Block]") -> "st.SearchStrategy[Block]":
    def named(children: "list[Layer | Block]", kind: str, numbered: bool) -> Block:
        return Block(kind, tuple((f"{'abcdefgh'[i]}", child) for i, child in enumerate(children)), numbered)

    return st.builds(
        named, st.lists(inside, min_size=1, max_size=6), st.sampled_from(["Stage", "Branch"]), st.booleans()
    )


nets = blocks(st.recursive(layers, blocks, max_leaves=8))


# Edits far from each other: each to one child of a long row.


@dataclass(frozen=True)
class Edit:
    """What is done to one child: `kind` is added, removed, renamed, changed or replaced."""

    kind: str
    place: int
    layer: Layer = Layer("Conv")


def edited(net: Block, edits: "list[Edit]") -> Block:
    children = list(net.children)
    for edit in sorted(edits, key=lambda edit: -edit.place):
        name, child = children[edit.place]
        new = {
            "added": [(f"new_{name}", edit.layer), (name, child)],
            "removed": [],
            "renamed": [(f"other_{name}", child)],
            "changed": [(name, _changed(child))],
            "replaced": [(name, Layer("Special", 7))],
        }[edit.kind]
        children[edit.place : edit.place + 1] = new
    return replace(net, children=tuple(children))


def _changed(child: "Layer | Block", by: int = 10) -> "Layer | Block":
    """Another size of the first layer in it."""
    if isinstance(child, Layer):
        return replace(child, size=child.size + by)
    (name, first), *others = child.children
    return replace(child, children=((name, _changed(first, by)), *others))


FAR = 4


@st.composite
def rows_and_edits(draw: st.DrawFn, numbered: "bool | None" = None) -> "tuple[Block, list[Edit]]":
    """A long row, and edits of which each has untouched neighbours. What is added, and what an edit
    is made to, is like nothing else."""
    children = draw(st.lists(layers | blocks(layers), min_size=3 * FAR, max_size=26))
    numbered = draw(st.booleans()) if numbered is None else numbered
    kinds = ["added", "removed", "changed", "replaced"] + ["renamed"] * (not numbered)
    chosen = []
    for place in range(FAR // 2, len(children) - 1, FAR):
        if draw(st.booleans()):
            chosen.append(Edit(draw(st.sampled_from(kinds)), place, replace(draw(layers), size=30 + place)))
            children[place] = _changed(children[place], 60 + place)
    names = (f"m{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    return Block("Net", tuple(zip(names, children, strict=False)), numbered), chosen
