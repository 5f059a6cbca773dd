"""What counts as other code of an `autograd.Function`."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import Function

from nnviz_action.capture.recorder.code_mark import code_mark

pytestmark = pytest.mark.torch


def one(forward: Any, backward: Any = None) -> str:
    methods = {"forward": staticmethod(forward)} | ({"backward": staticmethod(backward)} if backward else {})
    return code_mark(type("Own", (Function,), methods))


def rounded(ctx: Any, x: Tensor, levels: int) -> Tensor:
    """As whole steps."""
    y = torch.round(x * levels)  # the nearest
    return y / levels


def renamed(context, value, steps):
    found = torch.round(value * steps)
    return found / steps


def floored(ctx, x, levels):
    y = torch.floor(x * levels)
    return y / levels


def swapped(ctx, x, levels):
    y = torch.round(x * levels)
    return levels / y


def passed(ctx, grad):
    return grad, None


def doubled(ctx, grad):
    return 2 * grad, None


def test_names_of_variables_comments_and_annotations_do_not_count() -> None:
    assert one(rounded) == one(renamed) != ""


def test_what_is_called_on_what_counts_and_so_does_backward() -> None:
    marks = [one(rounded), one(floored), one(swapped), one(rounded, passed), one(rounded, doubled)]
    assert len(set(marks)) == len(marks)


def test_methods_of_a_class_that_it_comes_from_count() -> None:
    base = type("Base", (Function,), {"forward": staticmethod(rounded)})
    assert code_mark(type("Own", (base,), {})) == code_mark(base) != code_mark(type("Own", (Function,), {}))


def test_code_that_nobody_can_read_has_no_mark() -> None:
    names: dict[str, Any] = {}
    exec("def forward(ctx, x):\n    return x\n", names)
    assert one(names["forward"]) == ""
