"""If, Loop and Scan: what is in them stands among the other nodes."""

from dataclasses import replace

import pytest
from graphs import F32, traced

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.control_flow import inline_bodies
from nnviz_action.drawing.forward import draw
from nnviz_action.drawing.repeats import fold_repeats
from nnviz_action.drawing.units import units
from nnviz_action.graph.values import Function, Graph, Module, Node, TensorType, Weight, own_name


def node(line: str, name: str = "", **bodies: Graph) -> Node:
    """`y = If c x`."""
    made, _, call = line.partition(" = ")
    op, *inputs = call.split()
    return Node(name, op, "", tuple(inputs), tuple(made.split()), bodies=tuple(bodies.items()))


def body(*lines: str, inputs: str = "", outputs: str = "r") -> Graph:
    nodes = tuple(node(line) for line in lines)
    return Graph(tuple(inputs.split()), tuple(outputs.split()), nodes, dict.fromkeys(["r"], F32))


def graph(*nodes: Node, inputs: str = "x") -> Graph:
    return Graph(tuple(inputs.split()), ("y",), nodes, dict.fromkeys(["x", "y"], F32))


def places(found: Graph) -> list[str]:
    return [f"{'/'.join(own_name(n.modules[: i + 1]) for i in range(len(n.modules)))}: {n.op}" for n in found.nodes]


def ways(drawing: Drawing) -> set[str]:
    titles = {box.key: box.title for box in drawing.boxes}
    return {f"{titles[a.source]} → {titles[a.target]}" for a in drawing.arrows}


BRANCHES = graph(
    node("h = Neg x"),
    node("y = If c", "net/If", then_branch=body("r = Relu h"), else_branch=body("r = Tanh h")),
    inputs="x c",
)


def test_a_graph_without_bodies_stays_as_it_is() -> None:
    plain = traced("Relu relu: aten.relu")
    assert inline_bodies(plain) is plain


def test_branches_stand_in_modules_before_the_node_that_chooses() -> None:
    assert places(inline_bodies(BRANCHES)) == [": Neg", "If/then: Relu", "If/else: Tanh", "If: If"]
    assert ways(draw(BRANCHES)) == {
        "x → Neg",
        "Neg → Relu",
        "Neg → Tanh",
        "Relu → If",
        "Tanh → If",
        "c → If",
        "If → y",
    }


def test_no_two_bodies_give_a_value_one_name() -> None:
    flat = inline_bodies(BRANCHES)
    outputs = [o for n in flat.nodes for o in n.outputs]
    assert outputs == ["h", "net/If/then_branch/r", "net/If/else_branch/r", "y"]
    assert [str(flat.types[o]) for o in outputs[1:]] == ["2×4 f32"] * 3
    assert not any(n.bodies for n in flat.nodes)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = Loop n c x", {"n → Add", "x → Add", "Add → Loop", "n → Loop", "c → Loop", "x → Loop", "Loop → y"}),
        ("y = Scan n c x", {"n → Add", "x → Add", "Add → Scan", "n → Scan", "c → Scan", "x → Scan", "Scan → y"}),
    ],
)
def test_a_body_takes_what_it_receives_from_where_it_comes(line: str, expected: set[str]) -> None:
    inner = body("r = Add i s", inputs="i go s")
    assert ways(draw(graph(node(line, body=inner), inputs="x n c"))) == expected


def test_a_sequence_is_mapped_by_its_body() -> None:
    assert ways(draw(graph(node("y = SequenceMap x k", body=body("r = Add a b", inputs="a b")), inputs="x k"))) == {
        "x → Add", "k → Add", "Add → SequenceMap", "x → SequenceMap", "k → SequenceMap", "SequenceMap → y",
    }  # fmt: skip


def test_a_scan_of_old_begins_with_lengths() -> None:
    found = ways(
        draw(graph(node("y = Scan lengths s x", body=body("r = Add a b", inputs="a b")), inputs="lengths s x"))
    )
    assert {"s → Add", "x → Add"} < found and "lengths → Add" not in found


def test_bodies_inside_bodies() -> None:
    inner = Graph((), ("r",), (node("r = If c", "inner", then_branch=body("r = Relu x")),))
    outer = graph(node("y = If c", "outer", then_branch=inner), inputs="x c")
    assert places(inline_bodies(outer)) == ["outer/then/inner/then: Relu", "outer/then/inner: If", "outer: If"]
    assert {"x → Relu", "Relu → If", "If → If", "If → y"} < ways(draw(outer))


