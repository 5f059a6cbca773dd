"""All that is used of torch and is not public: what for, and what there is without it.

Where nothing is said, every version from 2.7 on has it, and no diagram is made without it. What belongs to the export
is imported when it is asked for.
"""

import copy
import importlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from functools import cache
from importlib.util import find_spec
from typing import Any

import torch
from packaging.version import Version
from torch import nn
from torch._functorch import apis, vmap
from torch._guards import GuardSource, Source
from torch._ops import HigherOrderOperator, OpOverload, OpOverloadPacket
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.autograd.function import _SingleLevelFunction
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

__all__ = [
    "ALL_MATCHED", "BATCH_NORM", "COMPILED", "DROPOUT", "FLEX_CHECK", "FUNCTION", "HELD", "OPERATORS", "SCRIPTED",
    "UNHOOKED", "VALIDATES",
    "FakeTensor", "FakeTensorMode", "HigherOrderOperator", "OpOverload", "OpOverloadPacket",
    "TorchDispatchMode", "tree_flatten", "tree_map",
]  # fmt: skip

# Base classes: of `autograd.Function` below `Function` itself, of the layers of dropout and of BatchNorm.
FUNCTION, DROPOUT, BATCH_NORM = _SingleLevelFunction, nn.modules.dropout._DropoutNd, nn.modules.batchnorm._BatchNorm
ALL_MATCHED = nn.modules.module._IncompatibleKeys([], [])  # what `load_state_dict` gives where all went well
SCRIPTED = (torch._C.ScriptMethod, torch._C.ScriptFunction)
FLEX_CHECK = "_validate_device"  # in flex_attention: it refuses gradients on the CPU, which nobody asks for here
COMPILED = "_compiled_call_impl"  # what `Module.compile` leaves in a module
UNHOOKED = "UncapturedHigherOrderOpError"  # what these raise where hooks on saved tensors are in the way
OPERATORS = "torch._higher_order_ops"  # where torch compiles what an operator calls
VALIDATES = "_validate_args"  # of a distribution: whether it looks at the values that it is given
HELD = ("_parameters", "_buffers", "_modules")  # where a module keeps these


class SizeSource(Source):
    """What torch's messages call a size: dynamo has such a class too, and takes seconds to import."""

    guard_source = GuardSource.CONSTANT

    def __init__(self, name: str) -> None:
        self.name = _Name(name)


class _Name(str):
    """A text that can be called: below 2.10 the name of a source is a method."""

    __slots__ = ()

    def __call__(self) -> str:
        return str(self)


def parameters_of(module: nn.Module) -> dict[str, Any]:
    """The module's own parameters, None among them, as it keeps them: they may be replaced in place."""
    return module._parameters


def buffers_of(module: nn.Module) -> dict[str, Any]:
    """As `parameters_of`, its buffers."""
    return module._buffers


def modules_of(module: nn.Module) -> dict[str, Any]:
    """The modules directly in it, those that are None among them."""
    return dict(module._modules)


def refill(rnn: nn.RNNBase) -> None:
    """A recurrent layer keeps a list of its weights: make it one of those that it has now."""
    rnn._flat_weights = [getattr(rnn, name, None) for name in rnn._flat_weights_names]


def version(tensor: torch.Tensor) -> int:
    """How often the tensor was written to; always -1 for one of inference mode, which does not count."""
    return -1 if tensor.is_inference() else tensor._version


def base(tensor: torch.Tensor) -> torch.Tensor | None:
    """What the tensor is a view of."""
    return tensor._base


def memory_of(tensor: torch.Tensor) -> int | None:
    """What tells whether two tensors share memory; None for those that have none of their own."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (NotImplementedError, RuntimeError):
        return None


def is_fake(tensor: torch.Tensor) -> bool:
    """Whether it has no values, in whatever it is wrapped."""
    return bool(torch._subclasses.fake_tensor.is_fake(tensor))


def plainly() -> AbstractContextManager[Any]:
    """Meanwhile no mode and no subclass hears of calls."""
    return torch._C.DisableTorchFunction()


def new_tensor(cls: Any, *args: Any, **kwargs: Any) -> Any:
    """`torch.Tensor.__new__`, as it is in C++."""
    return torch._C.TensorBase.__new__(cls, *args, **kwargs)


def unwrapped(tensor: torch.Tensor) -> torch.Tensor | None:
    """What a transform of functorch wraps in a tensor; None where it wraps none."""
    functorch = torch._C._functorch
    return functorch.get_unwrapped(tensor) if functorch.is_functorch_wrapped_tensor(tensor) else None


def follows_gradients(tensor: torch.Tensor) -> bool:
    """Whether functorch's `grad` wraps it."""
    return torch._C._functorch.is_gradtrackingtensor(tensor)


def is_batched(tensor: torch.Tensor) -> bool:
    """Whether functorch's `vmap` wraps it."""
    return torch._C._functorch.is_batchedtensor(tensor)


def vmap_owner() -> tuple[Any, str, Callable[..., Any]]:
    """Where `vmap` looks up what does its work, under which name, and what that is."""
    return apis, "vmap_impl", vmap.vmap_impl


