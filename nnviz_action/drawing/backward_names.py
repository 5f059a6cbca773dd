"""Backward functions by what the author asked for: which of several kernels ran is torch's choice, and the machine's.

The names are those of torch's derivatives.yaml and of its custom kernels.
"""

import re
from dataclasses import replace

from nnviz_action.drawing.boxes import Drawing, digest
from nnviz_action.drawing.fold import open_single

_BACKWARD = re.compile(r"(\w+?)(Backward\d*)")
_CHOICES = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        ("(Unsafe|ReshapeAlias)?View|ReshapeAlias", "View"),
        ("T|Transpose", "Transpose"),
        ("ScaledDotProduct(Efficient|Flash|Cudnn|Fused)?Attention(ForCpu|Overrideable)?",
         "ScaledDotProductAttention"),
        ("(Cudnn|Miopen|Mkldnn|Mps)?(Depthwise)?Convolution(Overrideable)?", "Convolution"),
        ("(Native|Cudnn|Miopen)BatchNorm(Legit|LegitNoTraining)?|BatchNormWithUpdate", "BatchNorm"),
        ("(Native|Fused)?LayerNorm", "LayerNorm"),
        ("(Native|Fused)?RmsNorm", "RmsNorm"),
        ("(Native|Fused)?Dropout", "Dropout"),
    )
)  # fmt: skip


def plain_name(title: str) -> str:
    """`ViewBackward0` for `UnsafeViewBackward0`; a title that is no function's as it is."""
    found = _BACKWARD.fullmatch(title)
    if found is None:
        return title
    return next((f"{name}Backward0" for pattern, name in _CHOICES if pattern.fullmatch(found[1])), title)


def digest_of(recorded: Drawing) -> str:
    """Of an autograd graph as it was recorded: what a picture joins of it says nothing."""
    return digest(with_plain_names(open_single(recorded)))


def with_plain_names(drawing: Drawing) -> Drawing:
    """The same drawing, as it would be on any machine and by any version that computes the same."""
    return replace(drawing, boxes=tuple(replace(box, title=plain_name(box.title)) for box in drawing.boxes))
