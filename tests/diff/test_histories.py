"""What a reviewer is told of changes as they happen in public repositories: all that matters, nothing untrue, briefly."""

import re

import histories_attention  # noqa: F401
import histories_attention_bias  # noqa: F401
import histories_attention_weights  # noqa: F401
import histories_containers  # noqa: F401
import histories_convolutions  # noqa: F401
import histories_details  # noqa: F401
import histories_dropout  # noqa: F401
import histories_embeddings  # noqa: F401
import histories_families  # noqa: F401
import histories_heads  # noqa: F401
import histories_losses  # noqa: F401
import histories_modules  # noqa: F401
import histories_names  # noqa: F401
import histories_normalisation  # noqa: F401
import histories_places  # noqa: F401
import histories_residuals  # noqa: F401
import histories_shortcuts  # noqa: F401
import histories_stages  # noqa: F401
import histories_statistics  # noqa: F401
import histories_variants  # noqa: F401
import histories_weights  # noqa: F401
import pytest
from history import HISTORIES, MOST, History
from loading import loads, written_function
from telling import told

from nnviz_action.comparison import diff

pytestmark = pytest.mark.torch
FEWEST = 100
NONSENSE = (r"receives (.+) instead of \1$", r": (\S+) → \1(,|$)", r"^~ (\S+) .*shared with \1$")


def found(patterns: tuple[str, ...], lines: list[str]) -> list[str]:
    return [pattern for pattern in patterns if any(re.search(pattern, line) for line in lines)]


@pytest.mark.parametrize("history", [pytest.param(history, id=history.name) for history in HISTORIES.values()])
def test_a_reviewer_is_told(history: History) -> None:
    old, new = history.graphs()
    forward, back = told(old, new), told(new, old)
    assert found(history.must, forward) == list(history.must), forward
    assert found(history.never + NONSENSE, forward) == [], forward
    assert found(history.never + NONSENSE, back) == [], back
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


@pytest.mark.parametrize("history", [pytest.param(history, id=history.name) for history in HISTORIES.values()])
def test_what_becomes_of_old_weights_is_told(history: History) -> None:
    old, new = history.graphs()
    checkpoint = diff(old, new).checkpoint
    assert checkpoint is not None
    assert checkpoint.loads == history.loads
    state, model = history.before().state_dict(), history.after()
    assert sorted(checkpoint.old) == sorted(state)
    assert {**history.renames, **checkpoint.renames} == checkpoint.renames
    if checkpoint.renames and len(checkpoint.of("renamed")) == len(checkpoint.changes):
        assert loads(written_function(checkpoint)(state), model)


def test_there_are_enough() -> None:
    assert len(HISTORIES) >= FEWEST
