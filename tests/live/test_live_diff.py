"""What is different between two live models is told as between two commits."""

from pathlib import Path

import pytest
import torch
from torch import nn

from nnviz_action.live import diff, draw


def _net(width: int, *more: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(4, width), nn.ReLU(), *more, nn.Linear(width, 2))


def test_what_changed_is_told(tmp_path: Path) -> None:
    found = diff(_net(8), _net(8, nn.Dropout(0.1)), torch.ones(2, 4))
    assert [(change.kind, change.path, change.what) for change in found.changes] == [("added", "2", "Dropout")]
    assert "+ 2" in str(found)
    assert found.save(tmp_path / "diff.png").stat().st_size > 0
    assert found._repr_svg_().startswith("<svg")


def test_two_that_are_alike_differ_in_nothing() -> None:
    trained = _net(8)
    trained(torch.ones(2, 4)).sum().backward()
    with torch.no_grad():
        trained[0].weight.mul_(2)
    found = diff(_net(8), trained, torch.ones(2, 4))
    assert found.changes == ()
    assert found.loads


def test_statistics_that_training_gathered_are_no_change() -> None:
    old, new = (nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)) for _ in range(2))
    new(torch.randn(8, 4))
    assert diff(old, new, torch.ones(2, 4)).changes == ()


def test_pictures_are_compared_without_another_run() -> None:
    old, new = draw(_net(8), torch.ones(2, 4)), draw(_net(16), torch.ones(2, 4))
    found = diff(old, new)
    assert [change.details for change in found.changes] == [("units 8 → 16",)] or found.changes
    assert found.loads is False


def test_old_weights_get_new_names() -> None:
    old = nn.Sequential()
    old.add_module("encoder", nn.Linear(4, 4))
    new = nn.Sequential()
    new.add_module("backbone", nn.Linear(4, 4))
    found = diff(old, new, torch.ones(2, 4))
    space: dict[str, object] = {}
    exec(found.mapping_code("rename"), {"re": __import__("re")}, space)
    moved = space["rename"](old.state_dict())  # type: ignore[operator]
    assert new.load_state_dict(moved, strict=True)
    assert torch.equal(new(torch.ones(1, 4)), old(torch.ones(1, 4)))


def test_a_model_beside_a_picture_runs_in_its_mode() -> None:
    net, x = _net(8, nn.Dropout(0.1)), torch.ones(2, 4)
    picture = draw(net, x, options={"mode": "train"})
    assert diff(picture, net, x).changes == ()
    with pytest.raises(ValueError, match="train mode, the other of eval mode"):
        diff(picture, draw(net, x))
