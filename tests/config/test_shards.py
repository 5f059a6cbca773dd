"""Dividing models among machines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.config.shards import Shard, divide, parse_shard
from nnviz_action.errors import ConfigError

SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.none() | st.integers(0, 3000), max_size=30)


def test_the_largest_comes_first_and_each_goes_where_least_is() -> None:
    assert divide({"a": 5, "b": 9, "c": 4, "d": 1}, 2) == (("b", "d"), ("a", "c"))


def test_equal_models_go_by_their_names() -> None:
    assert divide({"b": 7, "a": 7, "c": 7}, 2) == (("a", "c"), ("b",)) == divide({"a": 7, "b": 7, "c": 7}, 2)


def test_a_model_that_was_never_drawn_counts_as_the_median() -> None:
    assert divide({"small": 1, "middle": 10, "large": 100, "new": None}, 2) == (
        ("large",),
        ("small", "middle", "new"),
    )


def test_models_without_operators_are_divided_too() -> None:
    assert [len(part) for part in divide(dict.fromkeys("abcd", 0), 2)] == [2, 2]


@given(SIZES, st.integers(1, 9), st.randoms())
def test_every_model_is_in_one_shard_whatever_the_order(sizes: dict[str, int | None], count: int, random) -> None:
    parts = divide(sizes, count)
    assert sorted(name for part in parts for name in part) == sorted(sizes)
    shuffled = random.sample(sorted(sizes), len(sizes))
    assert [set(part) for part in divide({name: sizes[name] for name in shuffled}, count)] == list(map(set, parts))


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(1, 3000), min_size=1), st.integers(1, 9))
def test_no_shard_has_more_than_another_by_more_than_one_model(sizes: dict[str, int], count: int) -> None:
    loads = [sum(sizes[name] for name in part) for part in divide(sizes, count)]
    assert max(loads) - min(loads) <= max(sizes.values())


def test_a_shard_is_written_as_a_fraction() -> None:
    assert parse_shard("2/5") == Shard(2, 5)
    assert str(Shard(2, 5)) == "2/5"


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "2/0", "-1/5", "1/5\n", "1 / 5", "01/5", "١/٢"])
def test_anything_else_is_no_shard(text: str) -> None:
    with pytest.raises(ConfigError, match="no shard"):
        parse_shard(text)
