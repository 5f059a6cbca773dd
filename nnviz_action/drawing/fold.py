"""Drawing → Drawing with no more boxes than a budget: modules are closed until the rest can be read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import prod

from nnviz_action.drawing.boxes import LOUD, Arrow, Box, Drawing
from nnviz_action.drawing.closed import Examples, contents_of
from nnviz_action.drawing.followers import join_followers
from nnviz_action.drawing.frames import merge_cards, merge_frames
from nnviz_action.drawing.openings import EVERYTHING, Opening, Plan, decide, is_poor, told
from nnviz_action.drawing.scopes import WIDEST, Scope, tree
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name

__all__ = ["BUDGET", "EVERYTHING", "Opening", "fold", "join_arrows", "open_single"]
BUDGET = 60
MOST_LABELS = 3  # values that one arrow between two closed modules names


def fold(drawing: Drawing, budget: int = BUDGET, opening: Opening = EVERYTHING, widest: int = WIDEST) -> Drawing:
    """Open modules by class, those first in which most of the model is, while no more than `budget` boxes show.

    Where a module has more than twice `widest` children, inputs and outputs aside, they are put into so many groups.
    Modules that stay closed are one box each; one whose like is open says so. Where not all boxes fit, normalisation
    and activation behind a layer go into its card.
    """
    drawing = _with_shared_cards(drawing) if len(drawing.boxes) > budget else drawing
    plan = plan_of(drawing, budget, opening, widest)
    examples = Examples(drawing, plan.open_scopes())
    shown: dict[str, Box] = {}
    for item in plan.shown():
        if isinstance(item, Box):
            shown[item.key] = item
        else:
            closed = _closed(item, examples)
            shown |= {box.key: closed for box in item.boxes()}
    boxes = {shown[box.key].key: shown[box.key] for box in drawing.boxes}
    return merge_frames(Drawing(tuple(boxes.values()), tuple(join_arrows(drawing.arrows, shown))))


def plan_of(drawing: Drawing, budget: int = BUDGET, opening: Opening = EVERYTHING, widest: int = WIDEST) -> Plan:
    """What is open: in fewer groups where what matters most is too wide to be opened at once."""
    plans = (decide(tree(drawing, most), budget, opening) for most in (widest, max(2, widest // 3)))
    plan = next(plans)
    return max((plan, *plans), key=told) if is_poor(plan) else plan


def _with_shared_cards(drawing: Drawing) -> Drawing:
    """Layers and what follows them on one card, from the inside out: a module that is one card may follow, too."""
    while True:
        joined = merge_cards(join_followers(drawing))
        if len(joined.boxes) == len(drawing.boxes):
            return joined
        drawing = joined


def _closed(scope: Scope, examples: Examples) -> Box:
    assert scope.module is not None
    inside = list(scope.boxes())
    changed = any(box.kind in LOUD for box in inside)
    like = "" if changed else examples.like(scope)
    row = "" if scope.is_glue or scope.is_row else like or " · ".join(contents_of(scope))
    return Box(
        key=f"m {scope.module.path} {inside[0].key}",
        title=own_name((*scope.parents, scope.module)),
        kind="changed" if changed else "module",
        subtitle=" ".join(filter(None, (scope.module.short_kind, scope.module.times))),
        rows=(row,) if row else (),
        modules=scope.parents,
        numbers=sum((box.numbers for box in inside), Numbers()),
        shares=_shares(inside, prod(m.copies for m in (*scope.parents, scope.module))),
    )


def _shares(boxes: list[Box], copies: int) -> int:
    """The copies of a module, where each has parameters of its own."""
    return copies if all(box.shares % copies == 0 for box in boxes if box.numbers.parameters) else 1


def join_arrows(arrows: Iterable[Arrow], shown: Mapping[str, Box]) -> Iterator[Arrow]:
    """The arrows between the boxes that are shown for others, those of a kind between the same two as one."""
    labels: dict[tuple[str, str, str], list[str]] = {}
    for arrow in arrows:
        source, target = shown[arrow.source].key, shown[arrow.target].key
        if source != target:
            found = labels.setdefault((source, target, arrow.style), [])
            found += [arrow.label] if arrow.label and arrow.label not in found else []
    for (source, target, style), names in labels.items():
        more = [f"… {len(names) - MOST_LABELS} more"] if len(names) > MOST_LABELS else []
        yield replace(Arrow(source, target), label="\n".join([*names[:MOST_LABELS], *more]), style=style)


def open_single(drawing: Drawing) -> Drawing:
    """Modules that hold but one box become part of it: a frame around a single thing says nothing."""
    crowd = Counter(box.modules[:depth] for box in drawing.boxes for depth in range(1, len(box.modules) + 1))
    return replace(drawing, boxes=tuple(_without_frames(box, crowd) for box in drawing.boxes))


def _without_frames(box: Box, crowd: Counter[tuple[Module, ...]]) -> Box:
    depth = next((d for d in range(1, len(box.modules) + 1) if crowd[box.modules[:d]] == 1), 0)
    if not depth or box.subtitle:
        return box
    name = ".".join(own_name(box.modules[: d + 1]) for d in range(depth - 1, len(box.modules)))
    return replace(box, subtitle=name, modules=box.modules[: depth - 1])
