"""The keys of `nnviz.yaml`: what pydantic checks, and what the JSON Schema is made of."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from nnviz_action.config.budgets import AMOUNT

View = Literal["overview", "forward", "autograd"]
Mode = Literal["eval", "train"]
Format = Literal["png", "svg"]

_DIM = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[A-Za-z_]\\w*$"}]}
_SHAPE = {"type": "array", "items": _DIM}
_TENSOR: dict[str, Any] = {
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
_INPUT = {"$ref": "#/$defs/Input"}
_ANY_INPUT = {
    "description": "a shape, a tensor, a value that is none, or a list or mapping of inputs",
    "anyOf": [
        _SHAPE,
        _TENSOR,
        {"type": "array", "items": _INPUT},
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"not": {"enum": sorted(_TENSOR["properties"])}},
            "additionalProperties": _INPUT,
        },
    ],
}
_INPUTS = {
    "description": "shapes by position or by name, or `package.module:function`, which makes the inputs",
    "anyOf": [
        {"type": "string", "pattern": ":"},
        {"type": "array", "items": _INPUT},
        {"type": "object", "additionalProperties": _INPUT},
    ],
}


_Amount = Annotated[
    Any,
    WithJsonSchema({
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": f"^{AMOUNT}$", "examples": ["12M", "500MB"]},
            {"type": "null"},
        ]
    }),
]  # fmt: skip


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Modes(_Section):
    """In which mode each view sees the model."""

    forward: Mode = "eval"
    """of the forward graph"""
    autograd: Mode = "train"
    """of the autograd graph"""


class Autograd(_Section):
    """What the autograd graph shows; the names are torchviz's."""

    show_attrs: bool = False
    """attributes that autograd saved"""
    show_saved: bool = False
    """tensors that autograd keeps for the backward pass"""
    max_attr_chars: Annotated[int, Field(ge=3)] = 50
    """characters that are shown of an attribute, at most"""


class Budgets(_Section):
    """The most that a model may have; `check` fails for more."""

    params: _Amount = None
    """parameters, such as 12M"""
    macs: _Amount = None
    """multiply-accumulates, such as 2G"""
    activations: _Amount = None
    """bytes of activations, such as 500MB"""
    saved: _Amount = None
    """bytes that a forward pass in training saves for the backward pass; known where the autograd view is drawn"""


class Options(_Section):
    """What `defaults` may hold, and every model may override."""

    args: list[Any] = []
    """positional arguments of the class or function"""
    kwargs: dict[str, Any] = {}
    """keyword arguments of the class or function"""
    dims: dict[str, Annotated[int, Field(ge=2)]] = {}
    """example sizes of the named dimensions; 2 where none is given, as 0 and 1 are special to torch"""
    opset: Annotated[int, Field(ge=18, le=30)] = 20
    """ONNX operator set; one that the exporter cannot give becomes 20, with a note"""
    export: Literal["auto", "always", "never"] = "auto"
    """whether an ONNX file is written: `auto` where torch's exporter can, with the reason where it cannot; `always`
    makes that an error; `never` saves the time"""
    mode: Mode | Modes = Modes()
    """whether the model runs in eval or train mode, for both graphs or for each"""
    views: Annotated[list[View], Field(min_length=1)] = ["overview", "forward", "autograd"]
    """what is drawn: the stages of the forward graph at a glance, all of it, and what autograd records"""
    autograd: Autograd = Autograd()
    """what the autograd graph shows; the names are torchviz's"""
    detail: Literal["modules", "operators"] = "modules"
    """`operators` shows what is inside a layer"""
    max_nodes: Annotated[int, Field(ge=8)] = 60
    """boxes that a picture may have; modules stay closed to keep to it"""
    depth: Annotated[int, Field(ge=0)] | None = None
    """modules are open down to this depth, whatever `max_nodes` says, and none below; 0 closes all"""
    expand: list[str] = []
    """patterns of module paths, such as `layer4.*`, that are open in any case"""
    collapse: list[str] = []
    """patterns of module paths that stay closed in any case"""
    focus: list[Annotated[str, Field(min_length=1)]] = []
    """paths of modules that get a picture of their own, such as `encoder.layers.0`:
    `forward.encoder.layers.0.png`"""
    formats: Annotated[list[Format], Field(min_length=1)] = ["png"]
    """files of each picture"""
    theme: Literal["light", "dark", "both"] = "light"
    """colours of the pictures; dark ones are named `…-dark.png`"""
    direction: Literal["down", "right"] | None = None
    """whether pictures flow down or to the right, in rows; down where nothing is said, unless only rows fit a page"""
    color: Literal["kind", "parameters", "macs", "activations"] = "kind"
    """what the colour of a box tells: its kind, or its share of the model's parameters, MACs or activations"""
    render: Literal["netron"] | None = None
    """`netron` also writes Netron's own picture of the forward graph, in all `formats`"""
    weights: Literal["none", "keep"] = "none"
    """`keep` writes real weights into the ONNX file, and lets the model use the network"""
    fake: Literal["auto", "always", "never"] = "auto"
    """`always` never allocates weights, `never` always does, `auto` does where nothing else works,
    and says so"""
    pythonpath: list[str] = ["."]
    """folders to import from"""
    output: str = "diagrams"
    """folder of the diagrams; it must lie in the repository"""
    timeout: Annotated[float, Field(gt=0, le=1_000_000)] = 600
    """seconds that the model may take"""
    memory: _Amount = None
    """memory that the model may take beside torch, such as 8GB; as much as the machine has where nothing is said"""
    sources: list[str] = []
    """patterns of further files that matter; those that the model imports, or opens from Python,
    are found anyway"""
    budgets: Budgets = Budgets()
    """the most that a model may have of parameters, MACs, activations, and of what training saves"""


class Model(Options):
    """One model: either `model` with `inputs`, or `onnx`."""

    model: str | None = None
    """`package.module:Name` or `path/file.py:Name`: an `nn.Module` class, a function that returns one, or a ready
    one; `Outer.Inner` works"""
    onnx: str | None = None
    """instead of `model`: an ONNX file of any framework; it needs neither inputs nor torch"""
    inputs: Any = None


class File(_Section):
    """The whole file."""

    models: Annotated[dict[str, Model], Field(min_length=1)]
    """an entry for each diagram; its name is also the name of the diagram's folder"""
    defaults: Options = Options()
    """options for all models; an entry overrides them, `mode`, `autograd` and `dims` key by key"""
    on_drift: Literal["fail", "warn"] | None = None
    """what another graph from other versions of packages does to a check; unset, only the forward graph counts"""
    on_checkpoint_break: Literal["ignore", "warn", "fail"] = "ignore"
    """what it does to a check that weights saved where the branch began no longer load"""
    gallery: bool = True
    """whether each output folder has a README.md that shows its models"""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `nnviz.yaml`."""
    schema = File.model_json_schema()
    schema["$defs"]["Input"] = _ANY_INPUT
    schema["$defs"]["Model"]["properties"]["inputs"] = _INPUTS
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "nnviz.yaml"}
