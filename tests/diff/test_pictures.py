"""What a picture of changes shows: ghosts where they stood, colours by kind, and little else."""

from dataclasses import replace

from graphs import chain, g, scopes

from nnviz_action.comparison import diff
from nnviz_action.comparison.picture import merged
from nnviz_action.comparison.unchanged_regions import fold_unchanged
from nnviz_action.drawing.boxes import Arrow, Drawing
from nnviz_action.graph.values import TOLD, Graph


def boxes(drawing: Drawing) -> list[str]:
    return [f"{box.kind} {box.title}" for box in drawing.boxes]


def arrows(drawing: Drawing) -> list[str]:
    titles = {box.key: box.title for box in drawing.boxes}
    return sorted(f"{titles[a.source]} {a.style} {titles[a.target]}" for a in drawing.arrows)


def picture(old: Graph, new: Graph) -> Drawing:
    return merged(diff(old, new))


def test_what_was_added_is_green_and_its_arrows_too() -> None:
    drawing = picture(g("x > Relu > Tanh > y"), g("x > Relu > Sigmoid > Tanh > y"))
    assert boxes(drawing) == ["io x", "activation Relu", "added Sigmoid", "activation Tanh", "io y"]
    assert "Relu added Sigmoid" in arrows(drawing) and "Sigmoid added Tanh" in arrows(drawing)
    assert "Relu removed Tanh" in arrows(drawing)
    assert "x solid Relu" in arrows(drawing)


def test_what_went_is_a_ghost_where_it_stood() -> None:
    drawing = picture(g("x > Relu > Sigmoid > Tanh > y"), g("x > Relu > Tanh > y"))
    assert boxes(drawing) == ["io x", "activation Relu", "removed Sigmoid", "activation Tanh", "io y"]
    assert {"Relu removed Sigmoid", "Sigmoid removed Tanh", "Relu added Tanh"} <= set(arrows(drawing))


def test_a_ghost_stands_in_the_module_it_was_in() -> None:
    drawing = picture(
        g("x > Relu > Sigmoid > Tanh > y", "a.one a.two a.three"), g("x > Relu > Tanh > y", "a.one a.three")
    )
    ghost = next(box for box in drawing.boxes if box.kind == "removed")
    assert [m.path for m in ghost.modules] == ["a"]


def test_a_changed_card_tells_what_changed() -> None:
    old = g("x > LeakyRelu > Relu > y", "a b")
    new = replace(old, nodes=(replace(old.nodes[0], attributes=(("alpha", 0.5),)), *old.nodes[1:]))
    drawing = picture(old, new)
    card = next(box for box in drawing.boxes if box.kind == "changed")
    assert card.rows == ("alpha 0.01 → 0.5",)


def test_a_module_of_another_class_says_so_in_its_frame() -> None:
    old = g("x > Relu > Tanh > y", "a.one a.two")
    other = tuple(replace(n, modules=(replace(n.modules[0], kind="net.Better"), n.modules[1])) for n in old.nodes)
    drawing = picture(old, replace(old, nodes=other))
    assert {box.modules[0].short_kind for box in drawing.boxes if box.modules} == {f"Better{TOLD}A → Better"}


def test_nothing_but_the_neighbourhood_of_a_change_is_open() -> None:
    words = " > ".join(["Relu", "Tanh"] * 4)
    names = "a.one a.two a.three b.one b.two c.one c.two c.three"
    old, new = (
        g(f"x > {words} > y", names),
        g(f"x > {words.replace('Relu > Tanh > Relu > Tanh', 'Relu > Tanh > Relu > Sigmoid', 1)} > y", names),
    )
    drawing = fold_unchanged(picture(old, new))
    assert boxes(drawing) == ["io x", "quiet a", "changed one", "quiet two", "quiet c", "io y"]


def test_far_from_a_change_all_in_a_row_is_one_box() -> None:
    calm = chain("a.p", "a.q", "b", "c", "d", "e")
    drawing = replace(calm, boxes=(*calm.boxes[:-1], replace(calm.boxes[-1], kind="added")))
    assert boxes(fold_unchanged(drawing)) == ["quiet a … c", "quiet d", "added e"]


def test_a_row_does_not_reach_around_a_change() -> None:
    """Else what is before it and what is after it would be one box, and the arrows a circle."""
    calm = chain("a", "b", "m.c", "m.d", "m.e", "f", "g")
    drawing = replace(calm, boxes=(*calm.boxes[:3], replace(calm.boxes[3], kind="changed"), *calm.boxes[4:]))
    assert boxes(fold_unchanged(drawing)) == ["quiet a … b", "quiet c", "changed d", "quiet e", "quiet f … g"]


def test_the_ends_of_an_arrow_that_came_stay_open() -> None:
    calm = chain("a", "b", "c", "d")
    drawing = Drawing(calm.boxes, (*calm.arrows, Arrow("b0", "b3", style="added")))
    assert boxes(fold_unchanged(drawing)) == ["quiet a", "quiet b … c", "quiet d"]


def test_one_layer_is_no_module() -> None:
    calm = chain("m.a", "b")
    drawing = replace(calm, boxes=(calm.boxes[0], replace(calm.boxes[1], kind="added", modules=scopes("n"))))
    assert boxes(fold_unchanged(drawing)) == ["quiet m", "added b"]
    assert fold_unchanged(drawing).boxes[0].rows == ("unchanged",)
