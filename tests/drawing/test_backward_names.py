"""Names of backward functions that only the dispatcher chooses."""

import pytest

from nnviz_action.drawing.backward_names import plain_name, with_plain_names
from nnviz_action.drawing.boxes import Arrow, Box, Drawing, digest


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("UnsafeViewBackward0", "ViewBackward0"),
        ("ReshapeAliasBackward0", "ViewBackward0"),
        ("TBackward0", "TransposeBackward0"),
        ("ScaledDotProductFlashAttentionForCpuBackward0", "ScaledDotProductAttentionBackward0"),
        ("ScaledDotProductEfficientAttentionBackward0", "ScaledDotProductAttentionBackward0"),
        ("ScaledDotProductFusedAttentionOverrideableBackward0", "ScaledDotProductAttentionBackward0"),
        ("MkldnnConvolutionBackward0", "ConvolutionBackward0"),
        ("CudnnBatchNormBackward0", "BatchNormBackward0"),
        ("NativeBatchNormBackward0", "BatchNormBackward0"),
        ("FusedRmsNormBackward0", "RmsNormBackward0"),
    ],
)
def test_kernels_of_one_function_are_one(title: str, plain: str) -> None:
    assert plain_name(title) == plain == plain_name(plain)


@pytest.mark.parametrize(
    "title",
    "AddBackward0 MeanBackward1 NegViewBackward0 ViewAsRealBackward0 CudnnConvolutionTransposeBackward0 MyTBackward "
    "ConvolutionBackwardBackward0 weight layer1.conv.weight T".split(),
)
def test_what_computes_something_else_keeps_its_name(title: str) -> None:
    assert plain_name(title) == title


def test_graphs_of_two_versions_have_one_digest() -> None:
    def drawing(view: str) -> Drawing:
        boxes = (Box("n0", view, "function"), Box("n1", "AddmmBackward0", "function"))
        return Drawing(boxes, (Arrow("n0", "n1"),))

    one, other = drawing("UnsafeViewBackward0"), drawing("ViewBackward0")
    assert digest(one) != digest(other) and digest(with_plain_names(one)) == digest(with_plain_names(other))
