"""What torch itself says of an old state dict in a new model."""

from collections.abc import Callable, Mapping
from typing import Any
from warnings import catch_warnings

import torch
from mutation import Inputs
from torch import nn
from torch.utils._pytree import tree_leaves

from nnviz_action.capture.eager import eager
from nnviz_action.capture.inputs import build_inputs
from nnviz_action.comparison.changes import GraphDiff
from nnviz_action.comparison.checkpoint import Checkpoint
from nnviz_action.report.checkpoint_code import mapping_code

Make = Callable[[], nn.Module]


def really_loads(old: Make, new: Make, x: torch.Tensor | None = None, fake: bool = True) -> bool:
    """Whether `load_state_dict(strict=True)` takes it: of a model that ran once on `x`, else without memory for the
    weights where they can be `fake`."""
    with torch.device("meta" if x is None and fake else "cpu"):
        model, saved = new(), old()
    if x is not None:
        saved(x)
    return loads(saved.state_dict(), model)


def loads(state: Mapping[str, torch.Tensor], model: nn.Module) -> bool:
    """Whether `load_state_dict(strict=True)` takes it."""
    try:
        with catch_warnings(action="ignore"):  # that nothing is copied
            model.load_state_dict(state, strict=True)
    except (RuntimeError, AttributeError, KeyError):  # a missing key, as some layers of torch tell it
        return False
    return True


def maps(old: Make, new: Make, inputs: Inputs, found: GraphDiff) -> bool:
    """Whether the function that the tool writes gives the new model all its keys, and where nothing but names changed
    the same outputs as the old one has."""
    assert found.checkpoint is not None
    before, after = old().eval(), new().eval()
    state = written_function(found.checkpoint)(before.state_dict())
    return loads(state, after) and (not _is_renamed(found) or same_outputs(before, after, inputs))


def _is_renamed(found: GraphDiff) -> bool:
    """Whether all that happened is that parts have other names and places."""
    return all(change.kind in ("renamed", "moved") and not change.details for change in found.changes)


def same_outputs(before: nn.Module, after: nn.Module, inputs: Inputs) -> bool:
    """Whether both give the same; nothing is compiled for that."""
    given = build_inputs({"inputs": inputs, "dims": {}})
    with torch.no_grad():
        one, other = (_called(model, given) for model in (before, after))
    return len(one) == len(other) > 0 and all(map(torch.equal, one, other))


def _called(model: nn.Module, given: Any) -> list[torch.Tensor]:
    with eager(model, True):
        return [leaf for leaf in tree_leaves(model(*given.args, **given.kwargs)) if isinstance(leaf, torch.Tensor)]


def written_function(checkpoint: Checkpoint) -> Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]:
    """The function that the tool writes, as one would import it."""
    names: dict[str, object] = {}
    exec("import re\n" + mapping_code("moved", checkpoint), names)
    return names["moved"]  # type: ignore[return-value]
