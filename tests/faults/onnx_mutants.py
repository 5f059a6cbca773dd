"""ONNX files made wrong: well-formed protobufs of which a field or two is missing, odd, doubled or somewhere else."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import onnx
from google.protobuf.message import DecodeError
from onnx import (
    AttributeProto,
    FunctionProto,
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    parser,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "diagrams"
SIZES = (0, 1, -1, 3, 2**31, 2**62, -(2**63), 10**9)
NAMES = (
    "",
    "x",
    "y",
    "../x",
    "a\0b",
    "a/b/c",
    "\u202e",
    "batch",
    "9**9**9",
    "x" * 5000,
    "encoder: Net/layer@1: Linear",
    "'\"`<script>|\n",
)
OPS = (
    "Conv",
    "Loop",
    "If",
    "Scan",
    "Constant",
    "Reshape",
    "Transpose",
    "Gemm",
    "Attention",
    "LSTM",
    "Einsum",
    "Split",
    "Nothing",
    "",
    "Concat",
    "MatMul",
)


# Of an old opset; with functions; with what is quantised and fused; with what is no tensor.
TEXTS = (
    """<ir_version: 4, opset_import: ["": 8]> net (float[1,2] x) => (float[1,2] y)
    <float[2,2] w = {1, 2, 3, 4}> { h = MatMul(x, w) y = Clip<min = 0.0, max = 6.0>(h) }""",
    """<ir_version: 9, opset_import: ["": 18, "own": 1]> net (float[n,2] x, bool c) => (float[n,2] y)
    <float[2,2] w = {1, 2, 3, 4}> { h = own.Block<alpha = 0.5>(x, w, c) y = own.Act(h) }
    <opset_import: ["": 18, "own": 1], domain: "own"> Block<alpha: float = 0.1>(x, w, c) => (y) {
        h = MatMul(x, w)
        y = If(c) <then_branch = t () => (a) { a = own.Act<alpha: float = @alpha>(h) }, else_branch = e () => (b) { b = Neg(h) }> }
    <opset_import: ["": 18], domain: "own"> Act<alpha: float = 0.2>(x) => (y) { y = LeakyRelu<alpha: float = @alpha>(x) }""",
    """<ir_version: 9, opset_import: ["": 18, "com.microsoft": 1]> net (float[n,4,8] x, float[8,24] w, float[24] b, float[1,2,6,6] i, float[2,2,3,3] f) => (float[n,4,8] y, float[1,2,12,12] u)
    <float s = {0.5}, uint8 z = {3}, float[4] k = {1, 1, 2, 2}> {
        a, p = com.microsoft.Attention<num_heads = 2>(x, w, b)
        q = com.microsoft.FusedMatMul<transB = 1>(a, x)
        r = com.microsoft.FusedConv<activation = "Relu", pads = [1, 1, 1, 1]>(i, f)
        t = QuantizeLinear(a, s, z) y = DequantizeLinear(t, s, z) u = Resize<mode = "nearest">(r, , k) }""",
    """<ir_version: 9, opset_import: ["": 18]> net (float[2,3] x) => (seq(float[2,3]) y) {
        h = SequenceConstruct(x, x) o = Optional(h) y = OptionalGetElement(o) }""",
)


def seeds() -> list[bytes]:
    """The examples' files, those of less than 40 kB, and one of each operator with bodies."""
    files = sorted(EXAMPLES.glob("*/model.onnx"))
    return [path.read_bytes() for path in files if path.stat().st_size < 40_000] + [
        made.SerializeToString() for made in (_with_bodies(), *map(parser.parse_model, TEXTS))
    ]


def mutated(data: bytes, random: Random) -> bytes:
    """One more file like `data`, wrong in some places; `data` itself where that is no ONNX file."""
    try:
        model = onnx.load_from_string(data)
    except (DecodeError, ValueError):
        return data
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        if model.functions and random.random() < 0.5:
            _change(random.choice(model.functions), random)
            continue
        graph = random.choice(_graphs(model.graph))
        random.choice(_CHANGES)(graph, random)
    return bytes(model.SerializeToString())


