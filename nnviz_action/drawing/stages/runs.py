"""Modules of one class in a row → one item, where they are alike in what they do and in what they take."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.stages.items import Item, copies_of, is_view

ALIKE = 0.9  # of the work of another module: with so much it does the same
LONGEST = 6  # modules of one class in a row: more of them are one in any case


def grouped(children: Sequence[Item], whole: Drawing, level: int) -> Iterator[Item]:
    """The children with runs of one class as one item: at level 0 those that are long or repeat already, at 1 all
    that give one shape, at 2 all. `whole` is the drawing that their boxes are of."""
    place = 0
    while place < len(children):
        run = _run(children, place, whole, level)
        aside = len(run) > 1 and not _leads_on(run, whole)
        if aside and not _take_the_same(run, whole):
            run = run[:1]
        yield together(run, aside) if len(run) > 1 else run[0]
        place += len(run)


def _run(children: Sequence[Item], place: int, whole: Drawing, level: int) -> Sequence[Item]:
    first = children[place]
    if first.module is None or not first.kind or first.module.aside:
        return [first]
    end = place + 1
    while end < len(children) and _is_like(first, children[end]):
        end += 1
    run = children[place:end]
    same = next((i for i, item in enumerate(run) if _gives(item, whole) != _gives(first, whole)), len(run))
    eager = sum(copies_of(item) for item in run) > LONGEST or any(item.repeats for item in run[:same])
    eager = eager or _cost_alike(run[:same])
    if level == 2 or (level == 0 and eager and same == len(run)):
        return run
    return run[:same] if level == 1 or eager else run[:1]


def _is_like(one: Item, other: Item) -> bool:
    return (
        other.module is not None
        and not other.module.aside
        and one.module is not None
        and one.module.kind == other.module.kind
        and one.is_one_layer == other.is_one_layer
        and _begins(one) == _begins(other)
    )


def _begins(item: Item) -> str:
    """What a module computes of its arguments before all else: one that adds a second to the first is another."""
    first = next((box for box in item.boxes if not is_view(box)), item.boxes[0])
    return first.title if first.kind == "arithmetic" else ""


def _leads_on(run: Sequence[Item], whole: Drawing) -> bool:
    """Whether a way leads from one item to another."""
    number = {box.key: place for place, item in enumerate(run) for box in item.boxes}
    for place, item in enumerate(run[:-1]):
        left = [box.key for box in item.boxes]
        seen = set(left)
        while left:
            for arrow in whole.leaving(left.pop()):
                if number.get(arrow.target, place) != place:
                    return True
                left += [arrow.target] if arrow.target not in seen else []
                seen.add(arrow.target)
    return False


def _take_the_same(run: Sequence[Item], whole: Drawing) -> bool:
    """Whether items side by side are calls of one module, or are given the same values."""
    if _is_one_module(run):
        return True
    taken = []
    for item in run:
        keys = {box.key for box in item.boxes}
        taken.append({a.source for key in keys for a in whole.entering(key)} - keys)
    return all(sources == taken[0] for sources in taken)


def _is_one_module(run: Sequence[Item]) -> bool:
    return len({item.module.path for item in run if item.module}) == 1


def _cost_alike(run: Sequence[Item]) -> bool:
    """Whether modules do the same work, but for a trifle: the first of a T5 has a table that the others lack."""
    work = [item.numbers.macs or item.numbers.parameters for item in run]
    return len(run) > 1 and min(work) > ALIKE * max(work)


def _gives(item: Item, whole: Drawing) -> str:
    arrows = (arrow for box in reversed(item.boxes) for arrow in reversed(whole.leaving(box.key)))
    return next((arrow.value for arrow in arrows if arrow.value), "")


def together(run: Sequence[Item], aside: bool = False) -> Item:
    """One item for several modules of one class, or calls of one. It can be opened where the same is in each."""
    first, last = run[0], run[-1]
    assert first.module is not None
    start, end = first.name.partition(" … ")[0], last.name.rpartition(" … ")[2]
    end = end if " … " in last.name else end.rpartition(".")[2]
    count, shared = sum(copies_of(item) for item in run), _is_one_module(run)
    title = first.name if shared else f"{start} … {end}"
    module = replace(first.module, title=title, copies=count, shared=shared, aside=aside)
    boxes = [box for item in run for box in item.boxes]
    copies = {box.key: number for number, item in enumerate(run) for box in item.boxes}
    inner = next(filter(_are_alike, ([i.children for i in run], [_holding(i) for i in run])), ())
    return Item(first.around, boxes, module, _merged(run, inner) if inner else [], copies, place=first.place)


def _holding(item: Item) -> list[Item]:
    return [child for child in item.children if child.layers]


def _are_alike(inner: Sequence[Sequence[Item]]) -> bool:
    return len({tuple((c.name if c.module else "", c.kind) for c in children) for children in inner}) == 1


def _merged(run: Sequence[Item], inner: Sequence[Sequence[Item]]) -> list[Item]:
    """The children of the first, each with the boxes of those like it in the others; what is light stays with it."""
    merged: list[Item] = []
    for alike in zip(*inner, strict=True):
        boxes = [box for item in alike for box in item.boxes]
        merged.append(Item(alike[0].around, boxes, alike[0].module, alike=len(run), place=alike[0].place))
    known = {box.key for item in merged for box in item.boxes}
    left = ((item, box) for item in run for box in item.boxes if box.key not in known)
    merged += [Item(box.modules, [box], place=item.place) for item, box in left]
    order = {box.key: place for place, box in enumerate(box for item in run for box in item.boxes)}
    return sorted(merged, key=lambda item: order[item.boxes[0].key])
