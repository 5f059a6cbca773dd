"""Plots: what their axes are, and that all of it is on the paper."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.graph.number_text import short
from nnviz_action.render.plot import Panel, Plot, nice, to_plot
from nnviz_action.render.png import to_png
from nnviz_action.render.style import THEMES, colors


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 0, [0, 1]),
        (1, 1, [0, 1]),
        (0, 10, [0, 5, 10]),
        (69, 86, [60, 70, 80, 90]),
        (11_689_512, 11_689_512, [11_000_000, 11_500_000, 12_000_000, 12_500_000]),
        (11_700_000, 40_600_000, [0, 20_000_000, 40_000_000, 60_000_000]),
    ],
)
def test_ticks_are_round(low: int, high: int, ticks: list[int]) -> None:
    assert nice(low, high) == ticks


@given(st.integers(0, 10**18), st.integers(0, 10**18))
def test_ticks_hold_all_values_and_read_differently(one: int, other: int) -> None:
    low, high = sorted((one, other))
    ticks = nice(low, high)
    assert ticks[0] <= low <= high <= ticks[-1]
    assert 2 <= len(ticks) <= 6
    assert len({b - a for a, b in pairwise(ticks)}) == 1
    assert len({short(tick) for tick in ticks}) == len(ticks)


values = st.lists(st.none() | st.integers(0, 10**12), min_size=1, max_size=40).filter(any)


@given(values, st.sampled_from(["light", "dark"]))
def test_what_is_painted_is_on_the_paper_in_the_colours_of_the_style(found: list[int | None], name: str) -> None:
    theme = THEMES[name]
    labels = tuple((f"{index:08x}", "2026-01-01") for index in range(len(found)))
    svg = to_plot(Plot("net", "facts", labels, (Panel("parameters", "linear", tuple(found), short),)), theme, "d")
    wide, tall = map(int, re.findall(r'^<svg [^>]* width="(\d+)" height="(\d+)"', svg)[0])
    for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg):
        assert 0 <= float(x) <= wide and 0 <= float(y) <= tall
    for place in re.findall(r'<text [^>]*y="([\d.]+)"', svg):
        assert 0 <= float(place) <= tall
    assert {float(x) >= 0 for x in re.findall(r'<tspan x="(-?[\d.]+)"', svg)} == {True}
    assert set(re.findall("#[0-9A-F]{6}", svg)) <= set(colors(theme))


def test_labels_do_not_touch() -> None:
    labels = tuple((f"{index:08x}", "2026-01-01") for index in range(200))
    panel = Panel("nodes", "linear", tuple(range(200)), str)
    svg = to_plot(Plot("net", "", labels, (panel,)), THEMES["light"], "d")
    dates = [float(x) for x in re.findall(r'<tspan x="([\d.]+)"[^>]*>2026-01-01<', svg)]
    assert 5 <= len(dates) <= 10 and min(b - a for a, b in pairwise(dates)) > 75
    assert "<circle" not in svg


def test_a_hostile_title_is_text() -> None:
    panel = Panel("nodes", "linear", (1,), str)
    plot = Plot("<script>&", "a\nb\u202e", (("c", "d"),), (panel,))
    svg = to_plot(plot, THEMES["light"], "d")
    assert "<script" not in svg and "\u202e" not in svg
    assert to_png(svg, THEMES["light"], "d").startswith(b"\x89PNG")
