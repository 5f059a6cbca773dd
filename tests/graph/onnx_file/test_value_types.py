"""What is no tensor: sequences, optionals, maps, by name and with the tensors that they hold."""

from pathlib import Path

import pytest
from adopting import model, taken, types
from onnx import TensorProto, helper

from nnviz_action.drawing.forward import draw
from nnviz_action.graph.onnx_file.value_types import type_of
from nnviz_action.graph.values import TensorType

TENSOR = helper.make_tensor_type_proto(TensorProto.FLOAT, [2, "n"])


@pytest.mark.parametrize(
    ("proto", "shown", "full"),
    [
        (TENSOR, "2×n f32", True),
        (helper.make_sequence_type_proto(TENSOR), "seq(2×n f32)", True),
        (helper.make_optional_type_proto(helper.make_sequence_type_proto(TENSOR)), "optional(seq(2×n f32))", True),
        (helper.make_sequence_type_proto(helper.make_tensor_type_proto(7, None)), "seq(? i64)", False),
        (helper.make_map_type_proto(TensorProto.INT64, TENSOR), "map(i64, 2×n f32)", True),
        (helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [9, 9]), "sparse(9×9 f32)", True),
    ],
)  # fmt: skip
def test_the_type_of_a_value(proto: object, shown: str, full: bool) -> None:
    found = type_of(proto)  # type: ignore[arg-type]
    assert (str(found), found.is_full) == (shown, full)


def test_a_tensor_of_no_known_rank_is_no_such_thing() -> None:
    assert (str(TensorType("f32", None)), TensorType("f32", None).is_full) == ("? f32", False)


def test_sequences_in_a_graph(tmp_path: Path) -> None:
    net = """net (float[2,3] x) => (float[4,3] y) {
        both = SequenceConstruct(x, x)
        maybe = Optional(both)
        again = OptionalGetElement(maybe)
        y = ConcatFromSequence<axis = 0>(again)
    }"""
    graph, _, _ = taken(model(net), tmp_path)
    assert types(graph) == {
        "both": "seq(2×3 f32)", "maybe": "optional(seq(2×3 f32))", "again": "seq(2×3 f32)", "y": "4×3 f32",
    }  # fmt: skip
    assert "seq(2×3 f32)" in {arrow.label for arrow in draw(graph).arrows}
