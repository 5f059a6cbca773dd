"""What torch has under other names in other versions."""

import pytest
import torch
from torch import nn

from nnviz_action.capture import private

pytestmark = pytest.mark.torch


def test_the_name_of_a_size_is_a_text_and_a_method() -> None:
    name = private.SizeSource("batch").name
    assert name == name() == f"{name}" == "batch"


def test_operators_that_a_version_lacks_are_left_out() -> None:
    assert private.operators("add", "no_such_operator") == [torch.ops.aten.add]


def test_an_operator_without_schemas_has_none() -> None:
    assert private.schemas_of("aten::no_such_operator") == []
    assert "alpha" in [argument.name for schema in private.schemas_of("aten::add") for argument in schema.arguments]


@pytest.mark.parametrize(("version", "imported"), [("2.8.0+cu128", ["torch._dynamo"]), ("2.9.1", []), ("2.13.0", [])])
def test_dynamo_comes_early_where_it_must(version: str, imported: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(torch, "__version__", version)
    monkeypatch.setattr(private.importlib, "import_module", asked.append)
    private.import_early()
    assert asked == imported


def test_memory_is_that_of_the_whole() -> None:
    whole = torch.ones(4)
    assert private.memory_of(whole) == private.memory_of(whole[1:]) != private.memory_of(torch.ones(4))
    assert private.memory_of(torch.eye(2).to_sparse()) is None


def test_a_recurrent_layer_has_the_weights_that_it_has_now() -> None:
    layer = nn.GRU(2, 3)
    layer._parameters["weight_ih_l0"] = new = nn.Parameter(torch.zeros(9, 2))
    private.refill(layer)
    assert layer._flat_weights[0] is new
