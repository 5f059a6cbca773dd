"""What a reviewer is told of changes as they happen in public repositories: all that matters, nothing untrue, briefly."""

import re

import histories_attention  # noqa: F401
import histories_attention_bias  # noqa: F401
import histories_attention_weights  # noqa: F401
import histories_convolutions  # noqa: F401
import histories_dropout  # noqa: F401
import histories_embeddings  # noqa: F401
import histories_families  # noqa: F401
import histories_heads  # noqa: F401
import histories_losses  # noqa: F401
import histories_modules  # noqa: F401
import histories_names  # noqa: F401
import histories_normalisation  # noqa: F401
import histories_residuals  # noqa: F401
import histories_shortcuts  # noqa: F401
import histories_stages  # noqa: F401
import histories_statistics  # noqa: F401
import histories_weights  # noqa: F401
import pytest
from history import HISTORIES, MOST, History
from telling import told
from torch import Tensor, nn

pytestmark = pytest.mark.torch
FEWEST = 100
NOT_YET: dict[str, str] = {}  # of a history, what is told of it that should not be, or what is not


def loads(state: dict[str, Tensor], model: nn.Module) -> bool:
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError:
        return False
    return True


def found(patterns: tuple[str, ...], lines: list[str]) -> list[str]:
    return [pattern for pattern in patterns if any(re.search(pattern, line) for line in lines)]


def noted(history: History) -> object:
    reason = NOT_YET.get(history.name)
    return pytest.param(
        history, id=history.name, marks=[pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    )


@pytest.mark.parametrize("history", [noted(history) for history in HISTORIES.values()])
def test_a_reviewer_is_told(history: History) -> None:
    old, new = history.graphs()
    forward, back = told(old, new), told(new, old)
    assert found(history.must, forward) == list(history.must), forward
    assert found(history.never, forward) == [], forward
    assert found(history.never, back) == [], back
    assert max(len(forward), len(back)) <= MOST, (forward, back)


@pytest.mark.parametrize("history", [pytest.param(history, id=history.name) for history in HISTORIES.values()])
def test_old_weights_load_as_declared(history: History) -> None:
    old, new = history.before().state_dict(), history.after()
    assert loads(old, new) == history.loads
    now = new.state_dict()
    for was, name in history.renames.items():
        assert was != name
        assert old[was].shape == now[name].shape
    assert not (history.loads and history.renames)


def test_there_are_enough() -> None:
    assert len(HISTORIES) >= FEWEST
    assert set(NOT_YET) <= set(HISTORIES)
