"""Where everything lies, by the real Graphviz."""

import time
from collections.abc import Iterator

import pytest
from graphs import chain, row
from nnviz_action.render.engine import Engine, LayoutTimeoutError

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render import engine, style
from nnviz_action.render.card import card
from nnviz_action.render.layout import Layout, Rect, lay_out
from nnviz_action.render.text import width


@pytest.fixture
def fresh() -> Iterator[Engine]:
    found = Engine()
    yield found
    found.close()


def laid_out(drawing: Drawing) -> Layout:
    return lay_out([drawing], 20)[0]


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x >= outer.x - 0.5
        and inner.y >= outer.y - 0.5
        and inner.right <= outer.right + 0.5
        and inner.bottom <= outer.bottom + 0.5
    )


def test_a_chain_runs_from_top_to_bottom_and_its_arrows_meet_the_boxes() -> None:
    found = laid_out(chain("x", "y", "z"))
    tops = [place.y for _, place in found.cards]
    assert tops == sorted(tops)
    for line, (_, start), (_, end) in zip(found.lines, found.cards, found.cards[1:], strict=False):
        assert line.points[0][1] == pytest.approx(start.bottom, abs=2)
        assert line.tip is not None and line.tip[1] == pytest.approx(end.y, abs=2)


def test_modules_are_nested_around_their_boxes() -> None:
    found = laid_out(chain("a.b.x", "a.y", "z"))
    (_, x), (_, y), (_, z) = found.cards
    outer, inner = found.clusters
    assert [(c.title, c.kind, c.depth) for c in found.clusters] == [("a", "A", 1), ("b", "B", 2)]
    assert inside(x, inner.place) and inside(inner.place, outer.place) and inside(y, outer.place)
    assert not inside(y, inner.place) and not inside(z, outer.place)
    assert all(inside(place, Rect(0, 0, found.width, found.height)) for _, place in found.cards)


def test_boxes_are_as_large_as_their_cards() -> None:
    found = laid_out(
        row(Box("a", "conv", "convolution", "Conv2d", ("3×3, pad 1", "weight 8×3×3×3")), Box("b", "y", "io"))
    )
    for item, place in found.cards:
        assert (place.width, place.height) == (item.width, item.height)
        assert item == card(item.box)


def test_a_label_has_room_for_its_lines() -> None:
    text = "output 5×64×112×112 f32\nh_n 2×5×64 f32"
    (line,) = laid_out(row(Box("a", "x", "io"), Box("b", "y", "io"), label=text)).lines
    assert line.label == tuple(text.split("\n"))
    assert line.place is not None
    assert line.place.width >= max(width(part, style.SMALL_SIZE) for part in line.label)
    assert line.place.height >= 2 * style.SMALL_SIZE


@pytest.mark.parametrize(("kind", "head"), [("solid", True), ("view", True), ("saved", False)])
def test_only_what_is_saved_has_no_head(kind: str, head: bool) -> None:
    boxes = (Box("a", "x", "io"), Box("b", "y", "io"))
    (line,) = laid_out(Drawing(boxes, (Arrow("a", "b", style=kind),))).lines
    assert bool(line.tip) == head


def test_a_wide_title_of_a_module_has_room() -> None:
    name = "a_module_with_a_very_long_name_indeed" * 2
    found = laid_out(chain(f"{name}.x"))
    assert found.clusters[0].place.width >= width(name, style.TEXT_SIZE, bold=True)


def test_a_label_of_any_length_fits_on_a_sheet() -> None:
    label = f"{'(floor((n - 1)/2) + 1)*' * 16}×64 f32"
    assert laid_out(row(Box("a", "x", "io"), Box("b", "y", "io"), label=label)).width < style.WIDEST


def test_several_drawings_in_the_order_in_which_they_came() -> None:
    found = lay_out([chain(*"ab"), chain(*"abc"), Drawing((), ())], 20)
    assert [len(layout.cards) for layout in found] == [2, 3, 0]


DOT = "digraph { a -> b }"
HEAVY = "digraph { " + " ".join(f"n{i} -> n{j};" for i in range(90) for j in range(i + 1, 90)) + " }"


def test_a_layout_that_takes_too_long_is_stopped_and_the_next_is_not(fresh: Engine) -> None:
    fresh.lay_out([DOT], 20)
    with pytest.raises(LayoutTimeoutError):
        fresh.lay_out([HEAVY], 0.2)
    assert fresh.lay_out([DOT], 20)[0]["name"]


def test_an_answer_in_the_last_moment_does_no_harm(fresh: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.lay_out([DOT], 20)  # starting takes its time, too
    ask, waits = engine._ask, iter([2.5])
    monkeypatch.setattr(engine, "_ask", lambda *request: (ask(*request), time.sleep(next(waits, 0)))[0])
    fresh.lay_out([DOT], 2)
    assert fresh.lay_out([DOT], 20)


def test_one_engine_serves_many(fresh: Engine) -> None:
    fresh.lay_out([DOT], 20)
    process = fresh._process
    assert fresh.lay_out([DOT, DOT], 20)
    assert fresh._process is process


def test_idle_engines_end() -> None:
    lay_out([chain("x")], 20)
    processes = [found._process for found in engine._idle if found._process]
    engine.close_all()
    assert processes and all(process.returncode is not None for process in processes)
