"""How the options of a recorded call are worded: short names, what goes without saying, the signs of arithmetic."""

from nnviz_action.graph.values import Attribute

SHORT = {
    "kernel_size": "kernel", "padding": "pad", "normalized_shape": "", "fill_value": "", "output_size": "to",
    "num_groups": "groups", "repeats": "×", "negative_slope": "slope", "num_heads": "heads", "dropout_p": "dropout",
    "num_layers": "layers", "split_size_or_sections": "size", "dims": "order", "data": "",
}  # fmt: skip
SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "^", "floor_divide": "÷"}
SECOND, FIRST = ("other", "exponent"), ("self", "input")  # on which side of the sign a number stands
# What torch takes where nothing is said, by the name of the parameter, and of one function by both.
_DEFAULTS: dict[str, Attribute] = {
    "stride": 1, "padding": 0, "dilation": 1, "output_padding": 0, "groups": 1, "eps": 1e-5, "momentum": 0.1,
    "p": 0.5, "negative_slope": 0.01, "alpha": 1, "approximate": "none", "is_causal": False, "dropout_p": 0,
    "label_smoothing": 0, "reduction": "mean", "ceil_mode": False, "count_include_pad": True, "keepdim": False,
    "training": False, "mode": "nearest", "num_layers": 1, "bidirectional": False, "beta": 1, "threshold": 20,
    "largest": True, "align_corners": False, "antialias": False, "affine": False, "dropout": 0, "lower": 0.125,
    "rounding_mode": "none", "enable_gqa": False, "ignore_index": -100, "margin": 0, "delta": 1, "value": 0,
    "batch_first": False, "need_weights": True, "correction": 1, "unbiased": True, "scale_grad_by_freq": False,
}  # fmt: skip
_DEFAULTS_OF: dict[tuple[str, str], Attribute] = {
    ("normalize", "eps"): 1e-12, ("cosine_similarity", "eps"): 1e-8, ("pad", "mode"): "constant",
    ("normalize", "p"): 2, ("norm", "p"): 2, ("grid_sample", "mode"): "bilinear", ("smooth_l1_loss", "beta"): 1,
    ("triplet_margin_loss", "margin"): 1, ("softplus", "threshold"): 20, ("cdist", "p"): 2,
}  # fmt: skip


_LISTS = frozenset({"dim", "dims", "split_size_or_sections", "data", "size"})


def default_of(op: str, name: str) -> Attribute | None:
    """What torch takes for a parameter where nothing is given; None where that is not known."""
    return _DEFAULTS_OF.get((op, name), _DEFAULTS.get(name))


def text_of(value: Attribute, digits: int = 4, name: str = "") -> str:
    """`2` for equal strides, few digits of a float; a list of axes or of parts one by one."""
    if isinstance(value, tuple) and name in _LISTS:
        return " ".join(text_of(item, digits) for item in value)
    if isinstance(value, tuple):
        parts = [text_of(item, digits) for item in value]
        return parts[0] if len(parts) > 1 and len(set(parts)) == 1 else "×".join(parts)
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)
