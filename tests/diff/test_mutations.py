"""Every edit of the list is told exactly, and nothing else is."""

import re
from collections import Counter

import pytest
from loading import really_loads
from mutation import Mutation, new_graph, old_graph
from mutations import MUTATIONS_BY_MODEL

from nnviz_action.comparison import diff
from nnviz_action.graph.digest import digest
from nnviz_action.graph.values import Graph
from nnviz_action.report.changes import sentence

pytestmark = pytest.mark.torch
FEWEST = 75
REVERSED = {"+": "-", "-": "+", "~": "~"}


def said(old: Graph, new: Graph) -> list[str]:
    return [sentence(change) for change in diff(old, new).changes]


def came_and_went(sentences: list[str]) -> Counter[str]:
    return Counter(re.sub(r"(called .*) less", r"\1 more", s) for s in sentences if s[0] in "+-")


def backwards(sentences: list[str]) -> Counter[str]:
    """What came as if it went, and the other way round."""
    return came_and_went([REVERSED[s[0]] + s[1:] for s in sentences])


@pytest.mark.parametrize("mutation", [pytest.param(edit, id=edit.name) for edit in MUTATIONS_BY_MODEL])
def test_an_edit_is_told_exactly(mutation: Mutation) -> None:
    old, new = old_graph(mutation.base), new_graph(mutation)
    forth, back = said(old, new), said(new, old)
    assert sorted(forth) == sorted(mutation.expected)
    assert said(new, new) == []
    assert said(old, old) == []
    assert (forth == []) == (digest(old) == digest(new))
    assert len(back) == len(forth)
    assert backwards(back) == came_and_went(forth)


def loads(old: Graph, new: Graph) -> bool:
    checkpoint = diff(old, new).checkpoint
    assert checkpoint is not None
    return checkpoint.loads


@pytest.mark.parametrize("mutation", [pytest.param(edit, id=edit.name) for edit in MUTATIONS_BY_MODEL])
def test_whether_old_weights_load_is_what_torch_says(mutation: Mutation) -> None:
    old, new = old_graph(mutation.base), new_graph(mutation)
    assert loads(old, new) == really_loads(mutation.base.make, mutation.edited)
    assert loads(new, old) == really_loads(mutation.edited, mutation.base.make)


def test_the_list_is_long_enough() -> None:
    assert len(MUTATIONS_BY_MODEL) >= FEWEST