def sequence_number(function: Any) -> int:
    """The place of a backward function in the order of the forward pass."""
    return int(function._sequence_nr())


def next_sequence_number() -> int:
    """The one that the next backward function will have."""
    return int(torch._C._autograd._get_sequence_nr())


def schemas_of(operator: str) -> list[Any]:
    """All overloads of an operator, `aten::add`; without them the arguments of calls go by their places."""
    with suppress(AttributeError):
        return list(torch._C._jit_get_schemas_for_operator(operator))
    return []


def qualified_name(operator: Any) -> str:
    """`aten::add` of an operator or one of its overloads."""
    return str(operator._schema.name if isinstance(operator, OpOverload) else operator._qualified_op_name)


def packet_of(operator: Any) -> Any:
    """The operator of an overload."""
    return operator._overloadpacket


def decomposed(operator: Any, args: Any, kwargs: Any) -> Any:
    """What an operator that is made of others gives; NotImplemented where it is made of none."""
    return operator.decompose(*args, **kwargs) if operator._can_decompose() else NotImplemented


def takes_raw(formula: Callable[..., int]) -> bool:
    """Whether a formula of torch's counter wants tensors in place of their sizes."""
    return bool(getattr(formula, "_get_raw", False))


def operators(*names: str) -> list[Any]:
    """Those of torch's own operators of these names that there are: versions come and go with them."""
    found = (getattr(torch.ops.aten, name, None) for name in names)
    return [operator for operator in found if operator is not None]


def script_weights(owner: Any, prefix: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """The parameters and buffers of a scripted module, as C++ holds it."""
    held: Any
    for held in (torch._C.ParameterDict(owner), torch._C.BufferDict(owner)):
        yield from ((prefix + name, tensor) for name, tensor in held.items())
    for name, child in torch._C.ModuleDict(owner).items():
        yield from script_weights(child, f"{prefix}{name}.")


def script_name(value: Any) -> str:
    """The name of the class of what TorchScript holds."""
    return str(value._type().qualified_name()).rpartition(".")[2]


def silence() -> None:
    """torch warns of what then works another way: no concern of the user's, who hears of what fails in the end."""
    with suppress(AttributeError):
        torch._logging.set_logs(all=logging.CRITICAL)  # type: ignore[attr-defined]


def keep_registry() -> None:
    """torch parses the sources of 500 functions anew for each export: keep what was found. Else it is slower."""
    with suppress(ImportError, AttributeError):
        from torch.onnx._internal.exporter import _registration  # noqa: PLC0415

        registry = _registration.ONNXRegistry
        made = cache(registry.from_torchlib)

        def from_torchlib(**options: Any) -> Any:
            try:
                kept = made(**options)
            except TypeError:  # below 2.8 there is one for all opsets
                kept = made()
            fresh = copy.copy(kept)
            fresh.functions = {target: list(found) for target, found in kept.functions.items()}
            return fresh

        registry.from_torchlib = staticmethod(from_torchlib)  # type: ignore[method-assign, assignment]


def print_no_graphs() -> None:
    """Where a tensor's value decides, torch prints the whole graph up to there. Else the user reads that, too."""
    with suppress(ImportError):
        from torch.export import _trace  # noqa: PLC0415  # a second of imports, which the export itself does only now

        _trace.print = lambda *_, **__: None  # type: ignore[attr-defined]


def export_errors() -> type[Exception]:
    """What torch.export raises where the model contradicts what is asked of it."""
    from torch._dynamo.exc import UserError  # noqa: PLC0415

    return UserError


def decompose(program: Any, opset: int) -> Any:
    """An exported program in the operators that ONNX has, as far as there are such."""
    from torch.onnx._internal.exporter import _fx_passes, _registration  # noqa: PLC0415

    return _fx_passes.decompose_with_registry(
        program, _registration.ONNXRegistry().from_torchlib(opset_version=opset)
    )


def symbolic_operator(several: bool) -> Any:
    """The operator that the exporter writes as any other of ONNX; since 2.8, without it nothing can be opaque."""
    symbolic = torch.ops.onnx_symbolic
    return symbolic._symbolic_multi_out.default if several else symbolic._symbolic.default


def can_be_opaque() -> bool:
    """Whether this torch can write an operator that ONNX lacks: since 2.8."""
    return find_spec("torch.onnx.ops") is not None


def symbolic_kernels() -> AbstractContextManager[Any]:
    """For named sizes: some of C++'s kernels ask for numbers, as `interpolate` does; Python's own must go first."""
    return importlib.import_module("torch._dispatch.python").enable_python_dispatcher()  # type: ignore[no-any-return]


def import_early() -> None:
    """Below 2.9 dynamo cannot be imported while tensors are made on the meta device, and some code does so."""
    if Version(torch.__version__) < Version("2.9"):
        importlib.import_module("torch._dynamo")


def onnx_types() -> Mapping[Any, int]:
    """The numbers of ONNX's element types; since 2.8."""
    from torch.onnx.ops import _TORCH_DTYPE_TO_ONNX_DTYPE  # noqa: PLC0415

    return _TORCH_DTYPE_TO_ONNX_DTYPE
