"""The kind of a box comes from what is called, and from the name of a class where that says no more."""

import pytest
from graphs import F32

from nnviz_action.drawing.forward import draw
from nnviz_action.drawing.kinds import kind_of
from nnviz_action.graph.values import Attribute, Graph, Module, Node, TensorType


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sum", "arithmetic"), ("mean", "arithmetic"), ("amax", "arithmetic"), ("logsumexp", "arithmetic"),
        ("ReduceMean", "arithmetic"), ("norm", "arithmetic"), ("clamp", "arithmetic"), ("std", "arithmetic"),
        ("getitem", "shape"), ("index_select", "shape"), ("gather", "shape"), ("cat", "shape"), ("Gather", "shape"),
        ("diag_embed", "shape"), ("randn", "shape"), ("normal", "shape"),
        ("normalize", "normalisation"), ("batch_norm", "normalisation"), ("LpNormalization", "normalisation"),
        ("adaptive_avg_pool2d", "pooling"), ("GlobalAveragePool", "pooling"), ("MaxPool2d", "pooling"),
        ("einsum", "linear"), ("grouped_mm", "linear"), ("scaled_dot_product_attention", "attention"),
        ("mse_loss", "loss"), ("cross_entropy", "loss"), ("BCEWithLogitsLoss", "loss"),
        ("SoftmaxCrossEntropyLoss", "loss"), ("fake_quantize_per_tensor_affine", "quantisation"),
        ("DequantizeLinear", "quantisation"), ("DynamicQuantizeLinear", "quantisation"), ("glu", "activation"), ("dropout", "dropout"), ("Dropout2d", "dropout"), ("Dropout", "dropout"),
        ("lstm", "recurrent"), ("conv_transpose1d", "convolution"), ("embedding_bag", "embedding"), ("cond", "control"),
    ],
)  # fmt: skip
def test_functions_operators_and_layers_of_torch_go_by_their_names(name: str, kind: str) -> None:
    assert kind_of(name, [name]) == kind


@pytest.mark.parametrize(
    ("name", "calls", "kind"),
    [
        ("Conv1D", "addmm reshape", "linear"),
        ("ConvStem", "reshape permute", "shape"),
        ("LinearDownsample", "avg_pool2d", "pooling"),
        ("PooledLinear", "linear mean", "linear"),
        ("TopKRouter", "linear softmax topk sum", "linear"),
        ("Conv2dSame", "pad conv2d", "convolution"),
        ("GRUGate", "sigmoid mul", "activation"),
        ("Attention", "linear chunk matmul softmax matmul linear", "attention"),
        ("AttentionPool2d", "mean cat multi_head_attention_forward", "attention"),
        ("Attend", "einsum mul softmax einsum", "attention"),
        ("RootMeanSquare", "to square mean add rsqrt mul", "normalisation"),
        ("GatedNorm", "silu mul square mean rsqrt mul", "normalisation"),
        ("LayerScale", "mul", "arithmetic"),
        ("GELU", "mul pow add tanh", "activation"),
        ("DropPath", "identity", "dropout"),
        ("ResidualDropout", "dropout add", "dropout"),
        ("GatedDropout", "sigmoid mul dropout", "activation"),
        ("GlobalPool", "mean", "pooling"),
        ("Reducer", "sum", "arithmetic"),
        ("RotaryEmbedding", "cos sin mul cat", "embedding"),
        ("WordEncoder", "embedding mul", "embedding"),
        ("Distillation", "log_softmax kl_div", "loss"),
        ("Observer", "fake_quantize_per_tensor_affine", "quantisation"),
        ("Mixer", "permute linear gelu", "linear"),
    ],
)
def test_a_class_of_the_authors_goes_by_what_it_calls(name: str, calls: str, kind: str) -> None:
    assert kind_of(name, calls.split(), of_torch=False) == kind


def kind_in_a_drawing(op: str, shape: tuple[int, ...], **attributes: Attribute) -> str:
    node = Node("n", op, "torch", ("x",), ("y",), tuple(attributes.items()))
    graph = Graph(("x",), ("y",), (node,), {"x": TensorType("f32", shape), "y": F32})
    return next(box.kind for box in draw(graph).boxes if box.kind != "io")


@pytest.mark.parametrize(
    ("op", "shape", "axes", "kind"),
    [
        ("mean", (2, 64, 7, 7), (2, 3), "pooling"),
        ("mean", (2, 64, 7, 7), (-2, -1), "pooling"),
        ("mean", (2, 7, 7, 64), (1, 2), "pooling"),
        ("amax", (2, 64, 7, 7), (2, 3), "pooling"),
        ("sum", (2, 64, 7, 7), (2, 3), "arithmetic"),
        ("mean", (2, 64, 7, 7), (1,), "arithmetic"),
        ("mean", (2, 196, 768), (1,), "arithmetic"),
    ],
)
def test_a_mean_over_height_and_width_pools(
    op: str, shape: tuple[int, ...], axes: tuple[int, ...], kind: str
) -> None:
    assert kind_in_a_drawing(op, shape, dim=axes) == kind


def test_a_leaf_of_torchs_own_is_what_its_class_says() -> None:
    module = (Module("act", "torch.nn.modules.activation.Hardswish"),)
    node = Node("n", "mul", "torch", ("x", "x"), ("y",), modules=module)
    assert draw(Graph(("x",), ("y",), (node,), {"x": F32, "y": F32})).boxes[1].kind == "activation"
    theirs = Node("n", "mul", "torch", ("x", "x"), ("y",), modules=(Module("act", "lib.Conv1D"),))
    assert draw(Graph(("x",), ("y",), (theirs,), {"x": F32, "y": F32})).boxes[1].kind == "arithmetic"
