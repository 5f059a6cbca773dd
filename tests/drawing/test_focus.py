"""The drawing of one module alone."""

from dataclasses import replace

from graphs import chain, row, scopes

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.focus import focus

NET = chain("in", "net.encoder.a", "net.encoder.b", "net.head.c", "out")


def told(drawing: Drawing) -> list[str]:
    return [f"{'/'.join(m.path for m in box.modules)}: {box.title}" for box in drawing.boxes]


def ways(drawing: Drawing) -> list[str]:
    titles = {box.key: box.title for box in drawing.boxes}
    return [f"{titles[a.source]} → {titles[a.target]}" for a in drawing.arrows]


def test_it_shows_the_module_with_what_comes_in_and_what_goes_out() -> None:
    found = focus(NET, "net.encoder")
    assert told(found) == [": from in", "net.encoder: a", "net.encoder: b", ": result"]
    assert ways(found) == ["from in → a", "a → b", "b → result"]
    assert [a.label for a in found.arrows] == ["2×4 f32"] * 3
    assert [box.kind for box in found.boxes] == ["io", "shape", "shape", "io"]


def test_the_modules_around_it_are_left_out() -> None:
    assert told(focus(NET, "net.head")) == [": from b", "net.head: c", ": result"]
    assert "net/net.encoder: a" in told(focus(NET, "net"))


def test_there_is_nothing_of_a_module_that_is_not_there() -> None:
    assert focus(NET, "net.enc") == Drawing((), ())


def test_a_value_that_goes_to_several_places_inside_comes_from_one() -> None:
    boxes = [Box(key, key, "shape", modules=scopes(path)) for key, path in (("x", "-"), ("a", "m"), ("b", "m"), ("y", "-"))]  # fmt: skip
    arrows = tuple(Arrow(*way.split(), "2×4 f32") for way in ("x a", "x b", "a b", "b y"))
    found = focus(Drawing(tuple(boxes), arrows), "m")
    assert ways(found) == ["from x → a", "from x → b", "a → b", "b → result"]


def test_a_result_that_is_used_twice_is_one() -> None:
    boxes = [Box(key, key, "shape", modules=scopes(path)) for key, path in (("a", "m"), ("y", "-"), ("z", "-"))]
    found = focus(Drawing(tuple(boxes), (Arrow("a", "y", "2 f32"), Arrow("a", "z", "2 f32"))), "m")
    assert ways(found) == ["a → result"]


def test_all_calls_of_a_module_are_shown() -> None:
    (module,) = scopes("act")
    calls = [Box(f"b{i}", "relu", "activation", modules=(replace(module, call=i),)) for i in range(2)]
    between = Box("conv", "conv", "convolution")
    found = focus(row(calls[0], between, calls[1], Box("out", "y", "io")), "act")
    assert ways(found) == ["relu → result", "from conv → relu", "relu → result"]
