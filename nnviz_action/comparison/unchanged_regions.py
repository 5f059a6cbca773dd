"""Drawing of changes → the same with all that did not change folded away, but for what is next to a change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nnviz_action.drawing.boxes import LOUD, Box, Drawing
from nnviz_action.drawing.fold import join_arrows
from nnviz_action.graph.values import TOLD, Module, own_name

Modules = tuple[Module, ...]
_KEPT = ("io", "entry")


@dataclass
class _Item:
    """A box, or a whole module of boxes, directly in a module that something happened in."""

    scope: Modules
    boxes: list[Box] = field(default_factory=list)
    name: str = ""
    is_module: bool = False
    is_near: bool = False


def fold_unchanged(drawing: Drawing) -> Drawing:
    """Close modules in which nothing happened; join those in a row that touch no change."""
    near, loud = _near(drawing), _loud_scopes(drawing)
    items = list(_items(drawing, loud, near))
    shown: dict[str, Box] = {}
    for group in _groups(items):
        box = _box(group)
        shown |= {member.key: box or _grey(member) for item in group for member in item.boxes}
    boxes = tuple(dict.fromkeys(shown[box.key] for box in drawing.boxes))
    return Drawing(boxes, tuple(join_arrows(drawing.arrows, shown)))


def _near(drawing: Drawing) -> set[str]:
    """Boxes with a change, and those that an arrow leads to or from there."""
    loud = {box.key for box in drawing.boxes if box.kind in LOUD}
    near = set(loud)
    for arrow in drawing.arrows:
        if arrow.style in LOUD or loud & {arrow.source, arrow.target}:
            near |= {arrow.source, arrow.target}
    return near


def _loud_scopes(drawing: Drawing) -> set[Modules]:
    """The modules that something happened in, or to."""
    scopes: set[Modules] = {()}
    for box in drawing.boxes:
        told = max((i for i, m in enumerate(box.modules, 1) if TOLD in m.kind), default=0)
        depth = len(box.modules) if box.kind in LOUD else told
        scopes |= {box.modules[:d] for d in range(1, depth + 1)}
    return scopes


def _items(drawing: Drawing, loud: set[Modules], near: set[str]) -> Iterator[_Item]:
    """Each once, in the order of their first boxes."""
    modules: dict[Modules, _Item] = {}
    for box in drawing.boxes:
        depth = next((d for d in range(1, len(box.modules) + 1) if box.modules[:d] not in loud), None)
        if depth is None:
            yield _Item(box.modules, [box], box.title, is_near=box.key in near or box.kind in _KEPT)
            continue
        scope = box.modules[:depth]
        if scope not in modules:
            modules[scope] = _Item(scope[:-1], [], own_name(scope), is_module=True)
            yield modules[scope]
        modules[scope].boxes.append(box)
        modules[scope].is_near |= box.key in near


def _groups(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Items of one module that follow each other, far from any change, go together; others alone."""
    row: list[_Item] = []
    for item in items:
        if row and (item.is_near or row[-1].is_near or item.scope != row[-1].scope):
            yield row
            row = []
        row.append(item)
    if row:
        yield row


def _box(group: list[_Item]) -> Box | None:
    """The one box of a group; None where its only member stays as it is."""
    first, last = group[0], group[-1]
    if len(group) == 1 and not first.is_module:
        return None
    key = f"quiet {first.boxes[0].key}"
    if len(group) > 1:
        return Box(key, f"{first.name} … {last.name}", "quiet", modules=first.scope)
    module = first.boxes[0].modules[len(first.scope)]
    kind = " ".join(filter(None, (module.short_kind, module.times)))
    return Box(key, first.name, "quiet", kind, ("unchanged",), first.scope)


def _grey(box: Box) -> Box:
    return box if box.kind in (*LOUD, *_KEPT) else replace(box, kind="quiet", rows=box.rows[:1])
