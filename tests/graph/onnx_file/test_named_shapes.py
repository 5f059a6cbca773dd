"""Shapes with named dimensions: held to what ONNX Runtime computes at other sizes."""

from pathlib import Path

import numpy
import onnx
import onnxruntime
import pytest
from adopting import model, taken, types
from onnx import ModelProto, TensorProto, helper

from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.onnx_file.foreign import adopt
from nnviz_action.graph.sizes import evaluate
from nnviz_action.graph.values import Graph

SIZES = {"n": 3, "t": 7, "p": 4, "h": 29, "w": 18}
ELEMENTS = {"f32": TensorProto.FLOAT, "i64": TensorProto.INT64, "bool": TensorProto.BOOL}
FLAT = "float[n,t,8] x"
IMAGE = "float[n,3,h,w] x"
# inputs, weights, what is computed, the type of its last value
CASES = {
    "positions that are cut": (FLAT, "p 9×8", """
        s = Shape(x)  one = Constant<value_ints = [1]>()  zero = Constant<value_ints = [0]>()  i = Constant<value_int = 1>()
        length = Gather(s, i)  end = Unsqueeze(length, zero)  positions = Slice(p, zero, end, zero)  y = Add(x, positions)""",
        "n×t×8 f32"),
    "a range as long as an axis": (FLAT, "", """
        s = Shape(x)  i = Constant<value_int = 1>()  limit = Gather(s, i)  zero = Constant<value_int = 0>()
        y = Range(zero, limit, i)""", "t i64"),
    "heads that are split off": (FLAT, "", """
        s = Shape<start = 0, end = 2>(x)  rest = Constant<value_ints = [2, 4]>()  target = Concat<axis = 0>(s, rest)
        parts = Reshape(x, target)  heads = Transpose<perm = [0, 2, 1, 3]>(parts)  turned = Transpose<perm = [0, 2, 3, 1]>(parts)
        scores = MatMul(heads, turned)  y = Softmax(scores)""", "n×2×t×t f32"),
    "a mask that is expanded": (FLAT, "", """
        s = Shape(x)  minus = Constant<value_ints = [-1, -1, 8]>()  fits = Equal(minus, s)  target = Where(fits, s, minus)
        ones = Constant<value_ints = [1, 1, 8]>()  open = Constant<value_int = -1>()  is_open = Equal(minus, open)
        size = Where(is_open, s, minus)  k = Constant<value_float = 1.0>()  y = Expand(k, size)""", "n×t×8 f32"),
    "a cache that grows": ("float[n,p,8] x, float[n,t,8] k", "", "y = Concat<axis = 1>(x, k)", "p + t"),
    "windows and batch in one": ("float[n,8,6,4] x", "", """
        s = Shape(x)  i = Constant<value_int = 0>()  batch = Gather(s, i)  zero = Constant<value_ints = [0]>()
        first = Unsqueeze(batch, zero)  rest = Constant<value_ints = [4, 2, 3, 2, 4]>()  target = Concat<axis = 0>(first, rest)
        windows = Reshape(x, target)  turned = Transpose<perm = [0, 1, 3, 2, 4, 5]>(windows)
        shape = Constant<value_ints = [-1, 4, 4]>()  y = Reshape(turned, shape)""", "12*n×4×4 f32"),
    "all in one": (FLAT, "", "shape = Constant<value_ints = [-1]>()  y = Reshape(x, shape)", None),
    "flat": (FLAT, "", "y = Flatten<axis = 2>(x)", None),
    "a convolution": (IMAGE, "f 6×3×7×7", "y = Conv<strides = [2, 2], pads = [3, 3, 3, 3]>(x, f)", None),
    "stages": (IMAGE, "f 6×3×3×3, g 6×6×2×2", """
        a = Conv<strides = [2, 2], pads = [1, 1, 1, 1]>(x, f)  b = MaxPool<kernel_shape = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]>(a)
        y = Conv<strides = [2, 2]>(b, g)""", None),
    "a convolution with holes": (IMAGE, "f 6×1×3×3", "y = Conv<dilations = [2, 2], pads = [2, 1, 2, 1], group = 3>(x, f)", None),
    "a pool that rounds up": (IMAGE, "", "y = MaxPool<kernel_shape = [3, 3], strides = [2, 2], ceil_mode = 1>(x)", None),
    "an average that rounds up": (IMAGE, "", "y = AveragePool<kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1>(x)", None),
    "a transposed convolution": (IMAGE, "f 3×4×2×2", "y = ConvTranspose<strides = [2, 2]>(x, f)", "n×4×2*h×2*w f32"),
    "one with more at the end": (IMAGE, "f 3×4×3×3", "y = ConvTranspose<strides = [2, 2], pads = [1, 1, 1, 1], output_padding = [1, 1]>(x, f)", "n×4×2*h×2*w f32"),
    "twice as large": (IMAGE, "", """
        k = Constant<value_floats = [1.0, 1.0, 2.0, 2.0]>()  y = Resize<mode = "nearest">(x, , k)""", "n×3×2*h×2*w f32"),
    "as large as another": (f"{IMAGE}, float[n,3,p,t] other", "", """
        s = Shape(other)  y = Resize<mode = "nearest">(x, , , s)""", "n×3×p×t f32"),
    "padding": (IMAGE, "", "pads = Constant<value_ints = [0, 0, 1, 2, 0, 0, 3, 4]>()  y = Pad(x, pads)", None),
    "padding that is turned round": (IMAGE, "", """
        given = Constant<value_ints = [2, 4, 1, 3, 0, 0, 0, 0]>()  pairs = Constant<value_ints = [-1, 2]>()  rows = Reshape(given, pairs)
        last = Constant<value_ints = [-1]>()  far = Constant<value_ints = [-9223372036854775807]>()  zero = Constant<value_ints = [0]>()
        back = Slice(rows, last, far, zero, last)  columns = Transpose<perm = [1, 0]>(back)  pads = Reshape(columns, last)
        y = Pad(x, pads)""", None),
    "the last of an axis": (FLAT, "", """
        last = Constant<value_ints = [-1]>()  far = Constant<value_ints = [9223372036854775807]>()  one = Constant<value_ints = [1]>()
        y = Slice(x, last, far, one)""", "n×1×8 f32"),
    "all but the last": (FLAT, "", """
        zero = Constant<value_ints = [0]>()  last = Constant<value_ints = [-1]>()  one = Constant<value_ints = [1]>()
        y = Slice(x, zero, last, one)""", "t - 1"),
}  # fmt: skip