def _change(function: FunctionProto, random: Random) -> None:
    """A function's operators, as those of a graph."""
    graph = GraphProto(node=function.node)
    random.choice(_CHANGES)(random.choice(_graphs(graph)), random)
    del function.node[:]
    function.node.extend(graph.node)


def _graphs(graph: GraphProto) -> list[GraphProto]:
    inner = [a.g for node in graph.node for a in node.attribute if a.type == AttributeProto.GRAPH]
    return [graph, *(found for body in inner for found in _graphs(body))]


def _node(graph: GraphProto, random: Random) -> NodeProto:
    return random.choice(graph.node) if graph.node else graph.node.add()


def _attribute(graph: GraphProto, random: Random) -> AttributeProto:
    node = _node(graph, random)
    return random.choice(node.attribute) if node.attribute else node.attribute.add(name="axis", type=2, i=1)


def _info(graph: GraphProto, random: Random) -> ValueInfoProto:
    infos = [*graph.value_info, *graph.input, *graph.output]
    return random.choice(infos) if infos else graph.value_info.add()


def _tensor(graph: GraphProto, random: Random) -> TensorProto:
    held = [*graph.initializer, *(a.t for n in graph.node for a in n.attribute if a.type == AttributeProto.TENSOR)]
    return random.choice(held) if held else graph.initializer.add(name="w", data_type=1)


def drop_node(graph: GraphProto, random: Random) -> None:
    if graph.node:
        del graph.node[random.randrange(len(graph.node))]


def double_node(graph: GraphProto, random: Random) -> None:
    graph.node.add().CopyFrom(_node(graph, random))


def move_node(graph: GraphProto, random: Random) -> None:
    node = NodeProto.FromString(_node(graph, random).SerializeToString())
    drop_node(graph, random)
    graph.node.insert(random.randint(0, len(graph.node)), node)


def other_operator(graph: GraphProto, random: Random) -> None:
    node = _node(graph, random)
    node.op_type = random.choice(OPS)
    node.domain = random.choice(("", "", "ai.onnx", "mine", "com.microsoft"))


def other_wire(graph: GraphProto, random: Random) -> None:
    node = _node(graph, random)
    wires = random.choice((node.input, node.output))
    names = [*NAMES, *(o for n in graph.node for o in n.output)]
    if wires and random.random() < 0.7:
        wires[random.randrange(len(wires))] = random.choice(names)
    else:
        wires.extend([random.choice(names)] * random.choice((1, 1, 40)))


def fewer_wires(graph: GraphProto, random: Random) -> None:
    node = _node(graph, random)
    del random.choice((node.input, node.output))[random.choice((0, 0, 1)) :]


def other_attribute(graph: GraphProto, random: Random) -> None:
    attribute = _attribute(graph, random)
    attribute.name = random.choice(
        (*NAMES, "perm", "axis", "equation", "group", "kernel_shape", "body", "num_scan_inputs", "value")
    )


def other_value(graph: GraphProto, random: Random) -> None:
    attribute = _attribute(graph, random)
    name = attribute.name if isinstance(attribute.name, str) else "x"  # bytes where it is no UTF-8
    values = (
        random.choice(SIZES),
        1.5,
        float("nan"),
        random.choice(NAMES),
        [random.choice(SIZES)] * 3,
        [0.5],
        ["a", "b"],
        helper.make_tensor("t", 1, [1], [1.0]),
    )
    attribute.CopyFrom(helper.make_attribute(name or "x", random.choice(values)))


def other_kind(graph: GraphProto, random: Random) -> None:
    _attribute(graph, random).type = random.choice(range(15))


def drop_attribute(graph: GraphProto, random: Random) -> None:
    node = _node(graph, random)
    del node.attribute[random.choice((0, 1)) :]


