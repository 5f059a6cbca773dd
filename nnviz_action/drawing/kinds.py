"""Which kind of thing a module, a function or an operator is: what picks its colour and mark.

What is called decides: the operators of a unit, in torch's words or ONNX's. The name of a class is asked where it is
torch's own, and where the operators say no more than that something is computed or moved.
"""

import re
from collections.abc import Iterable, Sequence

from nnviz_action.graph.values import Graph, Node

# Parts of names, lower case; the first that fits decides.
_NAMES = (
    (
        "quantisation",
        "quantizelinear quantize_per quantize_dynamic dequant fake_quant fakequant quantstub vectorquant",
    ),
    ("loss", "loss cross_entropy kl_div"),
    ("shape", "upsample interpolate pixelshuffle pixel_shuffle flatten to_copy convert permute reshape diag_embed"),
    ("attention", "attention attn"),
    ("embedding", "embed"),
    ("normalisation", "norm"),
    ("pooling", "pool"),
    ("recurrent", "lstm gru rnn"),
    (
        "activation",
        "relu gelu silu sigmoid tanh softmax swish mish elu softplus softmin softsign glu",
    ),
    ("dropout", "dropout droppath drop_path stochasticdepth stochastic_depth"),
    ("convolution", "conv"),
    ("linear", "linear matmul addmm baddbmm bmm einsum"),
)

# The first kind that occurs among a unit's operators decides.
_OPERATORS = {
    "control": "If Loop Scan SequenceMap",
    "convolution": "Conv ConvTranspose ConvInteger DeformConv QLinearConv",
    "recurrent": "LSTM GRU RNN",
    "attention": "Attention MultiHeadAttention GroupQueryAttention",
    "linear": "Gemm MatMul Einsum MatMulInteger QLinearMatMul QGemm FusedGemm MoE QMoE",
    "loss": "SoftmaxCrossEntropyLoss NegativeLogLikelihoodLoss",
    "quantisation": "QuantizeLinear DequantizeLinear DynamicQuantizeLinear",
    "normalisation": "BatchNormalization LayerNormalization InstanceNormalization GroupNormalization "
    "RMSNormalization LpNormalization LRN SimplifiedLayerNormalization MeanVarianceNormalization",
    "embedding": "OneHot RotaryEmbedding GatherBlockQuantized",
    "pooling": "MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool RoiAlign",
    "activation": "Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Tanh Softmax LogSoftmax "
    "Softplus Softsign Mish Swish Erf ThresholdedRelu Clip Hardmax Shrink",
    "arithmetic": "Add Sub Mul Div Pow Sqrt Neg Abs Exp Log Max Min Sum Mean Where Equal Greater Less And Or Not "
    "Reciprocal Mod Cos Sin Floor Ceil Round Sign GreaterOrEqual LessOrEqual CumSum ArgMax ArgMin "
    "Tan Sinh Cosh Asin Acos Atan Asinh Acosh Atanh Xor IsNaN IsInf BitShift BitwiseAnd BitwiseOr BitwiseXor "
    "BitwiseNot CumProd Det DFT STFT QLinearAdd QLinearMul "
    "ReduceMean ReduceMax ReduceSum ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp "
    "ReduceSumSquare",
    "dropout": "Dropout",
}
# The same of torch's functions, as they are recorded, where no part of their names says it.
_FUNCTIONS = {
    "control": "cond while_loop scan map associative_scan",
    "linear": "linear mm mv dot inner outer tensordot grouped_mm chain_matmul",
    "activation": "erf logit threshold rrelu heaviside",
    "arithmetic": "add sub mul div pow sqrt rsqrt square neg abs exp log eq ne gt ge lt le logical_and where "
    "logical_or logical_not reciprocal remainder floor_divide cos sin tan floor ceil round sign cumsum argmax argmin "
    "maximum minimum clamp bitwise_and bitwise_or bitwise_not isnan isinf addcmul addcdiv lerp diff exp2 log2 log1p "
    "cosine_similarity pairwise_distance cdist mean sum amax amin max min prod logsumexp median norm linalg.norm "
    "expm1 std var std_mean var_mean any all cross lgamma nan_to_num cumprod "
    "atan2 polar fft.rfft fft.irfft fft.fft fft.ifft fft.rfft2 fft.irfft2 fft.fft2 fft.fftn fft.ifftn fft.rfftn "
    "fft.irfftn stft istft",
}
_OPERATORS = {kind: f"{ops} {_FUNCTIONS.get(kind, '')}" for kind, ops in _OPERATORS.items()}
_DRAWN = re.compile("normal(?!i)")  # numbers of that distribution, which are no normalisation
_KIND_OF = {op: kind for kind, ops in _OPERATORS.items() for op in ops.split()}
_RANK = {kind: rank for rank, kind in enumerate((*_OPERATORS, "shape"))}
_PLAIN = ("arithmetic", "dropout", "shape")  # what operators of nothing in particular come to
_WEAK = ("convolution", "linear", "recurrent")  # kinds that a class is not by its name, but by such an operator
GLOBAL_POOL = "global_pool"  # stands for a reduction over the height and width of feature maps
_REDUCTIONS = frozenset("mean amax max ReduceMean ReduceMax".split())  # noqa: SIM905
_ROOTS, _MEANS = frozenset(("rsqrt", "sqrt", "std", "Sqrt")), frozenset(("mean", "var", "norm", "ReduceMean"))