def test_a_body_receives_what_the_body_around_it_computes() -> None:
    loop = node("r = Loop n c h", "loop", body=body("r = Add i s", inputs="i go s"))
    outer = Graph((), ("r",), (node("h = Neg x"), loop))
    found = ways(draw(graph(node("y = If c", "if", then_branch=outer), inputs="x n c")))
    assert {"x → Neg", "Neg → Add", "n → Add", "Add → Loop", "Loop → If"} <= found


def test_modules_inside_a_body_are_told_from_the_body() -> None:
    block, layer = Module("block", "net.Block"), Module("block.fc", "torch.nn.Linear")
    fc = replace(node("r = Gemm x"), modules=(block, layer))
    choose = replace(node("y = If c", "If", then_branch=Graph((), ("r",), (fc,))), modules=(block,))
    assert [[m.path for m in n.modules] for n in inline_bodies(graph(choose, inputs="x c")).nodes] == [
        ["block", "If", "If/then_branch", "block.fc"], ["block", "If"],
    ]  # fmt: skip


def test_two_nodes_without_names_are_told_apart() -> None:
    nodes = [node(f"{out} = If c", then_branch=body(f"r = {op} x")) for out, op in (("a", "Relu"), ("b", "Tanh"))]
    found = graph(*nodes, node("y = Add a b"), inputs="x c")
    assert ways(draw(found)) >= {"x → Relu", "x → Tanh", "Relu → If", "Tanh → If", "If → Add"}
    assert len({n.modules[0] for n in inline_bodies(found).nodes if n.modules}) == 2


def test_the_weights_of_a_body_count() -> None:
    inner = replace(body("r = MatMul x w"), weights={"w": Weight("w", TensorType("f32", (4, 4)), "parameter")})
    drawing = draw(graph(node("y = If c", "If", then_branch=inner), inputs="x c"))
    assert sum(box.numbers.parameters for box in drawing.boxes) == 16


def test_a_branch_that_gives_what_is_there_already() -> None:
    found = graph(node("h = Neg x"), node("y = If c", then_branch=body(outputs="h")), inputs="x c")
    assert ways(draw(found)) == {"x → Neg", "Neg → If", "c → If", "If → y"}


def test_what_follows_a_frame_is_behind_it() -> None:
    choice = node("h = If c", then_branch=body("r = Relu x"), else_branch=body("r = Neg x"))
    found = units(inline_bodies(graph(node("x1 = Abs x"), choice, node("g = Tanh h"), node("y = Neg g"))), "modules")
    assert [bool(unit.modules) for unit in found] == [False, True, True, True, False, False]


def test_what_follows_a_frame_in_a_module_stays_in_the_module() -> None:
    block = (Module("block", "net.Block"),)
    choice = replace(
        node("h = If c", then_branch=body("r = Relu x")), modules=block, function=Function("cond", "cond")
    )
    found = units(inline_bodies(graph(choice, node("y = Tanh h"))), "modules")
    assert [unit.modules[-1].path for unit in found] == ["h/then_branch", "h", "block"]


def test_of_what_no_exporter_traced_nothing_is_put_into_the_module_before_it() -> None:
    first, last = (Module(name, "net.Block") for name in ("first", "last"))
    nodes = [
        replace(node("h = Conv x"), modules=(first,)),
        node("g = Add h x"),
        replace(node("y = Conv g"), modules=(last,)),
    ]
    assert [[box.title] for box in draw(graph(*nodes)).boxes[1:-1]] == [["first"], ["Add"], ["last"]]


def test_two_nodes_of_one_name_are_told_apart() -> None:
    nodes = [
        node(f"{out} = If c", "If", then_branch=body(f"r = {op} x")) for out, op in (("a", "Relu"), ("b", "Tanh"))
    ]
    found = graph(*nodes, node("y = Add a b"), inputs="x c")
    assert {"Relu → If", "Tanh → If", "If → Add", "Add → y"} < ways(draw(found))
    assert len({n.modules[0].path for n in inline_bodies(found).nodes if n.modules}) == 2


def test_frames_that_are_fed_differently_do_not_fold() -> None:
    nodes = [node(f"{out} = If {c}", f"If_{c}", then_branch=body(f"r = Relu {x}")) for x, out, c in ("xat", "ays")]
    found = fold_repeats(
        draw(replace(graph(*nodes, inputs="x s"), weights={"t": Weight("t", TensorType("bool", ()))}))
    )
    assert [box.title for box in found.boxes].count("If") == 2
