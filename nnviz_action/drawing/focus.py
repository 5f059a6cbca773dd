"""Drawing → the drawing of one module alone."""

from dataclasses import replace
from difflib import get_close_matches

from nnviz_action.drawing.boxes import Arrow, Box, Drawing


def focus(drawing: Drawing, path: str) -> Drawing:
    """What is in the module of this path; what it receives and gives are boxes of kind `io`. Empty without one."""
    inside = {box.key: _depth(box, path) for box in drawing.boxes}
    titles = {box.key: box.title for box in drawing.boxes}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    before: dict[str, Box] = {}
    after: dict[str, Box] = {}
    for arrow in drawing.arrows:
        if inside[arrow.source] and inside[arrow.target]:
            arrows.append(arrow)
        elif inside[arrow.target]:
            end = before.setdefault(arrow.source, Box(f"from {arrow.source}", f"from {titles[arrow.source]}", "io"))
            arrows.append(replace(arrow, source=end.key))
        elif inside[arrow.source]:
            end = after.setdefault(arrow.source, Box(f"result {arrow.source}", "result", "io"))
            arrows.append(replace(arrow, target=end.key))
    for box in drawing.boxes:
        depth = inside[box.key]
        if depth:
            boxes.append(replace(box, modules=box.modules[depth - 1 :]))
    return Drawing((*before.values(), *boxes, *after.values()), tuple(dict.fromkeys(arrows)))


def why_unfocused(drawing: Drawing, path: str) -> tuple[str, str]:
    """Why there is nothing to show of this path alone, and what to name instead."""
    paths = {m.path for box in drawing.boxes for m in box.modules if m.path}
    layers = {".".join(filter(None, (*(m.path for m in box.modules[-1:]), box.title))) for box in drawing.boxes}
    why = "is a single box: nothing is inside it" if path in layers else "is no module that is drawn"
    near = get_close_matches(path, sorted(paths), 3) or sorted(paths)[:3]
    hint = f"name one with others in it, such as {', '.join(near)}" if near else "no module here has others in it"
    return why, hint


def _depth(box: Box, path: str) -> int:
    """At which place among the box's modules the one of this path stands, from 1; 0 if it does not."""
    return next((i for i, module in enumerate(box.modules, 1) if module.path == path), 0)
