"""What is different about a layer, in words."""

from dataclasses import replace

import pytest
from graphs import g, traced
from telling import told, weight

from nnviz_action.graph.values import Attribute, Graph, Node, TensorType

CONV = weight("c.weight", 16, 8, 3, 3)


def conv(**attributes: Attribute) -> Graph:
    return with_attributes(g("x > Conv > y", "c", CONV), **attributes)


def with_attributes(graph: Graph, **attributes: Attribute) -> Graph:
    return replace(graph, nodes=(replace(graph.nodes[0], attributes=tuple(attributes.items())), *graph.nodes[1:]))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"kernel_shape": (3, 3)}, {"kernel_shape": (5, 5)}, "kernel 3 → 5"),
        ({"kernel_shape": (3, 3)}, {"kernel_shape": (1, 3)}, "kernel 3 → 1×3"),
        ({"strides": (1, 1)}, {"strides": (2, 2)}, "stride 1 → 2"),
        ({}, {"strides": (2, 2)}, "stride 1 → 2"),
        ({"group": 1}, {"group": 4}, "groups 1 → 4, in 8 → 32"),
        (
            {"pads": (1, 1, 1, 1), "dilations": (1, 1)},
            {"pads": (2, 2, 2, 2), "dilations": (2, 2)},
            "pad 1 → 2, dilation 1 → 2",
        ),
    ],
)
def test_attributes(before: dict[str, Attribute], after: dict[str, Attribute], said: str):
    assert told(conv(**before), conv(**after)) == ([f"~ c (C): {said}"] if said else [])


def test_the_class_counts_whatever_file_it_is_in_unless_that_is_torch():
    one, other = traced("Relu a: net.Act/relu: aten.relu"), traced("Relu a: lib.Act/relu: aten.relu")
    assert told(one, other) == []
    assert told(one, traced("Relu a: torch.nn.Act/relu: aten.relu")) == ["~ a (Act): net.Act → torch.nn.Act"]
    assert told(one, traced("Tanh a: net.Tanh/tanh: aten.tanh")) == ["~ a (Tanh): Act → Tanh"]


def test_a_bias_comes_and_goes_however_the_product_is_written():
    plain = g("x > MatMul > y", "fc", weight("fc.weight", 8, 4))
    rows = g("x > Gemm > y", "fc", {**weight("fc.weight", 8, 4), **weight("fc.bias", 4)})
    rows = with_attributes(rows, transB=0)
    assert told(plain, rows) == ["~ fc (Fc): bias added"]
    assert told(rows, plain) == ["~ fc (Fc): bias removed"]


def test_sizes_say_where_they_belong():
    one, other = (with_attributes(g("x > Gemm > y", "fc", weight("fc.weight", n, 4)), transB=1) for n in (8, 16))
    assert told(one, other) == ["~ fc (Fc): out 8 → 16"]
    one, other = (g("x > Gather > y", "emb", weight("emb.weight", n, 4)) for n in (100, 200))
    assert told(one, other) == ["~ emb (Emb): weight 100×4 → 200×4"]


def test_what_is_frozen_and_of_which_type():
    one = g("x > Conv > y", "c", CONV)
    assert told(one, g("x > Conv > y", "c", weight("c.weight", 16, 8, 3, 3, kind="frozen"))) == ["~ c (C): frozen"]
    half = g("x > Conv > y", "c", weight("c.weight", 16, 8, 3, 3, dtype="f16"))
    assert told(one, half) == ["~ c (C): weights f32 → f16"]


def test_the_output_is_told_where_no_size_tells_it():
    def pool(kernel: int, size: int) -> Graph:
        graph = with_attributes(g("x > MaxPool > y", "p"), kernel_shape=(kernel, kernel))
        return replace(graph, types={**graph.types, "y": TensorType("f32", (1, size))})

    assert told(pool(2, 8), pool(4, 4)) == ["~ p (P): kernel 2 → 4, output 1×8 → 1×4"]


def test_inputs_say_shape_and_type_apart():
    old = g("x > Relu > y")
    assert told(old, replace(old, types={**old.types, "x": TensorType("f32", (9, 4))})) == [
        "~ x (input): shape 2×4 → 9×4"
    ]
    assert told(old, replace(old, types={**old.types, "x": TensorType("f16", (2, 4))})) == [
        "~ x (input): type f32 → f16"
    ]


def test_a_module_in_place_of_a_layer_says_what_is_in_there():
    old = traced("Relu a: torch.nn.ReLU/relu: aten.relu")
    new = traced(*(f"{op} a: net.Row/a.{op}: torch.nn.{op}/f: aten.{op}" for op in ("Tanh", "Abs")))
    assert told(old, new) == ["~ a (Row): ReLU → Row, Tanh · Abs"]
    assert told(new, old) == ["~ a (ReLU): Row → ReLU"]


def test_a_module_around_a_layer_is_another_path():
    old = traced("Relu a: torch.nn.ReLU/relu: aten.relu")
    new = traced(
        *(f"{op} a: net.Row/a.{op}: torch.nn.{k}/f: aten.{op}" for op, k in (("Tanh", "Tanh"), ("Relu", "ReLU")))
    )
    assert told(old, new) == ["+ a.Tanh (Tanh)", "~ a (Row): put around ReLU, now Relu"]
    assert told(new, old) == ["- a.Tanh (Tanh)", "~ a (ReLU): taken out of Row"]


def test_options_that_onnx_takes_for_granted_are_none():
    (said,) = told(conv(auto_pad="NOTSET"), conv())
    assert said == "~ the top: told by no layer: Conv (auto_pad NOTSET, 2×4 f32) in c → Conv (2×4 f32) in c"


def test_an_operator_without_a_class_is_told_by_its_operators():
    old, new = (Graph(("x",), ("y",), (Node("", op, "", ("x",), ("y",)),)) for op in ("Relu", "Tanh"))
    assert told(old, new) == ["~ the top: Relu() → Tanh()"]
