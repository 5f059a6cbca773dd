"""The matrix products inside each operator, as formulas of its operands' shapes.

Where a formula says what torch counts, that is `torch.utils.flop_counter`, at half its figure: it takes a
multiplication and an addition for two operations.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from nnviz_action.graph.values import Attribute

Shape = tuple[int, ...]
OPAQUE = "nnviz.opaque"  # as in capture.opaque


@dataclass(frozen=True)
class Call:
    """One operator with the shapes of its operands; None is one that is omitted or whose rank is unknown."""

    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def x(self, index: int) -> Shape:
        """The shape of an input. Raises `LookupError` where there is none."""
        return _known(self.inputs, index)

    def y(self, index: int = 0) -> Shape:
        """The shape of an output. Raises `LookupError` where there is none."""
        return _known(self.outputs, index)


def _known(shapes: Sequence[Shape | None], index: int) -> Shape:
    shape = shapes[index]
    if shape is None:
        raise LookupError(index)
    return shape


def convolution(call: Call, weight: int = 1) -> int:
    """Each element of the output is a product over the weight, out × in / groups × kernel, but for its first axis."""
    return prod(call.y()) * prod(call.x(weight)[1:])


def quantised_convolution(call: Call) -> int:
    """The inputs are x, its scale and zero point, the weight, …"""
    return convolution(call, weight=3)


def _transposed_convolution(call: Call) -> int:
    """Each element of the input is spread over the weight, in × out / groups × kernel, but for its first axis."""
    return prod(call.x(0)) * prod(call.x(1)[1:])


def product(call: Call) -> int:
    """Each element of a (batched) matrix product is a sum over the last axis of the first factor."""
    return prod(call.y()) * call.x(0)[-1]


def gemm(call: Call) -> int:
    """The same of two matrices, of which the first may be given transposed."""
    return prod(call.y()) * call.x(0)[0 if call.attributes.get("transA") else 1]


def recurrent(call: Call) -> int:
    """Per step and sequence the input times W, directions × gates·hidden × input, and the state times R.

    The input is length × batch × input (or batch first), R is directions × gates·hidden × hidden. Only these
    matrix products count, as in torch, which computes a recurrent layer by them.
    """
    *steps, _ = call.x(0)
    return prod(steps) * (prod(call.x(1)) + prod(call.x(2)))


def _attention(call: Call) -> int:
    """QKᵀ and its product with V, past keys included; masks, a causal one too, save nothing.

    Q is batch × heads × queries × size, or batch × queries × heads·size; the keys lie on the last axis but one.
    Heads that share keys each multiply them, so only the elements of Q and of the result matter.
    """
    past = call.inputs[4] if len(call.inputs) > 4 else None
    keys = call.x(1)[-2] + (past[-2] if past else 0)
    return (prod(call.x(0)) + prod(call.y())) * keys


def _scaled_dot_product(call: Call) -> int:
    """torch's `scaled_dot_product_attention`: Q is … × queries × size, K is … × keys × size."""
    return (prod(call.x(0)) + prod(call.y())) * call.x(1)[-2]


def _einsum(call: Call) -> int:
    """The factors are multiplied from left to right, as torch does; all indices of two of them are multiplied out.

    An index that no other factor and no result has is summed first. Two factors without an index to sum over are
    multiplied element by element, which counts nothing, here as elsewhere.
    """
    equation = str(call.attributes["equation"]).replace(" ", "")
    terms, result, size = _indices(equation, [call.x(i) for i in range(len(call.inputs))])
    total, left = 0, terms[0]
    for position, right in enumerate(terms[1:], 2):
        later = result.union(*terms[position:])
        summed = {i for i in left & right if i not in later and size[i] > 1}
        left = (left | right) & later
        total += prod(size[i] for i in left | summed) if summed else 0
    return total


def _indices(equation: str, shapes: Sequence[Shape]) -> tuple[list[set[str]], set[str], dict[str, int]]:
    """The indices of each factor, those of the result, the size of each; those of an ellipsis are numbered."""
    left, arrow, right = equation.partition("->")
    size: dict[str, int] = {}
    terms = []
    for term, shape in zip(left.split(","), shapes, strict=True):
        names = _spelled(term, len(shape))
        for name, length in zip(names, shape, strict=True):
            size[name] = max(size.get(name, 1), length)  # an index of size 1 is broadcast
        terms.append(set(names))
    count = Counter(name for name in left if name.isalpha())
    shared = {name for name in size if name.startswith("-")}
    named = set(right.replace("...", "")) if arrow else {name for name, times in count.items() if times == 1}
    return terms, named | (shared if not arrow or "..." in right else set()), size


def _spelled(term: str, rank: int) -> list[str]:
    """`b...i` of rank 4 as b, -2, -1, i: the axes of an ellipsis are aligned on the right."""
    before, dots, after = term.partition("...")
    hidden = rank - len(before) - len(after) if dots else 0
    return [*before, *(str(axis) for axis in range(-hidden, 0)), *after]


# (domain, operator) → formula. The opaque ones are torch's, kept by name where ONNX has no such operator.
FORMULAS: dict[tuple[str, str], Callable[[Call], int]] = {
    ("", "Conv"): convolution,
    ("", "ConvInteger"): convolution,
    ("", "DeformConv"): convolution,
    ("", "QLinearConv"): quantised_convolution,
    ("", "ConvTranspose"): _transposed_convolution,
    ("", "MatMul"): product,
    ("", "MatMulInteger"): product,
    ("", "QLinearMatMul"): product,
    ("", "Gemm"): gemm,
    ("", "Einsum"): _einsum,
    ("", "LSTM"): recurrent,
    ("", "GRU"): recurrent,
    ("", "RNN"): recurrent,
    ("", "Attention"): _attention,
    (OPAQUE, "scaled_dot_product_attention"): _scaled_dot_product,
    (OPAQUE, "_grouped_mm"): product,
    (OPAQUE, "transformers_grouped_mm_fallback"): product,
}
