"""Frames around what is computed beside the network, layers that do nothing, and states that go from copy to copy."""

from dataclasses import replace

import pytest

from nnviz_action.drawing.auxiliary import name_of
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.forward import draw
from nnviz_action.drawing.repeats import fold_repeats
from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight

F32, I64 = TensorType("f32", (2, 4)), TensorType("i64", (4,))
NET = (Module("net", "lib.Net"),)


def call(op: str, inputs: str, output: str, modules: tuple[Module, ...] = (), **more: object) -> Node:
    names = tuple(inputs.split())
    return Node(output, op, "torch", names, (output,), modules=modules, arguments=names, **more)  # type: ignore[arg-type]


def graph(*nodes: Node, ints: str = "", inputs: tuple[str, ...] = ("x",), outputs: tuple[str, ...] = ("y",)) -> Graph:
    types = dict.fromkeys([*inputs, *(o for node in nodes for o in node.outputs)], F32)
    types |= dict.fromkeys(ints.split(), I64)
    return Graph(inputs, outputs, nodes, types, {"w": Weight("w", F32, "parameter")})


MASK = (
    call("arange", "", "a"), call("ge", "a", "b"), call("unsqueeze", "b", "c"), call("expand", "c", "d"),
    call("linear", "x w", "h"), call("mul", "h d", "y"),
)  # fmt: skip


def test_functions_to_which_no_parameter_leads_get_a_frame() -> None:
    boxes = {box.title: box for box in draw(graph(*MASK, ints="a")).boxes}
    (frame,) = boxes["arange"].modules
    assert (frame.title, frame.kind) == ("mask", "4 functions")
    assert boxes["linear"].modules == boxes["mul"].modules == ()


@pytest.mark.parametrize(
    ("functions", "types", "expected"),
    [
        ("arange unsqueeze ge expand", "bool", "mask"),
        ("arange unsqueeze ge expand", "i64", "positions"),
        ("arange add ge expand", "bool i64", "positions, mask"),
        ("ones triu masked_fill to", "f32", "mask"),
        ("arange mul cos sin", "f32", "table of sines"),
        ("arange · unsqueeze sub abs log mul min", "i64", "relative positions"),
        ("cumsum add to · reshape mul", "i64", "positions"),
        ("ones zeros cat expand", "f32", ""),
    ],
)
def test_a_frame_says_what_is_computed(functions: str, types: str, expected: str) -> None:
    assert name_of(functions.split(), set(types.split())) == expected


def test_few_functions_get_none_and_neither_do_those_of_numbers_that_come_in() -> None:
    few = graph(*MASK[:2], call("linear", "x w", "h"), call("mul", "h b", "y"), ints="a b")
    assert all(not box.modules for box in draw(few).boxes)
    image = graph(call("div", "x", "a"), call("sub", "a", "b"), call("sqrt", "b", "c"), call("neg", "c", "y"))
    assert all(not box.modules for box in draw(image).boxes)


def test_a_layer_that_does_nothing_is_not_drawn_unless_it_is_all_there_is() -> None:
    idle = (Module("keep", "torch.nn.Identity"),)
    between = graph(call("relu", "x", "a"), call("identity", "a", "b", idle), call("neg", "b", "y"))
    drawing = draw(between)
    assert [box.title for box in drawing.boxes] == ["x", "relu", "neg", "y"]
    assert [(a.source, a.target) for a in drawing.arrows][1] == (drawing.boxes[1].key, drawing.boxes[2].key)
    assert [box.title for box in draw(graph(call("identity", "x", "y", idle))).boxes] == ["x", "keep", "y"]


def steps(count: int, drop: bool, state: str = "s") -> Graph:
    nodes = []
    for number in range(count):
        cell = replace(NET[0], path="cell", kind="lib.Cell", call=number)
        nodes += [
            call("tanh", f"x {state}", f"s{number}", (cell,)),
            call("relu", f"s{number}", f"o{number}", (cell,)),
        ]
        state = f"s{number}" if drop else f"o{number}"
    shown = " ".join(f"o{number}" for number in range(count)) if drop else f"o{count - 1}"
    return graph(*nodes, call("stack", shown, "y"), inputs=("x", "s"))


def copies(drawn: Graph) -> list[int]:
    drawing = fold_repeats(_opened(drawn))
    return [module.copies for box in drawing.boxes for module in box.modules[:1] if box.subtitle == "In"]


def _opened(drawn: Graph) -> Drawing:
    """Each cell with a module inside, so that it is no leaf."""
    nodes = tuple(
        replace(n, modules=(*n.modules, Module("cell.in", "lib.In"))) if n.op == "tanh" else n for n in drawn.nodes
    )
    return draw(replace(drawn, nodes=nodes))


def test_a_state_that_is_dropped_at_the_end_shows_behind_the_first_copy() -> None:
    assert copies(steps(6, drop=True)) == [1, 5]


def test_what_each_copy_gives_the_next_and_the_last_one_gives_on_is_a_chain() -> None:
    assert copies(steps(6, drop=False)) == [6]


def test_a_state_that_begins_as_what_all_copies_take_shows_behind_the_first_copy() -> None:
    assert copies(steps(6, drop=False, state="x")) == [1, 5]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (call("getitem", "x", "a", attributes=(("index", "0"),)), 0),
        (call("getitem", "x", "a", attributes=(("index", "[0, 1]"),)), 32),
        (call("getitem", "x w", "a"), 32),
        (call("to", "x", "a"), 0),
        (call("reshape", "x", "a"), 0),
        (call("dropout", "x", "a"), 0),
        (call("dropout", "x", "a", random=True), 32),
    ],
    ids=["a part", "picked", "by a tensor", "on another device", "a view", "eval", "training"],
)
def test_activations_are_what_is_not_there_already(made: Node, expected: int) -> None:
    drawing = draw(graph(made, call("relu", "a", "y")))
    assert sum(box.numbers.activations for box in drawing.boxes) == expected + 32


def test_a_cast_makes_new_values() -> None:
    cast = call("to", "x", "a")
    one = graph(cast, call("relu", "a", "y"))
    half = replace(one, types={**one.types, "a": TensorType("f16", (2, 4))})
    assert [sum(box.numbers.activations for box in draw(g).boxes) for g in (one, half)] == [32, 48]
