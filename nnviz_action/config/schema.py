"""The keys of `nnviz.yaml`: what pydantic checks, and what the JSON Schema is made of."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

View = Literal["forward", "autograd"]
Mode = Literal["eval", "train"]
Format = Literal["png", "svg"]

_DIM = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[A-Za-z_]\\w*$"}]}
_SHAPE = {"type": "array", "items": _DIM}
_TENSOR = {
    "type": "object",
    "properties": {
        "shape": _SHAPE,
        "dtype": {"type": "string", "examples": ["float32", "int64", "bool"]},
        "low": {"type": "number"},
        "high": {"type": "number"},
        "value": {},
    },
    "anyOf": [{"required": ["shape"]}, {"required": ["value"]}],
    "additionalProperties": False,
}
_INPUTS = {
    "description": "shapes by position or by name, or package.module:function that makes the inputs",
    "anyOf": [
        {"type": "string", "pattern": ":"},
        {"type": "array", "items": {"anyOf": [_SHAPE, _TENSOR, {"type": ["array", "object"]}]}},
        {
            "type": "object",
            "additionalProperties": {"anyOf": [_SHAPE, _TENSOR, {"type": ["array", "object"]}]},
        },
    ],
}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Modes(_Section):
    """In which mode each view sees the model."""

    forward: Mode = "eval"
    """mode of the forward graph"""
    autograd: Mode = "train"
    """mode of the autograd graph"""


class Autograd(_Section):
    """What the autograd graph shows; the names are torchviz's."""

    show_attrs: bool = False
    """attributes that autograd saved"""
    show_saved: bool = False
    """tensors that autograd keeps for the backward pass"""
    max_attr_chars: Annotated[int, Field(ge=3)] = 50
    """longest attribute that is shown whole"""


class Options(_Section):
    """What `defaults` may hold, and every model may override."""

    args: list[Any] = []
    """positional arguments of the class or function"""
    kwargs: dict[str, Any] = {}
    """keyword arguments of the class or function"""
    dims: dict[str, Annotated[int, Field(ge=2)]] = {}
    """example sizes of the named dimensions (2 where none is given; 0 and 1 are special to torch)"""
    opset: Annotated[int, Field(ge=18, le=30)] = 20
    """ONNX operator set; torch writes 18 and later"""
    mode: Mode | Modes = Modes()
    """eval or train, for both views or for each"""
    views: Annotated[list[View], Field(min_length=1)] = ["forward", "autograd"]
    """which graphs are drawn"""
    autograd: Autograd = Autograd()
    """what the autograd graph shows"""
    detail: Literal["modules", "operators"] = "modules"
    """whether a leaf module is one box, or each of its operators"""
    max_nodes: Annotated[int, Field(ge=8)] = 60
    """how many boxes a picture may have; modules stay closed to keep to it"""
    depth: Annotated[int, Field(ge=0)] | None = None
    """modules are open down to this depth, whatever max_nodes says, and none below"""
    expand: list[str] = []
    """patterns of module paths that are open in any case, such as layer4.*"""
    collapse: list[str] = []
    """patterns of module paths that stay closed"""
    focus: list[Annotated[str, Field(min_length=1)]] = []
    """paths of modules that get a picture of their own"""
    formats: Annotated[list[Format], Field(min_length=1)] = ["png"]
    """png, svg, or both"""
    theme: Literal["light", "dark", "both"] = "light"
    """colours of the pictures; dark ones are named forward-dark.png"""
    weights: Literal["none", "keep"] = "none"
    """whether the ONNX file holds the weights"""
    fake: Literal["auto", "always", "never"] = "auto"
    """whether the model is built without memory for its weights"""
    pythonpath: list[str] = ["."]
    """folders to import from, from the config's folder"""
    output: str = "diagrams"
    """folder of the diagrams, from the config's folder"""
    timeout: Annotated[float, Field(gt=0)] = 600
    """seconds that one model may take"""
    sources: list[str] = []
    """further files that matter, as patterns from the config's folder"""


class Model(Options):
    """One model: either `model` with `inputs`, or `onnx`."""

    model: str | None = None
    """package.module:Name or path/file.py:Name, a class, a function or a module"""
    onnx: str | None = None
    """an existing ONNX file, from the config's folder"""
    inputs: Annotated[Any, WithJsonSchema(_INPUTS)] = None


class File(_Section):
    """The whole file."""

    models: Annotated[dict[str, Model], Field(min_length=1)]
    """the models by name, which is also the name of the diagram's folder"""
    defaults: Options = Options()
    """options for all models"""
    on_drift: Literal["fail", "warn"] = "fail"
    """what a graph that changed with the installed packages alone does to a check"""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `nnviz.yaml`."""
    schema = File.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "nnviz.yaml"}
