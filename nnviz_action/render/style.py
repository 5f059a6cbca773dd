"""All that decides how a picture looks, in one place."""

from dataclasses import dataclass

FONT = "DejaVu Sans"
INK, SOFT_INK, PAPER = "#1F2328", "#59636E", "#FFFFFF"
ARROW = "#6E7781"
CLUSTER_FILLS = ("#F6F8FA", "#EEF1F4")
CLUSTER_LINE = "#C5CED6"
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 20, 12, 11


@dataclass(frozen=True)
class Kind:
    """How one kind of box looks: fill, line (also the ink of the class name), and extra DOT attributes."""

    fill: str
    line: str
    extra: tuple[tuple[str, str], ...] = ()


KINDS = {
    "io": Kind("#FFFFFF", "#1F2328"),
    "convolution": Kind("#DDF4FF", "#0969DA"),
    "linear": Kind("#D8E6FF", "#0550AE"),
    "normalisation": Kind("#DAFBE1", "#1A7F37"),
    "activation": Kind("#FFEBE9", "#CF222E"),
    "pooling": Kind("#FBEFFF", "#8250DF"),
    "attention": Kind("#FFEFF7", "#BF3989"),
    "recurrent": Kind("#FFF1E5", "#BC4C00"),
    "embedding": Kind("#E6F7F5", "#0B6E6E"),
    "arithmetic": Kind("#FFF8C5", "#7D5300"),
    "shape": Kind("#F6F8FA", "#59636E"),
    "control": Kind("#F0EBFF", "#5A32A3", (("peripheries", "2"),)),
    "opaque": Kind("#FFFFFF", "#59636E", (("style", "rounded,filled,dashed"),)),
    "module": Kind("#EEF1F4", "#59636E", (("peripheries", "2"),)),
    # the autograd graph, in torchviz's colours
    "function": Kind("#ECEEF0", "#59636E"),
    "leaf": Kind("#CFE8F5", "#0B5A86"),
    "saved": Kind("#FFDFB3", "#8A4B00", (("style", "filled"),)),
    "output": Kind("#D7F5C8", "#2C6B16", (("penwidth", "2"),)),
    "view": Kind("#B9DFA6", "#1F5A0E", (("style", "rounded,filled,dotted"),)),
}

LEGEND = {
    "function": "backward function",
    "leaf": "parameter or input",
    "saved": "saved for backward",
    "output": "output",
    "view": "base of a view",
}

ARROWS = {
    "solid": (),
    "saved": (("dir", "none"), ("style", "dashed")),
    "view": (("style", "dotted"),),
}

_OPERATORS = {
    "convolution": "Conv ConvTranspose ConvInteger DeformConv",
    "linear": "Gemm MatMul Einsum MatMulInteger",
    "normalisation": "BatchNormalization LayerNormalization InstanceNormalization GroupNormalization "
    "RMSNormalization LpNormalization LRN SimplifiedLayerNormalization",
    "activation": "Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Tanh Softmax LogSoftmax "
    "Softplus Softsign Mish Swish Erf ThresholdedRelu Clip Dropout",
    "pooling": "MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool ReduceMean ReduceMax ReduceSum ReduceMin",
    "attention": "Attention RotaryEmbedding MultiHeadAttention",
    "recurrent": "LSTM GRU RNN",
    "embedding": "Gather GatherElements GatherND OneHot",
    "arithmetic": "Add Sub Mul Div Pow Sqrt Neg Abs Exp Log Max Min Sum Mean Where Equal Greater Less And Or Not "
    "Reciprocal Mod Cos Sin Floor Ceil Round Sign",
    "control": "If Loop Scan",
}
OPERATOR_KINDS = {op: kind for kind, ops in _OPERATORS.items() for op in ops.split()}


def colors() -> list[str]:
    """Every colour that a picture may use, each once, as #RRGGBB."""
    kinds = (color for kind in KINDS.values() for color in (kind.fill, kind.line))
    return list(dict.fromkeys((PAPER, INK, SOFT_INK, ARROW, CLUSTER_LINE, *CLUSTER_FILLS, *kinds)))
