"""Drawing → Drawing without frames round a single thing."""

from collections import Counter
from dataclasses import replace

from nnviz_action.drawing.auxiliary import FUNCTIONS, is_auxiliary
from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.followers import shares_card
from nnviz_action.drawing.scopes import CONTAINERS
from nnviz_action.graph.values import TOLD, Module, own_name

LONGEST = 40  # characters of a name of several modules; beyond that their frames stay
Modules = tuple[Module, ...]


def merge_cards(drawing: Drawing) -> Drawing:
    """A module all of which is told on one card becomes that card: convolution, normalisation and activation."""
    crowd = Counter(box.modules[:depth] for box in drawing.boxes for depth in range(1, len(box.modules) + 1))
    single = {modules for modules, count in crowd.items() if count == 1}
    boxes = (_merged(box, single) if shares_card(box) else box for box in drawing.boxes)
    return replace(drawing, boxes=tuple(boxes))


def merge_frames(drawing: Drawing) -> Drawing:
    """A module that holds but one module, or one box, becomes one with it: `encoder.layers`.

    The class is that of the inner one. Two numbers of copies stay apart, as does a number of copies round a box.
    """
    inside: dict[Modules, set[Modules | str]] = {}
    for box in drawing.boxes:
        for depth in range(1, len(box.modules) + 1):
            child = box.modules[: depth + 1] if depth < len(box.modules) else box.key
            inside.setdefault(box.modules[:depth], set()).add(child)
    single = {modules for modules, children in inside.items() if len(children) == 1}
    return replace(drawing, boxes=tuple(_merged(box, single) for box in drawing.boxes))


def _merged(box: Box, single: set[Modules]) -> Box:
    kept: list[Module] = []
    name = ""  # of the frames that went, as far as nothing has taken it yet
    gone: Module | None = None  # what these are together
    for depth, module in enumerate(box.modules, 1):
        own = own_name(box.modules[:depth])
        name = f"{name}.{own}" if gone else own
        module = _together(gone, module, name) if gone else module
        inner = box.modules[depth] if depth < len(box.modules) else None
        child = own_name(box.modules[: depth + 1]) if inner else box.title
        short = len(name) + len(child) < LONGEST
        goes = short and box.modules[:depth] in single and _may_go(module, inner, box)
        gone = module if goes else None
        kept += [] if goes else [module]
    return replace(_named(box, gone, name), modules=tuple(kept)) if len(kept) < len(box.modules) else box


def _may_go(module: Module, inner: Module | None, box: Box) -> bool:
    """Whether nothing is lost with it: control flow and what is told of a module stay."""
    if module.is_frame or TOLD in module.kind:
        return False
    if inner is not None:
        return not inner.is_frame and not is_auxiliary(inner) and 1 in (module.copies, inner.copies)
    return module.copies == 1 and bool(box.subtitle or shares_card(box))


def _together(outer: Module, inner: Module, name: str) -> Module:
    """One for both: the class of the inner one, unless that is a mere list that comes once."""
    kind = outer.kind if inner.kind.startswith(CONTAINERS) and inner.copies == 1 else inner.kind
    many = outer if outer.copies > 1 else inner
    return replace(inner, kind=kind, title=name, copies=many.copies, shared=many.shared, aside=many.aside)


def _named(box: Box, gone: Module | None, name: str) -> Box:
    """A box that took the place of a frame. Layers that share a card, and index arithmetic, go by its name alone."""
    if gone is None:
        return box
    if shares_card(box):
        return replace(
            box, title=name, subtitle=box.subtitle if gone.kind.startswith(CONTAINERS) else gone.short_kind
        )
    if box.subtitle.endswith(FUNCTIONS):
        return replace(box, title=name, subtitle=gone.short_kind, rows=(box.title,))
    return replace(box, title=f"{name}.{box.title}")
