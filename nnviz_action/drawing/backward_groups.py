"""Which boxes of an autograd graph are drawn as one: the functions of a layer, with its parameters."""

import re
from collections.abc import Sequence

from nnviz_action.drawing.backward_names import plain_name
from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.units import MOST_INSIDE
from nnviz_action.graph.values import Module

Modules = tuple[Module, ...]
Group = Modules | str  # the modules that end in a layer, or the key of a box that others become part of
# What only moves data, by the names of its backward functions.
VIEWS = frozenset(
    "View Transpose Permute Expand Squeeze Unsqueeze Slice Select Alias AsStrided Clone Diagonal "  # noqa: SIM905
    "Unfold Movedim Unbind Split SplitWithSizes UnsafeSplit Chunk Cat Stack Repeat Roll Flip ToCopy "
    "Index IndexSelect Gather ConstantPadNd".split()
)
PARAMETRIZED = "parametrizations"  # the name under which torch keeps in a layer what makes its weights from others


def function_name(title: str) -> str:
    """`Addmm` for `AddmmBackward0`."""
    return re.sub(r"Backward\d*\Z", "", plain_name(title)).removeprefix("Native")


def groups(drawing: Drawing) -> dict[str, Group]:
    """What each box becomes part of, by its key.

    A layer is a module in whose modules no function was recorded, torch's own in any case, others unless much
    happens in them. A parameter becomes part of the layer or the function that alone uses it. Parameters of one
    module that are used by the same several are one box, with the key of the first.
    """
    layers, of_weights = _layers(drawing.boxes), _of_weights(drawing)
    outputs = {box.key for box in drawing.boxes if box.kind == "output"}
    found: dict[str, Group] = {}
    gathering: set[str] = set()  # what gathers the gradient of a parameter that several use
    for box in reversed(drawing.boxes):  # those that use a box stand after it
        users = {found[arrow.target] for arrow in drawing.leaving(box.key) if arrow.target in found}
        home = home_of(box)
        if box.kind == "function" and home in layers:
            found[box.key] = home
        elif box.key in of_weights and len(users) == 1 and not users & gathering:
            found[box.key] = users.pop()
        elif function_name(box.title) == "Mean" and [a.target in outputs for a in drawing.leaving(box.key)] == [True]:
            found[box.key] = users.pop()  # `output.mean()` says so
        else:
            found[box.key] = box.key
            gathering.update([box.key] if box.kind == "accumulator" else ())
    return found | _shared(drawing, found, gathering)


def _layers(boxes: Sequence[Box]) -> frozenset[Modules]:
    """The modules that are layers, each with those around it."""
    names: dict[Modules, list[str]] = {}
    for box in boxes:
        if box.kind == "function":
            names.setdefault(home_of(box), []).append(function_name(box.title))
    inner = {home[:depth] for home in names for depth in range(len(home))}
    return frozenset(home for home, inside in names.items() if home and home not in inner and _is_layer(home, inside))


def _is_layer(home: Modules, names: Sequence[str]) -> bool:
    return home[-1].kind.startswith("torch.nn.") or sum(name not in VIEWS for name in names) <= MOST_INSIDE


def home_of(box: Box) -> Modules:
    """The modules around a box. What makes the weight of a layer from other weights belongs to the layer."""
    depth = next((d for d, m in enumerate(box.modules) if PARAMETRIZED in m.path.split(".")), len(box.modules))
    return box.modules[:depth]


def _of_weights(drawing: Drawing) -> frozenset[str]:
    """Parameters, what gathers their gradients, and views of nothing but them."""
    found: set[str] = set()
    for box in drawing.boxes:
        sources = [arrow.source for arrow in drawing.entering(box.key)]
        is_view = box.kind == "function" and function_name(box.title) in VIEWS
        passes = (is_view or box.kind == "accumulator") and sources and found.issuperset(sources)
        if passes or (box.kind == "leaf" and box.numbers.parameters):
            found.add(box.key)
    return frozenset(found)


def _shared(drawing: Drawing, found: dict[str, Group], gathering: set[str]) -> dict[str, Group]:
    """Parameters that several use, and what gathers their gradients."""
    titles = {box.key: box.title for box in drawing.boxes}
    first: dict[tuple[str, frozenset[Group]], str] = {}
    shared: dict[str, Group] = {}
    for box in drawing.boxes:
        if box.key in gathering:
            users = frozenset(found[arrow.target] for arrow in drawing.leaving(box.key))
            for arrow in drawing.entering(box.key):
                owner = titles[arrow.source].rpartition(".")[0]
                key = first.setdefault((owner, users), arrow.source)
                shared |= {arrow.source: key, box.key: key}
    return shared
