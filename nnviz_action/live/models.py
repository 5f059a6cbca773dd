"""`draw(model, x)` and `diff(before, after, x)`: a forward pass of live models, recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nnviz_action.live.difference import ModelComparison
from nnviz_action.live.options import Options
from nnviz_action.live.picture import ModelPicture
from nnviz_action.project.compare import model_diff

if TYPE_CHECKING:
    from torch import nn


def draw(
    model: nn.Module, /, *args: Any, options: Options | Mapping[str, Any] | None = None, **kwargs: Any
) -> ModelPicture:
    """A picture of `model(*args, **kwargs)`, which a notebook shows, and which can be saved.

    The model runs once, without its weights' values where the code allows that, and is left as it was: weights, mode,
    hooks, gradients and the state of random numbers. `options` are `Options`, or a mapping of their names. Raises
    `ValueError` for options that make no sense, and what the model itself raises.
    """
    from nnviz_action.capture.live import kept_live, record_live, title_of, trace_live  # noqa: PLC0415  # torch

    wanted = options if isinstance(options, Options) else Options(**(options or {}))
    wanted = wanted if wanted.name else wanted.model_copy(update={"name": title_of(model)})
    recording = record_live(model, args, kwargs, wanted.trains("forward"))
    picture = ModelPicture(recording.graph, recording.notes, wanted, kept_live(model, args, kwargs))
    if wanted.view != "autograd":
        return picture
    shown = {"show_saved": wanted.show_saved, "show_attrs": wanted.show_attrs}
    drawing, notes = trace_live(model, args, kwargs, wanted.trains("autograd"), shown)
    return replace(picture, notes=(*recording.notes, *notes), backward=drawing)


def diff(
    before: nn.Module | ModelPicture, after: nn.Module | ModelPicture, /, *args: Any, **kwargs: Any
) -> ModelComparison:
    """What is different between two models that are called alike, or between two pictures of models.

    A model beside a picture runs in the mode of the picture. Raises what a model raises, and `ValueError` for
    pictures of different modes. Both models are left as they were: see `draw`.
    """
    modes = {one.options.mode for one in (before, after) if isinstance(one, ModelPicture)} or {None}
    if len({mode or "eval" for mode in modes}) > 1:
        raise ValueError("one picture is of train mode, the other of eval mode: draw one of them again")
    options = Options(mode=modes.pop())
    drawn = (x if isinstance(x, ModelPicture) else draw(x, *args, options=options, **kwargs) for x in (before, after))
    old, new = drawn
    return ModelComparison(model_diff(new.options.name, old.graph, new.graph))