_PRODUCTS, _SOFTMAX = frozenset(("matmul", "bmm", "einsum", "baddbmm", "MatMul")), frozenset(("softmax", "Softmax"))


def kind_of(name: str, operators: Iterable[str], of_torch: bool = True) -> str:
    """The kind of what is called `name` (a class or a function) and consists of these operators.

    `of_torch` tells that the name is torch's, or that of an operator: then it says what it is.
    """
    called = list(operators)
    if of_torch or not called:
        return _by_name(name) or _by_operators(called)
    found = _by_operators(called)
    named = _by_name(name)
    return named if found in _PLAIN and named and named not in _WEAK else found


def _by_name(name: str) -> str:
    if name in _KIND_OF:
        return _KIND_OF[name]
    lower = _DRAWN.sub("", name.lower())
    lower = lower.removeprefix("qlinear") or lower  # of an operator on quantised values, which are no linear layer
    return next((kind for kind, parts in _NAMES if any(part in lower for part in parts.split())), "")


def _by_operators(operators: Sequence[str]) -> str:
    kinds = {_by_name(op) or "shape" for op in operators}
    if sum(op in _PRODUCTS for op in operators) > 1 and not _SOFTMAX.isdisjoint(operators):
        kinds.add("attention")
    found = min(kinds, key=_RANK.__getitem__, default="shape")
    return "normalisation" if found in ("arithmetic", "activation") and _normalises(operators) else found


def _normalises(operators: Sequence[str]) -> bool:
    """Whether values are divided by a root of their mean square: a normalisation that is written out."""
    return not _ROOTS.isdisjoint(operators) and not _MEANS.isdisjoint(operators)


def operators_of(nodes: Sequence[Node], graph: Graph) -> list[str]:
    """The operators of a unit, where a mean over height and width of feature maps is a pooling."""
    return [GLOBAL_POOL if _is_global_pool(node, graph) else node.op for node in nodes]


def _is_global_pool(node: Node, graph: Graph) -> bool:
    """Whether it reduces two axes of an image batch: batch × channels × height × width, or channels last."""
    if node.op not in _REDUCTIONS or not node.inputs:
        return False
    shape = graph.types[node.inputs[0]].shape if node.inputs[0] in graph.types else None
    axes = dict(node.attributes).get("dim", dict(node.attributes).get("axes"))
    if shape is None or len(shape) != 4 or not isinstance(axes, tuple):
        return False
    return sorted(int(axis) % 4 for axis in axes) in ([2, 3], [1, 2])
