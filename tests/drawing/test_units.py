"""What is drawn as one: leaf modules and the calls of functions."""

import pytest
from graphs import traced

from nnviz_action.drawing.units import MOST_INSIDE, Unit, units
from nnviz_action.graph.values import Function, Graph, Module, Node, TensorType, Weight


def told(graph: Graph, detail: str = "modules") -> list[str]:
    return [tell(unit) for unit in units(graph, detail)]


def tell(unit: Unit) -> str:
    """`layer@1 = Gemm Relu` of the second call of a leaf module, `block: relu = Relu` of a function in a block."""
    ops = " ".join(node.op for node in unit.nodes)
    around = ".".join(
        f"{m.path.rpartition('.')[2]}{f'@{m.call}' if m.call else ''}" for m in unit.leaf or unit.modules
    )
    name = around if unit.leaf else f"{around}: {unit.function}" if around else unit.function
    return f"{name} = {ops}"


LINEAR = "fc: torch.nn.Linear/linear: aten.linear"
BLOCK = "block: net.Block/block.{0}: torch.nn.{1}/{0}: aten.{0}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f"MatMul {LINEAR}", f"Add {LINEAR}"], ["fc = MatMul Add"]),
        ([f"Gemm {LINEAR}", "Relu relu: aten.relu"], ["fc = Gemm", "relu = Relu"]),
        (["Mul gelu: aten.gelu", "Erf gelu: aten.gelu"], ["gelu = Mul Erf"]),
        (["Mul mul: aten.mul", "Mul mul_1: aten.mul"], ["mul = Mul", "mul = Mul"]),
        (
            [f"Gemm {BLOCK.format('a', 'Linear')}", "Add block: net.Block/add: aten.add"],
            ["block.a = Gemm", "block: add = Add"],
        ),
        (["Neg own: net.Own/neg: aten.neg", "Exp own: net.Own/exp: aten.exp"], ["own = Neg Exp"]),
    ],
    ids=["a leaf module", "a function outside", "a function of two operators", "two calls of a function",
         "a function beside a leaf module", "an own leaf module"],
)  # fmt: skip
def test_what_the_author_wrote_as_one_thing_is_one(lines: list[str], expected: list[str]) -> None:
    assert told(traced(*lines)) == expected


@pytest.mark.parametrize(
    ("calls", "kind", "number"),
    [
        (MOST_INSIDE, "net.Own", 1),
        (MOST_INSIDE + 1, "net.Own", MOST_INSIDE + 1),
        (MOST_INSIDE + 1, "torch.nn.Own", 1),
    ],
)
def test_a_module_of_the_author_in_which_much_happens_stays_open(calls: int, kind: str, number: int) -> None:
    assert len(told(traced(*(f"Neg own: {kind}/neg_{i}: aten.neg" for i in range(calls))))) == number


def test_detail_operators_shows_each_operator() -> None:
    lines = [f"MatMul {LINEAR}", f"Add {LINEAR}", "Mul gelu: aten.gelu", "Erf gelu: aten.gelu", "Relu act: torch.nn.ReLU/relu: aten.relu"]  # fmt: skip
    assert told(traced(*lines), "operators") == [
        "fc: MatMul = MatMul", "fc: Add = Add", "Mul = Mul", "Erf = Erf", "act = Relu",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Relu act: n.R/relu: f", "Conv conv: n.C/conv: f", "Relu act: n.R/relu_1: f"], ["act = Relu", "conv = Conv", "act@1 = Relu"]),
        (["Gemm encoder: n.E/linear: f", "Gemm encoder@1: n.E/linear_1: f"], ["encoder = Gemm", "encoder@1 = Gemm"]),
        (["Gemm e: n.E/e.fc: n.L/linear: f", "Gemm e@1: n.E/e.fc@1: n.L/linear_1: f"], ["e.fc = Gemm", "e@1.fc = Gemm"]),
        (["Gemm e: n.E/e.a: n.L/a: f", "Gemm e: n.E/e.b: n.L/b: f", "Gemm e: n.E/e.a: n.L/a_1: f"], ["e.a = Gemm", "e.b = Gemm", "e.a@1 = Gemm"]),
        (["Gemm a: n.A/f: f", "Neg b: n.B/n: f", "Gemm a@1: n.A/f_1: f", "Neg b: n.B/n_1: f", "Gemm a@2: n.A/f_2: f"],
         ["a = Gemm", "b = Neg", "a@1 = Gemm", "b@1 = Neg", "a@2 = Gemm"]),
    ],
    ids=["left and entered again", "as the file counts", "of what is inside too", "inside one call", "both ways"],
)  # fmt: skip
def test_calls_of_a_module_are_told_apart(lines: list[str], expected: list[str]) -> None:
    assert told(traced(*lines)) == expected


