"""Rows that repeat are written once, whatever they are, and are read back as they were."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnviz_action.graph.graph_file.fold import fold
from nnviz_action.graph.graph_file.patterns import filled, is_literal
from nnviz_action.graph.graph_file.unfold import unfold

TEXTS = st.sampled_from(
    (
        "a.0",
        "a.1",
        "a.2",
        "a.3",
        "b.0",
        "b.10",
        "x.0.y.0",
        "x.0.y.1",
        "x.1.y.0",
        "x.1.y.1",
        "{i}",
        "a |i b",
        "007",
        "{1+i}",
    )
)
ROWS = st.one_of(
    TEXTS, st.builds(lambda path, op, given: {"at": path, "op": op, "args": [given]}, TEXTS, st.sampled_from("ab"), TEXTS)
)  # fmt: skip


def back(rows: list[Any]) -> list[Any]:
    return [row for row, _ in unfold(rows)]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, max_size=4), st.integers(1, 5), st.lists(ROWS, max_size=3), st.integers(1, 3))
def test_any_rows(block: list[Any], times: int, rest: list[Any], again: int) -> None:
    rows = (block * times + rest) * again
    assert back(fold(rows)) == rows


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 9), st.integers(-2, 40)), min_size=1, max_size=4),
    st.integers(0, 5),
)
def test_any_numbers(copies: int, lines: list[tuple[int, int]], odd: int) -> None:
    rows = [
        f"p.{start + 80 + step * copy}.q{place}"
        for copy in range(copies)
        for place, (start, step) in enumerate(lines)
    ]
    rows.insert(min(odd, len(rows)), "p.7.q0")
    assert back(fold(rows)) == rows


def node(path: str, op: str, *given: str, **more: Any) -> dict[str, Any]:
    return {"at": path, "op": op, "args": [*given], **more}


def layer(number: int, first: str, **more: Any) -> list[dict[str, Any]]:
    own = f"h.{number}"
    return [
        node(f"{own}.norm", "norm", f"input: {first}", f"weight = {8 + 4 * number} f32", **more),
        node(f"{own}.fc", "linear", "input: <"),
        node(own, "add", f"input: {first}", "other: <"),
    ]


def test_the_first_layer_may_come_after_anything() -> None:
    rows = [*layer(0, "embed/embedding"), *layer(1, "h.0/add"), *layer(2, "h.1/add"), *layer(3, "h.2/add")]
    (found,) = fold(rows)
    assert found["repeat"] == 4
    assert found["rows"][0] == node(
        "h.{i}.norm", "norm", "input: embed/embedding |i input: h.{i-1}/add", "weight = {8+4i} f32"
    )  # fmt: skip
    assert back([found]) == rows


def test_counts_of_macs_go_on() -> None:
    rows = [row for number in range(4) for row in layer(number, "x", macs=100 + 7 * number)]
    (found,) = fold(rows)
    assert found["rows"][0]["macs"] == "{100+7i}" and back([found]) == rows


def test_another_number_in_the_middle_splits_a_repeat() -> None:
    rows = [row for number in range(9) for row in layer(number, "x", macs=5 if number == 4 else 100)]
    found = fold(rows)
    assert [row.get("repeat", 1) for row in found] == [4, 1, 1, 1, 4] and back(found) == rows


def test_a_repeat_starts_where_a_module_does() -> None:
    rows = [
        node("h.0", "first", "input: <"),
        *layer(0, "x")[1:],
        *(row for number in range(1, 6) for row in layer(number, "x")),
    ]
    found = fold(rows)
    assert [row.get("repeat", 1) for row in found] == [1, 1, 1, 5]
    assert found[3]["rows"][0]["at"] == "h.{1+i}.norm" and back(found) == rows


def test_repeats_lie_within_repeats() -> None:
    rows = []
    for layer_number in range(3):
        rows.append(node(f"h.{layer_number}.gate", "linear", "input: <"))
        for expert in range(8):
            rows += [node(f"h.{layer_number}.experts.{expert}.{name}", "linear", "input: <") for name in ("w1", "w2")]
    (found,) = fold(rows)
    assert found["repeat"] == 3 and found["rows"][1]["repeat"] == 8
    assert found["rows"][1]["rows"][0]["at"] == "h.{i}.experts.{j}.w1"
    assert back([found]) == rows


def test_few_rows_are_not_folded() -> None:
    rows = [node("a", "conv", "input: <"), node("a", "conv", "input: <"), node("b", "relu", "input: <")]
    assert fold(rows) == rows


def test_two_rows_whose_numbers_differ_much_are_no_copies() -> None:
    rows = [*layer(1, "x"), *layer(11, "x")] * 1
    assert fold(rows) == rows


def test_numbers_in_attributes_must_be_equal() -> None:
    rows = [node("a", "relu", "input: <", **{"with": {"p": number}}) for number in range(8)]
    assert fold(rows) == rows
    assert len(fold([{**row, "with": {"p": 1}} for row in rows])) == 1
    assert fold([{**rows[0], "with": {"p": value}} for value in (1, True, 1.0, 1, True, 1.0)])[0].get("repeat") in (
        None,
        2,
    )


@pytest.mark.parametrize(
    ("text", "copy", "found"),
    [("a{i}", 3, "a3"), ("{2+i}", 3, "5"), ("{2+10i}", 3, "32"), ("{9-i}", 3, "6"), ("{9-2i}", 3, "3"), ("{i-1}", 3, "2"), ("{j}", 3, "{j}"), ("x |i {i}", 0, "x"), ("x |i {i}", 1, "1"), ("{ i}", 1, "{ i}")],
)  # fmt: skip
def test_signs(text: str, copy: int, found: str) -> None:
    assert filled(text, "i", copy) == found
    assert is_literal(text) == (text == "{ i}")


def test_alternatives_of_a_repeat_within_a_repeat():
    text = "a |i b{i} |j c |i d"
    assert [filled(filled(text, "i", i), "j", j) for i in (0, 1) for j in (0, 1)] == ["a", "c", "b1", "d"]
    assert filled(filled("a |j c |i d", "i", 1), "j", 1) == "d"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=4, max_size=4), st.integers(2, 4), st.integers(2, 4))
def test_copies_of_copies_that_begin_with_other_values(sources: list[str], outer: int, inner: int) -> None:
    rows = []
    for i in range(outer):
        rows.append(node("p", "cat", "input: <"))
        for j in range(inner):
            first = sources[2 * bool(i) + bool(j)]
            rows += [node("p", "add", f"input: {first}"), node("p", "exp", "input: <"), node("p", "mul", "input: <")]
    assert back(fold(rows)) == rows