def computed(theirs: ModelProto, found: Graph) -> dict[str, tuple[int, ...]]:
    """The shapes of all values, as ONNX Runtime computes them at these sizes."""
    names = [o for node in theirs.graph.node for o in node.output if o in found.types]
    del theirs.graph.output[:]
    elements = {name: ELEMENTS[found.types[name].dtype] for name in names}
    theirs.graph.output.extend(helper.make_tensor_value_info(name, kind, None) for name, kind in elements.items())
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(theirs.SerializeToString(), options, providers=["CPUExecutionProvider"])
    shapes = {i.name: [SIZES.get(dim, dim) for dim in i.shape] for i in session.get_inputs()}
    given = {name: numpy.ones(shape, numpy.float32) for name, shape in shapes.items()}
    return {name: value.shape for name, value in zip(names, session.run(names, given), strict=True)}


@pytest.mark.parametrize("case", CASES)
def test_what_the_names_come_to_is_what_is_computed(case: str, tmp_path: Path) -> None:
    inputs, weights, body, shown = CASES[case]
    theirs = model(f"net ({inputs}) => (float[a] y) {{ {body} }}", 17, weights)
    theirs.graph.output[0].type.tensor_type.ClearField("shape")
    if case == "a range as long as an axis":
        theirs.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    graph, written, adopted = taken(theirs, tmp_path)
    onnx.checker.check_model(written, full_check=True)
    assert not adopted.notes
    assert [name for name in types(graph) if not graph.types[name].is_full] == []
    for name, shape in computed(theirs, graph).items():
        assert tuple(evaluate(dim, SIZES) for dim in graph.types[name].shape or ()) == shape, (
            name,
            graph.types[name],
        )
    assert shown is None or shown in types(graph)["y"] or shown in (graph.types["y"].shape or ())


@pytest.mark.parametrize(
    "body",
    [
        "k = Constant<value_ints = [2, 3]>()  y = Reshape(x, k)",  # not as many elements
        "s = Shape(x)  k = Unique(s)  y = Expand(x, k)",  # known to nobody
        "k = Constant<value_ints = [0]>()  e = Constant<value_ints = [5]>()  y = Slice(x, k, e, e)",  # no such axis
        "y = Concat<axis = 9>(x, x)",
    ],
)
def test_where_a_rule_does_not_fit_nothing_is_known(body: str, tmp_path: Path) -> None:
    theirs = model(f"net (float[n,t,8] x) => (float[a] y) {{ {body} }}", 17)
    theirs.graph.output[0].type.tensor_type.ClearField("shape")
    onnx.save(theirs, tmp_path / "theirs.onnx")
    adopt(tmp_path / "theirs.onnx", tmp_path / "model.onnx")
    assert read_graph(tmp_path / "model.onnx").nodes


def test_of_an_old_opset_too(tmp_path: Path) -> None:
    net = "net (float[n,t,8] x) => (float[a] y) { h = Slice<starts = [0], ends = [-1], axes = [1]>(x)  y = Relu(h) }"
    theirs = model(net, 7)
    theirs.graph.output[0].type.tensor_type.ClearField("shape")
    assert taken(theirs, tmp_path)[0].types["y"].shape == ("n", "t - 1", 8)


def test_in_a_branch_with_sizes_from_around_it(tmp_path: Path) -> None:
    net = """net (float[n,t,8] x, bool c) => (float[a] y) {
        s = Shape(x)
        y = If(c) <then_branch = t0 () => (float[a] a0) { k = Constant<value_float = 1.0>()  e = Expand(k, s)  a0 = Relu(e) },
                   else_branch = e0 () => (float[a] b0) { b0 = Neg(x) }> }"""
    theirs = model(net, 17)
    for info in (theirs.graph.output[0], *(a.g.output[0] for a in theirs.graph.node[1].attribute)):
        info.type.tensor_type.ClearField("shape")
    assert types(taken(theirs, tmp_path)[0])["e"] == "n×t×8 f32"