def test_a_node_without_a_place_belongs_where_the_one_before_it_does() -> None:
    assert told(traced(f"MatMul {LINEAR}", "Cast", f"Add {LINEAR}", "Relu relu: aten.relu")) == [
        "fc = MatMul Cast Add", "relu = Relu",
    ]  # fmt: skip


def test_a_file_without_namespaces_is_told_by_its_operators() -> None:
    assert told(traced("Conv", "Relu", "Conv")) == ["Conv = Conv", "Relu = Relu", "Conv = Conv"]


def graph(*lines: str, outputs: str = "y", weights: str = "") -> Graph:
    """Each line is `outputs = Op inputs`."""
    nodes = []
    for index, line in enumerate(lines):
        made, _, (op, *inputs) = *line.partition(" = ")[:2], line.partition(" = ")[2].split()
        nodes.append(Node(f"n{index}", op, "", tuple(inputs), tuple(made.split())))
    kinds = {name: Weight(name, TensorType("f32", (4, 4)), "parameter") for name in weights.split()}
    return Graph(("x",), tuple(outputs.split()), tuple(nodes), {}, kinds)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (graph("s = Shape x", "t = Concat s s", "y = Reshape x t"), ["Reshape"]),
        (graph("s = Shape x", "p = Slice pos s", "y = Add x p", weights="pos"), ["Slice", "Add"]),
        (graph("s = Shape x", "t = Concat s s", "y = Reshape x t", outputs="y t"), ["Shape", "Concat", "Reshape"]),
        (graph("w1 = Transpose w", "y = MatMul x w1", weights="w"), ["MatMul"]),
        (graph("w1 = Split w", "w2 = Concat w1 v", "y = LSTM x w2", weights="w v"), ["LSTM"]),
        (graph("w1 = Transpose w", "y = MatMul x w1", outputs="y w1", weights="w"), ["Transpose", "MatMul"]),
    ],
    ids=["arithmetic of sizes", "a parameter cut to size", "a size that is a result", "a transposed weight",
         "weights in ONNX's order", "a weight that is a result"],
)  # fmt: skip
def test_bookkeeping_is_no_unit(found: Graph, expected: list[str]) -> None:
    assert [unit.nodes[-1].op for unit in units(found, "modules")] == expected


def test_what_is_done_to_a_parameter_is_drawn_unless_it_only_puts_it_in_order() -> None:
    scale = {"scale": Weight("scale", TensorType("f32", (1, 4)), "parameter")}
    nodes = (
        Node("t", "Transpose", "", ("scale",), ("turned",)),
        Node("e", "Exp", "", ("turned",), ("grown",)),
        Node("m", "Mul", "", ("x", "grown"), ("y",)),
    )
    found = units(Graph(("x",), ("y",), nodes, {}, scale), "modules")
    assert [unit.function for unit in found] == ["Exp", "Mul"]


def test_a_layer_of_constants_is_a_layer() -> None:
    table = {"wpe.weight": Weight("wpe.weight", TensorType("f32", (16, 4)), "parameter"),
             "places": Weight("places", TensorType("i64", (16,)), value="abc")}  # fmt: skip
    nodes = (
        Node("g", "Gather", "", ("wpe.weight", "places"), ("p",), modules=(Module("wpe", "torch.nn.Embedding"),)),
        Node("a", "Add", "", ("x", "p"), ("y",), function=Function("add", "add")),
    )
    found = units(Graph(("x",), ("y",), nodes, {}, table), "modules")
    assert [unit.leaf[-1].path if unit.leaf else unit.function for unit in found] == ["wpe", "add"]
