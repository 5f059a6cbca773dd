"""Part → what its box says below its name."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod

from nnviz_action.drawing.auxiliary import name_of
from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.stages.calls import module_of
from nnviz_action.drawing.stages.items import Item, copies_of, holds_most, is_layer, is_view
from nnviz_action.drawing.stages.merging import main_layer
from nnviz_action.drawing.stages.names import weight_of
from nnviz_action.drawing.stages.web import ENDS, LIGHT, STAGE, Part
from nnviz_action.graph.numbers import Numbers

MOST_WORDS = 5  # that name what is in a part
LONGEST = 36  # characters of them
_SIZED = re.compile(r"(?<=[a-z])[123]d\Z")
CONTAINERS = ("Sequential", "ModuleList")  # classes that do not say what they do
_SHORT = {"BatchNorm": "BN", "LayerNorm": "LN", "GroupNorm": "GN", "InstanceNorm": "IN"}
_SHORT |= {"batch_norm": "BN", "layer_norm": "LN", "group_norm": "GN"}
LAYER_RANK = 2
_RANKS = {"normalisation": 1, "activation": 1, "pooling": 1}  # what is left out last, but for layers


@dataclass
class _Word:
    """A thing that a part does, how often, and how much it tells."""

    name: str
    detail: str
    rank: int
    count: int = 0

    def text(self, calls: int) -> str:
        """As it is told where a module is called so many times: the layer says it, and all counts are of one call."""
        if calls > 1 and self.rank == LAYER_RANK and self.count == calls:
            return f"{self.name} {calls} calls"
        count = self.count // calls if self.count % calls == 0 else self.count
        return f"{self.name} ×{count}" if count > 1 else " ".join(filter(None, (self.name, self.detail)))


def classes_in_rows(parts: Iterable[Part]) -> frozenset[str]:
    """The classes by which rows of modules go: one that stands alone goes by its class, too."""
    rows = (item for part in parts for item in part.items if item.repeats)
    return frozenset(item.kind for item in rows if item.kind and item.kind not in CONTAINERS)


def subtitle(part: Part, known: frozenset[str] = frozenset()) -> str:
    """What a part does, in order: its classes, what repeats in them, and the functions before and behind them.

    A class that is `known` is told as such, not by what repeats in it.
    """
    if part.rank == ENDS or part.is_step:
        return ""
    paths = module_of(part)
    return _fitting(_words(part, known), len(paths) // len(set(paths)) if paths else 1)


def _words(part: Part, known: frozenset[str]) -> list[_Word]:
    found: dict[str, _Word] = {}
    closed = [item for item in part.items if item.module is not None and item.layers and not item.is_one_layer]
    alone = len({item.module.path for item in closed if item.module}) == 1
    for is_step, run in groupby(part.items, key=_is_step):
        items = list(run)
        named = name_of([box.title for item in items for box in item.boxes], frozenset()) if is_step else ""
        for item in items:
            if item in closed:
                name, count = (_consists_of(item, known), 1) if alone else (item.kind, copies_of(item))
                _count(found, name, "", LAYER_RANK, count)
            else:
                _add_boxes(item, found, named)
    last = part.items[-1]
    if last.module is None and is_view(last.boxes[-1]) and last.boxes[-1].kind != "entry":
        _count(found, last.boxes[-1].subtitle or last.boxes[-1].title, "", 1)
    return list(found.values())


def _is_step(item: Item) -> bool:
    return not item.layers and not item.numbers.parameters


def _count(found: dict[str, _Word], name: str, detail: str, rank: int, count: int = 1) -> None:
    found.setdefault(name, _Word(name, detail, rank)).count += count


def _add_boxes(item: Item, found: dict[str, _Word], named: str) -> None:
    """What the boxes of an item do; functions that together make a mask go by that `named` word."""
    for box in item.boxes[: len(item.boxes) // item.alike]:
        if is_view(box) or box.kind in ("idle", "io"):
            continue
        copies = prod(m.copies for m in box.modules[len(item.around) :])
        if named and box.kind in ("arithmetic", "shape"):
            found.setdefault(named, _Word(named, "", 0, 1))
        else:
            _count(found, _word(box), _size(box), LAYER_RANK if is_layer(box) else _RANKS.get(box.kind, 0), copies)


def _fitting(words: Sequence[_Word], calls: int) -> str:
    """As many as a line has room for: layers before others, the first before the last."""
    left, more = list(words), ""
    if len(_line(left, calls)) > LONGEST:
        left = [replace(word, detail="") for word in left]
    while len(left) > 1 and (len(left) > MOST_WORDS or len(_line(left, calls)) + len(more) > LONGEST):
        least = min(reversed(left), key=lambda word: word.rank)
        if least.rank == LAYER_RANK and len(left) <= MOST_WORDS:
            break
        left.remove(least)
        more = " …"
    return _line(left, calls) + more


def _line(words: Iterable[_Word], calls: int) -> str:
    return " · ".join(word.text(calls) for word in words)


def _counted(items: Iterable[Item], times: int = 1) -> str:
    """The classes of several items, with how many there are of each where all come so many times."""
    counts: Counter[str] = Counter()
    for item in items:
        counts[item.kind] += times * (item.module.copies if item.module else 1)
    return " · ".join(_times(kind, count) for kind, count in list(counts.items())[:MOST_WORDS])


def _times(name: str, count: int) -> str:
    return f"{name} ×{count}" if count > 1 else name


def _consists_of(item: Item, known: frozenset[str]) -> str:
    """`Bottleneck ×3` where children of one class make up most of a module, else its own class."""
    assert item.module is not None
    inner = [child for child in item.children if child.module is not None]
    if item.module.copies > 1 and not item.kind:
        return _counted(inner, item.module.copies)
    if item.module.copies > 1:
        return f"{item.module.short_kind} {item.module.times}".strip()
    if item.kind in known:
        return item.kind
    if item.stack:
        return f"{item.stack[0].kind} ×{sum(child.module.copies for child in item.stack if child.module)}"
    main = next((child for child in inner if child.count > 1 and holds_most([child], item)), None)
    if main is not None and (main.stack or main.repeats or item.kind in CONTAINERS):
        return _consists_of(main, known)
    return item.module.short_kind


def _word(box: Box) -> str:
    name = weight_of(box) or box.subtitle or box.title
    name = re.sub(r"\w+(?=RMSNorm\Z)", "", name)
    short = name if box.kind in ("convolution", "linear") else _SIZED.sub("", name)
    return _SHORT.get(short, short)


def _size(box: Box) -> str:
    """`7×7 /2` of a convolution."""
    said = box.rows[0] if box.rows and box.kind == "convolution" else ""
    kernel, stride = re.match(r"\d+(×\d+)*(?=,)", said), re.search(r"stride (\d+(×\d+)*)", said)
    return " ".join([*([kernel[0]] if kernel else []), *([f"/{stride[1]}"] if stride else [])])


def rows(part: Part, whole: Numbers) -> tuple[str, ...]:
    """The shares of the parameters and of the MACs, a line each."""
    return tuple(_shares(part.numbers, whole)) if part.rank != ENDS else ()


def _shares(numbers: Numbers, whole: Numbers) -> Iterator[str]:
    for what, name in (("parameters", "parameters"), ("macs", "MACs")):
        mine, total = getattr(numbers, what), getattr(whole, what)
        if mine and total:
            yield f"{share(mine / total)} of {name}"


def share(part: float) -> str:
    """As a reader takes it in: `30 %`, `<1 %`."""
    if part < 0.01:
        return "<1 %"
    return f"{100 * part:.0f} %" if part < 0.995 or part >= 1 else ">99 %"


def kind_of(part: Part) -> str:
    """That of the main layer; a module that is closed is one."""
    if part.rank == STAGE:
        return "module"
    if part.rank == LIGHT:
        return next((box for box in part.boxes() if not is_view(box)), next(part.boxes())).kind
    return next(item for item in (main_layer(part), *part.items) if item.layers).layers[0].kind
