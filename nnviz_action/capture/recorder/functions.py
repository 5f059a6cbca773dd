"""The public name of a function of torch."""

from functools import lru_cache
from typing import Any

from nnviz_action.capture.private import HigherOrderOperator, OpOverload, OpOverloadPacket, qualified_name

OWN = ("aten", "prims", "prim")  # the namespaces of torch's own operators
PACKAGES = ("linalg", "fft", "special", "sparse", "nested")
_ROOTS = {"torch.nn.init": "nn.init.", "torch.autograd": "autograd."}

# What gives no tensor, or nothing but a fact about one: never a node.
FACTS = frozenset(
    """size dim stride numel nelement element_size is_floating_point is_complex is_contiguous data_ptr storage_offset
    untyped_storage storage get_device is_nonzero is_same_size is_set_to is_signed is_pinned is_shared is_inference
    is_conj is_neg is_coalesced sparse_dim dense_dim has_names ndimension register_hook retain_grad _is_view qscheme
    _version is_storage is_tensor can_cast result_type promote_types _set_grad_enabled __len__ __repr__ __format__
    __hash__ __dir__ is_distributed sym_size names type_nested_size _nested_tensor_size is_grad_enabled
    register_post_accumulate_grad_hook requires_grad_ __reduce_ex__ __setstate__ __bool__ __index__ __int__ __float__
    __complex__ item tolist numpy equal allclose is_same_type __contains__""".split()  # noqa: SIM905
)
_FACT_GETTERS = frozenset("T mT H mH data real imag grad".split())  # noqa: SIM905
READS = frozenset(
    "item tolist numpy __bool__ __index__ __int__ __float__ __complex__ equal allclose __array__".split()  # noqa: SIM905
)
# What gives tensors of a shape that depends on values.
VALUE_SHAPED = frozenset("nonzero argwhere masked_select unique unique_consecutive bincount".split())  # noqa: SIM905


def raw_name(func: Any) -> tuple[str, str]:
    """The domain and the name under which torch keeps a function: `("torch", "fft_rfft")`, `("ops", "ns.name")`."""
    owner = getattr(func, "__self__", None)
    name = getattr(func, "__name__", "") or type(func).__name__
    if name in ("__get__", "__set__", "__delete__") and owner is not None:
        return "torch", owner.__name__ if name == "__get__" else f"{name}{owner.__name__}"
    if isinstance(func, (OpOverload, OpOverloadPacket)):
        packet = func.overloadpacket if isinstance(func, OpOverload) else func
        space, _, plain = qualified_name(packet).partition("::")
        return ("torch", plain) if space in OWN else ("ops", f"{space}.{plain}")
    if isinstance(func, HigherOrderOperator):
        return "torch", func.name()
    return "torch", _ROOTS.get(getattr(func, "__module__", None) or "", "") + name


@lru_cache(maxsize=4096)
def is_fact(func: Any) -> bool:
    """Whether the function tells a fact about its tensor, its shape or type, and computes nothing."""
    name = getattr(func, "__name__", "")
    if name == "__get__":
        return str(func.__self__.__name__) not in _FACT_GETTERS
    if name == "__set__":
        return str(func.__self__.__name__) != "data"
    return name in FACTS


@lru_cache(maxsize=4096)
def public_name(raw: str) -> str:
    """`fft.rfft` for `fft_rfft`, `relu` for `relu_`, `getitem` for `__getitem__`."""
    space, dot, last = raw.rpartition(".")
    package, underscore, rest = last.partition("_")
    if underscore and package in PACKAGES and rest and not space:
        return f"{package}.{rest.strip('_')}"
    return f"{space}{dot}{last.strip('_') or last}"
