"""Outputs of any nesting, by name."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from nnviz_action.capture.outputs import flatten_outputs, name_tensors
from nnviz_action.errors import ModelError

pytestmark = pytest.mark.torch
T = torch.zeros(1)
Pair = namedtuple("Pair", "left right")


@dataclass
class Inner:
    mask: torch.Tensor
    nothing: None = None


class Cache:
    def __init__(self) -> None:
        self.keys, self._private = [T], T


def cyclic() -> dict[str, object]:
    found: dict[str, object] = {"x": T}
    found["self"] = found
    return found


@pytest.mark.parametrize(
    ("output", "names"),
    [
        (T, ["output"]),
        ((T, T), ["output.0", "output.1"]),
        ([T, [T]], ["output.0", "output.1.0"]),
        ({"a": T, "b": {"c": T}}, ["a", "b.c"]),
        (OrderedDict(z=T, a=T), ["z", "a"]),
        (Pair(T, T), ["left", "right"]),
        (Inner(T), ["mask"]),
        ((Inner(T), None, 3, "x"), ["output.0.mask"]),
        ({"cache": Cache(), "n": 1.5}, ["cache.keys.0"]),
        (cyclic(), ["x"]),
        (None, []),
        ({"loss": 0.1}, []),
    ],
)
def test_names(output: object, names: list[str]) -> None:
    assert list(name_tensors(output)) == names


class Many(nn.Module):
    def forward(self, x: torch.Tensor, scale: float = 2.0) -> dict[str, object]:
        return {"y": x * scale, "none": None, "z": [x]}


def test_forward_returns_a_plain_tuple_and_keeps_its_signature() -> None:
    import inspect

    module = Many()
    names = flatten_outputs(module)
    found = module(T)
    assert isinstance(found, tuple) and len(found) == 2
    assert names() == ["y", "z.0"]
    assert list(inspect.signature(module.forward).parameters) == ["x", "scale"]


def test_a_model_without_tensors_is_an_error() -> None:
    module = nn.Identity()
    flatten_outputs(module)
    with pytest.raises(ModelError, match="returns no tensor"):
        module(3)