def other_size(graph: GraphProto, random: Random) -> None:
    dims = _info(graph, random).type.tensor_type.shape.dim
    dim = random.choice(dims) if dims and random.random() < 0.7 else dims.add()
    if random.random() < 0.6:
        dim.dim_value = random.choice(SIZES)
    else:
        dim.dim_param = random.choice(NAMES)


def other_type(graph: GraphProto, random: Random) -> None:
    info = _info(graph, random)
    if random.random() < 0.5:
        info.type.tensor_type.elem_type = random.choice((-1, 0, 8, 16, 24, 99, 2**31 - 1))
    else:
        info.ClearField("type")


def other_tensor(graph: GraphProto, random: Random) -> None:
    tensor = _tensor(graph, random)
    if random.random() < 0.5:
        tensor.dims.extend([random.choice(SIZES)])
    else:
        tensor.data_type = random.choice((0, 1, 7, 8, 9, 16, 22, 23, 99))


def other_name(graph: GraphProto, random: Random) -> None:
    owner = random.choice((_node(graph, random), _info(graph, random), _tensor(graph, random)))
    owner.name = random.choice(NAMES)


def told_module(graph: GraphProto, random: Random) -> None:
    node = _node(graph, random)
    node.metadata_props.add(
        key=random.choice(("namespace", "nnviz.weight", "x")), value=random.choice((*NAMES, "/".join(["a: B"] * 300)))
    )


def nested(graph: GraphProto, random: Random) -> None:
    """The graph as a body of one of its own nodes."""
    inner = GraphProto.FromString(graph.SerializeToString())
    if inner.ByteSize() < 200_000:
        _node(graph, random).attribute.add(name="body", type=AttributeProto.GRAPH).g.CopyFrom(inner)


def other_ends(graph: GraphProto, random: Random) -> None:
    ends = random.choice((graph.input, graph.output))
    if ends and random.random() < 0.5:
        del ends[random.randrange(len(ends))]
    else:
        ends.add().CopyFrom(_info(graph, random))


_CHANGES: tuple[Callable[[GraphProto, Random], None], ...] = (
    drop_node, double_node, move_node, other_operator, other_wire, fewer_wires, other_attribute, other_value, other_kind,
    drop_attribute, other_size, other_type, other_tensor, other_name, told_module, nested, other_ends,
)  # fmt: skip


def _with_bodies() -> ModelProto:
    """If in Loop, and a Scan."""
    f32, i64, boolean = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
    value = helper.make_tensor_value_info
    branch = [
        helper.make_graph([helper.make_node(op, ["c"], [out])], op, [], [value(out, f32, [2])])
        for op, out in (("Relu", "t"), ("Neg", "e"))
    ]
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("If", ["go"], ["d"], then_branch=branch[0], else_branch=branch[1])],
        "body", [value("i", i64, []), value("go", boolean, []), value("c", f32, [2])], [value("on", boolean, []), value("d", f32, [2])],
    )  # fmt: skip
    step = helper.make_graph(
        [helper.make_node("Add", ["s", "r"], ["n"]), helper.make_node("Identity", ["n"], ["o"])],
        "step", [value("s", f32, []), value("r", f32, [])], [value("n", f32, []), value("o", f32, [])],
    )  # fmt: skip
    nodes = [
        helper.make_node("Loop", ["times", "start", "x"], ["looped"], body=body),
        helper.make_node("ReduceSum", ["looped"], ["sum"], keepdims=0),
        helper.make_node("Scan", ["sum", "looped"], ["last", "all"], body=step, num_scan_inputs=1),
    ]
    held = [helper.make_tensor("times", i64, [], [3]), helper.make_tensor("start", boolean, [], [True])]
    graph = helper.make_graph(
        nodes, "g", [value("x", f32, [2])], [value("last", f32, []), value("all", f32, [2])], held
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
