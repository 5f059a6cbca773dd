"""What ONNX itself says of its operators: the names of inputs, and what an attribute is where it is not given."""

from functools import cache

import onnx
from onnx import ModelProto, defs

from nnviz_action.graph.values import ONNX, Attribute


@cache
def input_name(op: str, place: int) -> str:
    """What ONNX calls an input of an operator; `input 2` where it does not say."""
    schema = schema_of(op)
    if schema is None or not schema.inputs:
        return f"input {place}"
    return str(schema.inputs[min(place, len(schema.inputs) - 1)].name)


@cache
def default_of(op: str, attribute: str) -> Attribute | None:
    """The value of an attribute that is not given; None where ONNX does not say."""
    schema = schema_of(op)
    found = schema.attributes.get(attribute) if schema is not None else None
    if found is None or not found.default_value.name:
        return None
    value = onnx.helper.get_attribute_value(found.default_value)
    return value.decode() if isinstance(value, bytes) else value


@cache
def schema_of(op: str, opset: int = 0) -> defs.OpSchema | None:
    """What ONNX says of one of its own operators as of an opset, 0 being the newest; None for any other operator."""
    try:
        return defs.get_schema(op, opset, "") if opset else defs.get_schema(op)
    except (defs.SchemaError, TypeError):  # of a version beyond what a C int holds
        return None


def opset_of(model: ModelProto) -> int:
    """The version of ONNX's own operators, 0 where it is not said."""
    return next((o.version for o in model.opset_import if o.domain in ONNX), 0)
