"""The frames of the user's code that a message shows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from nnviz_action.capture import failure
from nnviz_action.capture.failure import MOST_FRAMES, describe
from nnviz_action.capture.recorder.arguments import by_tensors

pytestmark = pytest.mark.torch
CODE = """
def once(n):
    return once(n + 1)
def even(n):
    return odd(n)
def odd(n):
    return even(n)
def last(n):
    raise ConnectionRefusedError("no")
def down(n):
    return down(n - 1) if n else last(n)
"""


def told(call: Callable[[], Any], root: Path) -> dict[str, Any]:
    try:
        call()
    except BaseException as error:
        return describe(error, root, {})
    raise AssertionError("it did not fail")


@pytest.fixture
def code(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "net.py"
    path.write_text(CODE)
    names: dict[str, Any] = {}
    exec(compile(CODE, str(path), "exec"), names)
    return names


def test_what_calls_itself_is_shown_once(code: dict[str, Any], tmp_path: Path) -> None:
    found = told(lambda: code["once"](0), tmp_path)
    assert found["frames"] == ["net.py:3: return once(n + 1)"]
    assert found["hint"] == "this calls itself without end"


def test_a_long_way_is_cut_in_the_middle(code: dict[str, Any], tmp_path: Path) -> None:
    frames = told(lambda: code["even"](0), tmp_path)["frames"]
    assert len(frames) == MOST_FRAMES
    assert frames[:2] == ["net.py:5: return odd(n)", "net.py:7: return even(n)"] and frames[3].startswith("… ")


@pytest.mark.parametrize("depth", [5, 25, 35, 200])
def test_however_deep_it_was_both_ends_are_shown(
    depth: int, code: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failure, "MOST_READ", 20)
    frames = told(lambda: code["down"](depth), tmp_path)["frames"]
    assert frames == [
        "net.py:11: return down(n - 1) if n else last(n)",
        'net.py:9: raise ConnectionRefusedError("no")',
    ]


def test_a_missing_network_is_told_as_such(code: dict[str, Any], tmp_path: Path) -> None:
    found = told(lambda: code["last"](0), tmp_path)
    assert found["message"] == "ConnectionRefusedError: no" and "pretrained=False" in found["hint"]


def test_a_syntax_error_is_shown_where_it_is(tmp_path: Path) -> None:
    found = told(lambda: compile("x =\n", str(tmp_path / "net.py"), "exec"), tmp_path)
    assert found["frames"] == ["net.py:1: x ="]


def test_a_mistake_of_ours_is_never_told_as_the_models(tmp_path: Path) -> None:
    try:
        by_tensors([("x", torch.ones(1))], {})
    except KeyError as error:
        found = describe(error, tmp_path, {}, plain=True)
    assert "nnviz-action's own" in found["hint"]
