"""The boxes of one layer's backward are one card."""

from collections.abc import Sequence

import pytest

from nnviz_action.drawing.backward_layers import join_layers
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.fold import fold
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module

LINEAR, RELU, NORM = "torch.nn.modules.linear.Linear", "torch.nn.modules.activation.ReLU", "net.Norm"


def modules(*layers: str, kind: str = LINEAR) -> tuple[Module, ...]:
    """`a`, `a.b`: modules from the outermost to one of this class."""
    return tuple(Module(path, kind if path == layers[-1] else "net.Block") for path in layers)


class Recorded:
    """An autograd graph as it is captured, box by box in the order of the forward pass."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []

    def box(
        self, title: str, kind: str, around: tuple[Module, ...], sources: Sequence[str] = (), **more: object
    ) -> str:
        key = f"n{len(self.boxes)}"
        self.boxes.append(Box(key, title, kind, modules=around, **more))  # type: ignore[arg-type]
        self.arrows += [Arrow(source, key) for source in sources]
        return key

    def function(self, name: str, around: tuple[Module, ...] = (), *sources: str) -> str:
        return self.box(f"{name}Backward0", "function", around, sources)

    def parameter(self, name: str, around: tuple[Module, ...], *sizes: int) -> str:
        """Gives the key of what gathers its gradient."""
        shape = ", ".join(map(str, sizes))
        count = 1
        for size in sizes:
            count *= size
        leaf = self.box(name, "leaf", around, rows=(f"({shape})",), numbers=Numbers(count))
        return self.box("AccumulateGrad", "accumulator", around, (leaf,))

    def linear(self, around: tuple[Module, ...], *sources: str) -> str:
        path = around[-1].path
        bias, weight = self.parameter(f"{path}.bias", around, 3), self.parameter(f"{path}.weight", around, 3, 4)
        turned = self.function("T", around, weight)
        return self.function("Addmm", around, bias, *sources, turned)

    def joined(self) -> Drawing:
        return join_layers(Drawing(tuple(self.boxes), tuple(self.arrows)))


def told(drawing: Drawing) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(box.title, box.subtitle, box.rows) for box in drawing.boxes]


def wired(drawing: Drawing) -> set[tuple[str, str]]:
    titles = {box.key: box.title for box in drawing.boxes}
    return {(titles[arrow.source], titles[arrow.target]) for arrow in drawing.arrows}


def test_a_layer_is_one_card_with_its_functions_and_its_parameters() -> None:
    recorded = Recorded()
    recorded.function("Relu", modules("act", kind=RELU), recorded.linear(modules("fc")))
    found = recorded.joined()
    assert told(found) == [("fc", "Linear", ("Transpose · Addmm", "weight 3×4 · bias 3")), ("act", "ReLU", ())]
    assert [(box.kind, box.numbers.parameters, box.modules) for box in found.boxes] == [
        ("function", 15, ()), ("function", 0, ())
    ]  # fmt: skip
    assert wired(found) == {("fc", "act")}


def test_what_a_layer_does_to_the_shape_of_its_input_changes_nothing() -> None:
    recorded, around = Recorded(), modules("fc")
    before = recorded.function("View", around, recorded.function("Exp"))
    recorded.function("UnsafeView", around, recorded.linear(around, before))
    assert [box.rows for box in recorded.joined().boxes] == [(), ("Transpose · Addmm", "weight 3×4 · bias 3")]


def test_a_module_with_others_in_it_is_no_layer() -> None:
    recorded = Recorded()
    inner = recorded.linear(modules("block", "block.fc"))
    recorded.function("Add", modules("block", kind="net.Block"), inner)
    found = recorded.joined()
    assert told(found) == [("fc", "Linear", ("Transpose · Addmm", "weight 3×4 · bias 3")), ("Add", "", ())]
    assert [[m.path for m in box.modules] for box in found.boxes] == [["block"], ["block"]]


@pytest.mark.parametrize(("count", "boxes"), [(12, 1), (13, 13)])
def test_in_a_layer_of_the_author_s_not_too_much_happens(count: int, boxes: int) -> None:
    recorded, around = Recorded(), modules("norm", kind=NORM)
    key = recorded.function("Exp", around)
    for _ in range(count - 1):
        key = recorded.function("Exp", around, key)
    assert len(recorded.joined().boxes) == boxes


def test_many_functions_are_told_by_the_ends_of_their_row() -> None:
    recorded, around = Recorded(), modules("norm", kind=NORM)
    key = recorded.function("Pow", around)
    for name in ("Mean", "Add", "Rsqrt", "Mul", "Mul"):
        key = recorded.function(name, around, key)
    assert told(recorded.joined()) == [("norm", "Norm", ("Pow · Mean · … · Mul ×2",))]


def test_a_parameter_that_one_function_uses_is_told_there() -> None:
    recorded = Recorded()
    token = recorded.function("Expand", (), recorded.parameter("token", (), 1, 1, 8))
    recorded.function("Mul", (), recorded.function("Exp"), token)
    assert told(recorded.joined()) == [("Exp", "", ()), ("Mul", "", ("token 1×1×8",))]


def test_a_parameter_that_several_use_stays_a_box_outside_of_them() -> None:
    recorded = Recorded()
    shared = recorded.parameter("net.embed.weight", modules("net", "net.embed"), 100, 8)
    first = recorded.function("Embedding", modules("net", "net.embed"), shared)
    inner = recorded.function("Exp", modules("net", kind="net.Block"), first)
    recorded.function("Mm", modules("head"), inner, shared)
    found = recorded.joined()
    assert told(found)[0] == ("net.embed.weight", "", ("100×8",))
    assert (found.boxes[0].kind, found.boxes[0].modules, found.boxes[0].numbers.parameters) == ("leaf", (), 800)
    assert wired(found) == {
        ("net.embed.weight", "embed"), ("net.embed.weight", "head"), ("embed", "Exp"), ("Exp", "head")
    }  # fmt: skip
    assert sum(box.numbers.parameters for box in found.boxes) == 800


def test_the_parameters_of_a_layer_that_is_called_twice_are_one_box() -> None:
    recorded, around = Recorded(), modules("fc")
    bias, weight = recorded.parameter("fc.bias", around, 3), recorded.parameter("fc.weight", around, 3, 4)
    once = recorded.function("Addmm", around, bias, weight)
    again = (Module("fc", LINEAR, call=1),)
    recorded.function("Addmm", again, bias, weight, recorded.function("Exp", (), once))
    found = recorded.joined()
    assert told(found) == [
        ("fc", "", ("weight 3×4 · bias 3",)), ("fc", "Linear", ("Addmm",)), ("Exp", "", ()), ("fc", "Linear", ("Addmm",))
    ]  # fmt: skip
    assert [box.kind for box in found.boxes] == ["leaf", "function", "function", "function"]
    assert len(found.arrows) == 4


def test_what_makes_a_weight_from_others_belongs_to_the_layer() -> None:
    recorded = Recorded()
    around = modules("conv", kind="torch.nn.utils.parametrize.ParametrizedConv1d")
    inside = (*around, Module("conv.parametrizations.weight.0", "torch.nn.utils.parametrizations._WeightNorm"))
    weight = recorded.parameter("conv.parametrizations.weight.original0", inside, 3, 1)
    recorded.function("Convolution", around, recorded.function("WeightNormInterface", inside, weight))
    rows = ("WeightNormInterface · Convolution", "weight.original0 3×1")
    assert told(recorded.joined()) == [("conv", "ParametrizedConv1d", rows)]


def test_a_layer_that_goes_by_two_paths_calls_its_parameters_by_its_own_names() -> None:
    recorded, around = Recorded(), modules("head")
    recorded.function("Addmm", around, recorded.parameter("decoder.heads.0.weight", around, 3, 4))
    assert told(recorded.joined()) == [("head", "Linear", ("Addmm", "weight 3×4"))]


def test_views_in_a_row_are_one_pill() -> None:
    recorded = Recorded()
    key = recorded.function("Exp")
    for name in ("UnsafeView", "View", "Transpose", "Clone", "View"):
        key = recorded.function(name, (), key)
    recorded.function("Mm", (), recorded.function("Permute", (), recorded.function("T", (), key)))
    found = recorded.joined()
    assert [(box.title, box.kind) for box in found.boxes] == [
        ("Exp", "function"), ("View · Transpose · … · Permute", "shape"), ("Mm", "function")
    ]  # fmt: skip


def test_a_view_that_two_use_is_not_joined_to_what_follows() -> None:
    recorded = Recorded()
    view = recorded.function("View", (), recorded.function("Exp"))
    recorded.function("Mul", (), recorded.function("T", (), view), recorded.function("Permute", (), view))
    assert [box.title for box in recorded.joined().boxes] == ["Exp", "View", "Transpose", "Permute", "Mul"]


def test_styles_of_arrows_stay() -> None:
    recorded, around = Recorded(), modules("fc")
    saved = recorded.box("input", "saved", around, rows=("(5, 4)",))
    recorded.linear(around)
    recorded.arrows.append(Arrow(saved, recorded.boxes[-1].key, style="saved"))
    found = recorded.joined()
    assert (found.boxes[0].title, found.boxes[0].kind, found.boxes[0].rows) == ("input", "saved", ("(5, 4)",))
    assert [arrow.style for arrow in found.arrows] == ["saved"]


def test_a_frame_round_a_single_card_goes_away() -> None:
    recorded = Recorded()
    recorded.function("Exp", (), recorded.linear(modules("heads", "heads.fc")))
    found = recorded.joined()
    assert (found.boxes[0].title, found.boxes[0].modules) == ("heads.fc", ())


def test_a_closed_module_counts_layers_by_their_classes() -> None:
    recorded, key = Recorded(), ""
    for name in ("block.a", "block.b"):
        key = recorded.linear(modules("block", name), *filter(None, [key]))
    recorded.function("Neg", (), recorded.function("Add", modules("block", kind="net.Block"), key))
    assert [box.rows for box in fold(recorded.joined(), 2).boxes] == [("Linear ×2 · Add",), ()]


def test_the_mean_that_makes_a_loss_of_a_result_is_told_by_its_name() -> None:
    recorded = Recorded()
    mean = recorded.function("Mean", (), recorded.function("Mean", (), recorded.function("Exp")))
    recorded.box("output.mean()", "output", (), (mean,))
    found = recorded.joined()
    assert [(box.title, box.kind) for box in found.boxes] == [
        ("Exp", "function"), ("Mean", "function"), ("output.mean()", "output")
    ]  # fmt: skip
    assert wired(found) == {("Exp", "Mean"), ("Mean", "output.mean()")}
