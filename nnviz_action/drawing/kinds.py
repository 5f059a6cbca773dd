"""Which kind of thing a module, a function or an operator is: what picks its colour and mark."""

import re
from collections.abc import Iterable

# Parts of names, lower case; the first that fits decides.
_NAMES = (
    ("quantisation", "quantizelinear quantize_per quantize_dynamic dequant fake_quant fakequant quantstub"),
    ("loss", "loss cross_entropy kl_div"),
    ("shape", "upsample interpolate pixelshuffle pixel_shuffle flatten to_copy convert permute reshape"),
    ("attention", "attention attn"),
    ("embedding", "embed"),
    ("normalisation", "norm"),
    ("pooling", "pool"),
    ("recurrent", "lstm gru rnn"),
    (
        "activation",
        "relu gelu silu sigmoid tanh softmax swish mish elu softplus softmin softsign dropout droppath glu",
    ),
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
    "normalisation": "BatchNormalization LayerNormalization InstanceNormalization GroupNormalization "
    "RMSNormalization LpNormalization LRN SimplifiedLayerNormalization MeanVarianceNormalization",
    "pooling": "MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool ReduceMean ReduceMax ReduceSum ReduceMin "
    "ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare RoiAlign",
    "activation": "Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Tanh Softmax LogSoftmax "
    "Softplus Softsign Mish Swish Erf ThresholdedRelu Clip Dropout Hardmax Shrink",
    "embedding": "OneHot RotaryEmbedding GatherBlockQuantized",
    "arithmetic": "Add Sub Mul Div Pow Sqrt Neg Abs Exp Log Max Min Sum Mean Where Equal Greater Less And Or Not "
    "Reciprocal Mod Cos Sin Floor Ceil Round Sign GreaterOrEqual LessOrEqual CumSum ArgMax ArgMin "
    "Tan Sinh Cosh Asin Acos Atan Asinh Acosh Atanh Xor IsNaN IsInf BitShift BitwiseAnd BitwiseOr BitwiseXor "
    "BitwiseNot CumProd Det DFT STFT QLinearAdd QLinearMul",
}
# The same of torch's functions, as they are recorded.
_FUNCTIONS = {
    "control": "cond while_loop scan map associative_scan",
    "pooling": "mean sum amax amin max min prod logsumexp median norm",
    "linear": "mm mv dot inner outer tensordot grouped_mm chain_matmul",
    "activation": "clamp erf logit threshold rrelu heaviside",
    "arithmetic": "add sub mul div pow sqrt rsqrt square neg abs exp log where eq ne gt ge lt le logical_and "
    "logical_or logical_not reciprocal remainder floor_divide cos sin floor ceil round sign cumsum argmax argmin "
    "maximum minimum bitwise_and bitwise_or bitwise_not isnan isinf addcmul addcdiv lerp diff exp2 log2 log1p expm1 "
    "cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss kl_div binary_cross_entropy "
    "binary_cross_entropy_with_logits ctc_loss cosine_embedding_loss triplet_margin_loss margin_ranking_loss "
    "atan2 polar fft.rfft fft.irfft fft.fft fft.ifft fft.rfft2 fft.irfft2",
}
_OPERATORS = {kind: f"{ops} {_FUNCTIONS.get(kind, '')}" for kind, ops in _OPERATORS.items()}
_DRAWN = re.compile("normal(?!i)")  # numbers of that distribution, which are no normalisation
_KIND_OF = {op: kind for kind, ops in _OPERATORS.items() for op in ops.split()}
_RANK = {kind: rank for rank, kind in enumerate((*_OPERATORS, "shape"))}


def kind_of(name: str, operators: Iterable[str]) -> str:
    """The kind of what is called `name` (a class or a function) and consists of these operators."""
    lower, operators = _DRAWN.sub("", name.lower()), list(operators)
    lower = lower.removeprefix("qlinear") or lower  # of an operator on quantised values, which are no linear layer
    for kind, parts in _NAMES:
        if any(part in lower for part in parts.split()) and not (kind == "convolution" and _is_product(operators)):
            return kind
    return min((_KIND_OF.get(op, "shape") for op in operators), key=_RANK.__getitem__, default="shape")


def _is_product(operators: Iterable[str]) -> bool:
    """Whether what is called a convolution multiplies matrices, as GPT-2's Conv1D does."""
    return "addmm" in operators
