"""The autograd graph of a model that is built, with the most that the model lets autograd show."""

from collections.abc import Mapping
from typing import Any

from nnviz_action.capture import autograd
from nnviz_action.capture.built import Built
from nnviz_action.capture.private import BATCH_NORM
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.system.clock import Clock


def traced(built: Built, request: Mapping[str, Any], notes: list[str], clock: Clock) -> Drawing:
    """The drawing with all that was asked for, or with the most that the model lets autograd show."""
    with clock.stage("autograd"):
        return _autograd_in_any_mode(built, request, notes)


def _autograd_in_any_mode(built: Built, request: Mapping[str, Any], notes: list[str]) -> Drawing:
    try:
        return _most_of_autograd(built, request["autograd"], notes)
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
    for module in built.module.modules():
        if isinstance(module, BATCH_NORM):
            module.eval()
    drawing = _most_of_autograd(built, request["autograd"], notes)
    notes.append("autograd with BatchNorm in eval mode: it cannot train on one value per channel")
    return drawing


def _most_of_autograd(built: Built, options: Mapping[str, Any], notes: list[str]) -> Drawing:
    plain = {**options, "show_saved": False, "show_attrs": False}
    first: Exception | None = None
    tries = [(options, True), (plain, True), (options, False), (plain, False)]
    for asked, by_module in [t for i, t in enumerate(tries) if t not in tries[:i]]:
        try:
            drawing = autograd.draw(built, asked, by_module)
        except Exception as error:  # a control-flow operator bears no hooks, some functions hide what they saved
            first = first or error
        else:
            if asked != options:
                why = next(iter(str(first).splitlines()), type(first).__name__)
                notes.append(f"autograd without saved tensors and attributes: {why}")
            return drawing
    assert first is not None
    raise first
