"""Writes `control_flow.onnx`: If, Loop and Scan, as no PyTorch model gives them."""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

F, INT, B = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def _value(name: str, kind: int = F, shape: list[int] | None = None) -> object:
    return helper.make_tensor_value_info(name, kind, [4, 8] if shape is None else shape)


def _branch(name: str, op: str) -> object:
    return helper.make_graph([helper.make_node(op, ["x"], [f"{name}_y"])], name, [], [_value(f"{name}_y")])


def _loop_body() -> object:
    nodes = [
        helper.make_node("MatMul", ["state", "w"], ["product"]),
        helper.make_node("Tanh", ["product"], ["next_state"]),
        helper.make_node("Identity", ["going"], ["still_going"]),
    ]
    inputs = [_value("step", INT, []), _value("going", B, []), _value("state")]
    return helper.make_graph(nodes, "body", inputs, [_value("still_going", B, []), _value("next_state")])


def _scan_body() -> object:
    nodes = [
        helper.make_node("Add", ["total", "row"], ["new_total"]),
        helper.make_node("Identity", ["new_total"], ["seen"]),
    ]
    inputs, outputs = [_value("total", F, [8]), _value("row", F, [8])], [_value("new_total", F, [8])]
    return helper.make_graph(nodes, "rows", inputs, [*outputs, _value("seen", F, [8])])


def main(path: Path) -> None:
    """Write the file."""
    constants = {
        "w": np.ones((8, 8), np.float32),
        "zero": np.zeros(8, np.float32),
        "three": np.array(3, np.int64),
    }
    constants |= {"yes": np.array(True), "nothing": np.array(0, np.float32)}
    nodes = [
        helper.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
        helper.make_node("Greater", ["sum", "nothing"], ["positive"]),
        helper.make_node(
            "If",
            ["positive"],
            ["chosen"],
            then_branch=_branch("yes_branch", "Relu"),
            else_branch=_branch("no_branch", "Neg"),
        ),
        helper.make_node("Loop", ["three", "yes", "chosen"], ["looped"], body=_loop_body()),
        helper.make_node("Scan", ["zero", "looped"], ["total", "running"], body=_scan_body(), num_scan_inputs=1),
    ]
    initializers = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(
        nodes, "control_flow", [_value("x")], [_value("total", F, [8]), _value("running")], initializers
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    checker.check_model(model, full_check=True)
    save(model, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
