"""What parameters a function of torch has: those of its Python signature, or of the operator's schema behind it.

Of schemas there may be several, told apart by the types of what is given.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from nnviz_action.capture.private import OpOverload, OpOverloadPacket, qualified_name, schemas_of
from nnviz_action.capture.recorder.aliases import ALIASES, REVERSED
from nnviz_action.capture.recorder.functions import public_name

NO_DEFAULT = object()
INTS = (int, torch.SymInt)
_NUMBERS = (int, float, complex, torch.SymInt, torch.SymFloat, torch.SymBool)
# Where memory is and in which order: never meaning. Whether it was written in place: neither.
DROPPED = frozenset(
    """device layout memory_format pin_memory requires_grad non_blocking copy out inplace generator names _stacklevel
    cudnn_enable cudnn_enabled is_coalesced check_invariants dummy min_seqlen max_seqlen retain_graph""".split()  # noqa: SIM905
)
RENAMED = {"self": "input", "tensor": "input", "split_size": "split_size_or_sections", "split_sizes":
            "split_size_or_sections", "train": "training", "x": "input", "axis": "dim", "axes": "dim", "sizes":
            "size", "x1": "input", "keepdims": "keepdim",
            "tensor_indices_or_sections": "indices_or_sections"}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its type in the schema (empty: any), its default, the length that one number fills."""

    name: str
    type: str = ""
    default: Any = NO_DEFAULT
    length: int | None = None
    keyword_only: bool = False


def parameter_of(name: str, known: Mapping[str, Any]) -> str:
    """The parameter that a keyword means: the schema's `self` is Python's `input`, NumPy's words are taken too."""
    if name in known:
        return name
    spoken = RENAMED.get(name, name)
    return next((key for key in known if RENAMED.get(key, key) == spoken), name)


_FOUND: dict[Any, tuple[tuple[Parameter, ...], bool]] = {}


def parameters_of(func: Any, raw: str, key: Any, given: tuple[Any, Any]) -> tuple[tuple[Parameter, ...], bool]:
    """The parameters of the overload that takes these arguments, and whether the numbers at the end are one list."""
    key = (func, key)
    if key not in _FOUND:
        _FOUND[key] = _find(func, raw, *given)
    return _FOUND[key]


def _find(func: Any, raw: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[tuple[Parameter, ...], bool]:
    python = _signature(func)
    if python:
        return python, False
    schemas = next(filter(None, (_schemas(name) for name in _operators(func, raw))), ())
    schemas = tuple(filter(_takes_tensors, schemas)) or schemas
    for loose in (False, True):
        for schema in schemas:
            if _takes(schema, args, kwargs, loose):
                return schema, False
        if pack(args) is not args:
            for schema in schemas:
                if _takes(schema, pack(args), kwargs, loose):
                    return schema, True
    return (schemas[0] if len(schemas) == 1 else ()), False


def _takes_tensors(schema: tuple[Parameter, ...]) -> bool:
    return any("Tensor" in parameter.type for parameter in schema)


@lru_cache(maxsize=4096)
def _signature(func: Any) -> tuple[Parameter, ...]:
    if not inspect.isfunction(func):
        return ()
    try:
        parameters = inspect.signature(func).parameters.values()
    except ValueError:  # a wrapper around a function of C++
        return ()
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return ()
    return tuple(
        Parameter(
            p.name, default=NO_DEFAULT if p.default is p.empty else p.default, keyword_only=p.kind is p.KEYWORD_ONLY
        )
        for p in parameters
    )


def _operators(func: Any, raw: str) -> list[str]:
    """The names that the operator behind the function may have."""
    if isinstance(func, (OpOverload, OpOverloadPacket)):
        return [qualified_name(func)]
    last, plain = raw.rpartition(".")[2], public_name(raw)
    one = REVERSED.get(plain) or ALIASES.get(plain, plain)
    return [f"aten::{name}" for name in dict.fromkeys((last, last.strip("_"), one))]


@lru_cache(maxsize=4096)
def _schemas(operator: str) -> tuple[tuple[Parameter, ...], ...]:
    found = schemas_of(operator)
    schemas = [s for s in found if not s.overload_name.endswith("out") and "_out" not in s.overload_name]
    return tuple(tuple(_parameter(a) for a in schema.arguments) for schema in schemas or found)


def _parameter(argument: Any) -> Parameter:
    default = argument.default_value if argument.has_default_value() else NO_DEFAULT
    default = tuple(default) if isinstance(default, list) else default
    return Parameter(argument.name, str(argument.type), default, argument.N, argument.kwarg_only)


def pack(args: Sequence[Any]) -> Sequence[Any]:
    """`x.view(2, 3)` as `x.view((2, 3))`, `zeros(2, 3)` as `zeros((2, 3))`."""
    first = 1 if args and isinstance(args[0], torch.Tensor) else 0
    numbers = args[first:]
    kinds = INTS if first else (*INTS, torch.Tensor)  # `zeros(1, lengths[0])`
    if numbers and all(isinstance(n, kinds) for n in numbers):
        return (*args[:first], tuple(numbers))
    return args


def _takes(schema: tuple[Parameter, ...], args: Sequence[Any], kwargs: Mapping[str, Any], loose: bool) -> bool:
    positional = [p for p in schema if not p.keyword_only]
    if len(args) > len(positional):
        return False
    by_name = {p.name: p for p in schema}
    given = {p.name for p, _ in zip(positional, args, strict=False)}
    for name, value in kwargs.items():
        parameter = by_name.get(parameter_of(name, by_name))
        if parameter is None and name not in DROPPED and name != "dtype":
            return False
        if parameter is not None:
            given.add(parameter.name)
            if not _fits(parameter, value, loose):
                return False
    missing = any(p.default is NO_DEFAULT and p.name not in given for p in schema)
    return not missing and all(_fits(p, value, loose) for p, value in zip(positional, args, strict=False))


def _fits(parameter: Parameter, value: Any, loose: bool) -> bool:
    kind = parameter.type
    if kind.startswith("Optional["):
        if value is None:
            return True
        kind = kind[len("Optional[") : -1]
    if kind == "Tensor":
        return isinstance(value, torch.Tensor) or (loose and isinstance(value, _NUMBERS))
    if kind.startswith("List["):
        return _fits_list(kind[len("List[") : -1], parameter.length, value)
    return isinstance(value, _TYPES.get(kind, object)) and not (kind == "int" and isinstance(value, bool))


def _fits_list(kind: str, length: int | None, value: Any) -> bool:
    if isinstance(value, INTS) and not isinstance(value, bool):
        return kind == "int" and length is not None
    if not isinstance(value, (tuple, list)):
        return False
    wanted = torch.Tensor if "Tensor" in kind else _TYPES.get(kind, object)
    if kind == "int":
        wanted = (*_TYPES["int"], torch.Tensor)
    return all(isinstance(item, wanted) or (item is None and "Optional" in kind) for item in value)


_TYPES: dict[str, Any] = {
    "int": (*INTS, torch.dtype, torch.layout, torch.memory_format),
    "float": (int, float, torch.SymInt, torch.SymFloat),
    "number": _NUMBERS,
    "bool": (bool, torch.SymBool),
    "str": str,
    "Device": (str, torch.device, int),
}
