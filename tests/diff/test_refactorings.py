"""A refactoring leaves a diagram fresh and is told as nothing; what only looks like one is told."""

import lookalikes  # noqa: F401
import lookalikes_formulas  # noqa: F401
import lookalikes_options  # noqa: F401
import lookalikes_order  # noqa: F401
import pytest
import refactorings_arithmetic  # noqa: F401
import refactorings_buffers  # noqa: F401
import refactorings_code  # noqa: F401
import refactorings_contexts  # noqa: F401
import refactorings_history  # noqa: F401
import refactorings_modules  # noqa: F401
import refactorings_parts  # noqa: F401
import refactorings_reductions  # noqa: F401
import refactorings_sequences  # noqa: F401
import refactorings_shapes  # noqa: F401
import refactorings_tensors  # noqa: F401
from refactoring import LOOKALIKES, REFACTORINGS, Pair, graphs

from nnviz_action.comparison import diff
from nnviz_action.graph.digest import digest
from nnviz_action.graph.values import Graph
from nnviz_action.report.changes import sentence

pytestmark = pytest.mark.torch
FEWEST, FEWEST_LOOKALIKES = 100, 50


def said(old: Graph, new: Graph) -> list[str]:
    return [sentence(change) for change in diff(old, new).changes]


@pytest.mark.parametrize("pair", [pytest.param(p, id=p.name) for rows in REFACTORINGS.values() for p in rows])
def test_a_refactoring_changes_nothing(pair: Pair) -> None:
    old, new = graphs(pair)
    assert said(old, new) == said(new, old) == []
    assert digest(old) == digest(new)


@pytest.mark.parametrize("pair", [pytest.param(pair, id=pair.name) for pair in LOOKALIKES.values()])
def test_what_looks_alike_is_told(pair: Pair) -> None:
    old, new = graphs(pair)
    assert sorted(said(old, new)) == sorted(pair.told)
    assert digest(old) != digest(new)


def test_there_are_enough_kinds() -> None:
    assert len(REFACTORINGS) >= FEWEST
    assert len(LOOKALIKES) >= FEWEST_LOOKALIKES
