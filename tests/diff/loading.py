"""What torch itself says of an old state dict in a new model."""

from collections.abc import Callable, Mapping
from warnings import catch_warnings

import torch
from torch import nn

from nnviz_action.diff.checkpoint import Checkpoint
from nnviz_action.report.checkpoint_code import mapping_code

Make = Callable[[], nn.Module]


def really_loads(old: Make, new: Make, x: torch.Tensor | None = None) -> bool:
    """Whether `load_state_dict(strict=True)` takes it: of a model that ran once on `x`, else without memory for the
    weights."""
    with torch.device("meta" if x is None else "cpu"):
        model, saved = new(), old()
    if x is not None:
        saved(x)
    return loads(saved.state_dict(), model)


def loads(state: Mapping[str, torch.Tensor], model: nn.Module) -> bool:
    """Whether `load_state_dict(strict=True)` takes it."""
    try:
        with catch_warnings(action="ignore"):  # that nothing is copied
            model.load_state_dict(state, strict=True)
    except (RuntimeError, AttributeError):
        return False
    return True


def written_function(checkpoint: Checkpoint) -> Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]:
    """The function that the tool writes, as one would import it."""
    names: dict[str, object] = {}
    exec("import re\n" + mapping_code("moved", checkpoint), names)
    return names["moved"]  # type: ignore[return-value]
