"""What holds for the differences of any two networks, and of edits far from each other."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import HealthCheck, assume, given, settings
from nets import Block, Edit, edited, graph_of, nets, rows_and_edits

from nnviz_action.comparison import Change, diff
from nnviz_action.graph.digest import digest
from nnviz_action.graph.values import Graph

TURNED = {"added": "removed", "removed": "added"}
CALLED = "called once"  # more or less, by the side that is looked at
often = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def changes(old: Graph, new: Graph) -> tuple[Change, ...]:
    return diff(old, new).each


def came_and_went(found: Iterable[Change], turned: bool = False) -> Counter[object]:
    return Counter(
        (
            TURNED[change.kind] if turned else change.kind,
            change.what,
            frozenset(change.places or [change.path]),
            tuple(CALLED if said.startswith(CALLED) else said for said in change.details),
        )
        for change in found
        if change.kind in TURNED
    )


def each(found: Iterable[Change]) -> Counter[tuple[str, str, str]]:
    """Every place by itself."""
    return Counter((c.kind, c.what, place) for c in found for place in c.places or [c.path])


@often
@given(nets)
def test_nothing_differs_from_itself(net: Block) -> None:
    assert changes(graph_of(net), graph_of(net)) == ()


@often
@given(nets, nets)
def test_something_is_told_of_whatever_differs(one: Block, other: Block) -> None:
    old, new = graph_of(one), graph_of(other)
    assert (changes(old, new) == ()) == (digest(old) == digest(new))


@often
@given(nets, nets)
def test_the_other_direction_swaps_what_came_and_what_went(one: Block, other: Block) -> None:
    old, new = graph_of(one), graph_of(other)
    forth, back = changes(old, new), changes(new, old)
    details = [said for change in (*forth, *back) for said in change.details]
    assume(not any(said.startswith(("with ", "sizes ")) for said in details))  # lines that are shared go by the order
    assert came_and_went(back, turned=True) == came_and_went(forth)


@often
@given(nets, nets)
def test_the_same_is_said_again(one: Block, other: Block) -> None:
    assert changes(graph_of(one), graph_of(other)) == changes(graph_of(one), graph_of(other))


@often
@given(rows_and_edits())
def test_the_size_of_the_difference_is_that_of_the_edits(case: tuple[Block, list[Edit]]) -> None:
    row, edits = case
    found = changes(graph_of(row), graph_of(edited(row, edits)))
    told = Counter(kind for kind, _, _ in each(found).elements())
    assert told == Counter({"replaced": "changed"}.get(edit.kind, edit.kind) for edit in edits)


@often
@given(rows_and_edits(numbered=False))
def test_edits_far_from_each_other_compose(case: tuple[Block, list[Edit]]) -> None:
    row, edits = case
    old = graph_of(row)
    alone = [each(changes(old, graph_of(edited(row, [edit])))) for edit in edits]
    assert each(changes(old, graph_of(edited(row, edits)))) == sum(alone, Counter())
