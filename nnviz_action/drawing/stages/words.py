"""Part → what its box says."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import TypeVar

from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.stages.items import Item, holds_most
from nnviz_action.drawing.stages.merging import main_layer
from nnviz_action.drawing.stages.web import ENDS, LAYER, LIGHT, STAGE, Part, Web
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name

LONGEST_NAME = 48  # characters
MOST_WORDS = 4  # that name what is in a part
MOST_NAMES = 3  # of inputs that share a box
_SILENT = ("shape", "arithmetic", "entry", "idle", "io")
_SIZED = re.compile(r"(?<=[a-z])[123]d\Z")
CONTAINERS = ("Sequential", "ModuleList")  # classes that do not say what they do
_SHORT = {"BatchNorm": "BN", "LayerNorm": "LN", "GroupNorm": "GN", "InstanceNorm": "IN"}
_SHORT |= {"batch_norm": "BN", "layer_norm": "LN", "group_norm": "GN"}
_WEIGHT = re.compile(r"(shared )?(?P<name>[\w.]*?[A-Za-z_]\w*?)(\.weight)? \d")  # of a function that uses one
_LONGEST = 36  # characters of a line that tells what layers a part has


def titles(web: Web) -> dict[Part, str]:
    """A name for each part; parts of one name are told apart by the modules around them."""
    return _told_apart({part: _names(part, web) for part in web.parts})


def frame_titles(parts: Iterable[Part]) -> dict[Module, str]:
    """The same for the repeated modules that are open."""
    frames = {module: part.frame[:depth] for part in parts for depth, module in enumerate(part.frame)}
    return _told_apart({m: _longer(own_name((*around, m)), m.path) for m, around in frames.items()})


def _cut(name: str) -> str:
    """A name that a box has room for: its start and its end."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME // 2]}…{name[-LONGEST_NAME // 2 + 1 :]}"


_T = TypeVar("_T")


def _told_apart(named: Mapping[_T, Sequence[str]]) -> dict[_T, str]:
    """The first of each one's names that is nobody else's."""
    depth = dict.fromkeys(named, 0)
    while True:
        shown = {one: names[min(depth[one], len(names) - 1)] for one, names in named.items()}
        twice = {name for name, count in Counter(shown.values()).items() if count > 1}
        more = [one for one, name in shown.items() if name in twice and depth[one] < len(named[one]) - 1]
        if not more:
            return {one: _cut(name) for one, name in shown.items()}
        for one in more:
            depth[one] += 1


def _longer(name: str, path: str) -> list[str]:
    """A name, and behind it the same with more and more of what is around it."""
    start, dots, end = name.partition(" … ")
    pieces, first = path.split("."), start.split(".")
    place = next((i for i in range(len(pieces)) if pieces[i : i + len(first)] == first), 0)
    short = f"{start}{dots}{_end(start, end)}"
    return [".".join([*pieces[depth:place], short]) for depth in range(place, -1, -1)]


def _end(start: str, end: str) -> str:
    """`6e` where `Mixed_6b` is the start and `Mixed_6e` the end."""
    pairs = enumerate(zip(start, end, strict=False))
    shared = next((place for place, (one, other) in pairs if one != other), min(len(start), len(end)))
    cuts = [m.end() for m in re.finditer(r"[_.]|[A-Za-z](?=\d)", end) if m.end() <= shared]
    return end[max(cuts, default=0) :]


def _names(part: Part, web: Web) -> list[str]:
    """From the shortest to the longest that may be wanted."""
    if part.rank == ENDS:
        return [_ends([box.title for box in part.boxes()])]
    if part.rank == LIGHT:
        return [" · ".join(list(dict.fromkeys(item.kind for item in part.items))[:MOST_NAMES])]
    items = [item for item in part.items if item.module is not None and item.layers]
    if part.rank == LAYER:
        modules = [item for item in part.items if item.module or item.boxes[0].subtitle]
        main = main_layer(part)
        weight = _WEIGHT.match(main.boxes[0].rows[-1]) if not modules and main.boxes[0].rows else None
        if weight:
            return _longer(weight["name"], weight["name"])
        place = _place(part, web) if len(modules) > 1 else ""
        return [*([place] if place else []), *_paths(main, main)]
    if part.frame and len(items) == 1 and re.search(r"(\A|\.)\d+\Z", items[0].name):
        return [items[0].kind]
    if any(item.around != items[0].around for item in items):
        main = max(items, key=lambda item: (item.numbers.macs, item.numbers.parameters))
        return _paths(main, main)
    return _paths(items[0], items[-1])


def _ends(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMES + 1} more"] if len(names) > MOST_NAMES else []
    return ", ".join([*names[: MOST_NAMES - bool(more)], *more])


def _place(part: Part, web: Web) -> str:
    """Stem and head, where there is a body between them."""
    if not any(other.rank == STAGE for other in web.parts):
        return ""
    if not any(other.rank in (LAYER, STAGE) for other in web.before[part]):
        return "stem"
    return "head" if not any(other.rank in (LAYER, STAGE) for other in web.after[part]) else ""


def _paths(first: Item, last: Item) -> list[str]:
    """The name of an item, or of several from first to last, then with more and more of what is around it."""
    around = first.around[-1].path if first.around else ""
    path = first.module.path if first.module else f"{around}.{first.name}".strip(".")
    name = first.name
    if last.name != first.name:
        name = f"{name.partition(' … ')[0]} … {last.name.rpartition(' … ')[2].rpartition('.')[2]}"
    found = _longer(name, path)
    return found[1:] if re.match(r"[\d… ]+\Z", name) and len(found) > 1 else found


def subtitle(part: Part) -> str:
    """The class, or what repeats in it; of layers in a row what they are."""
    if part.rank in (ENDS, LIGHT):
        return ""
    if part.rank == STAGE:
        items = [item for item in part.items if item.module is not None and item.layers]
        if len(items) == 1:
            return _consists_of(items[0])
        return _counted(items)
    return _layers(part)


def _counted(items: Iterable[Item], times: int = 1) -> str:
    """The classes of several items, with how many there are of each where all come so many times."""
    counts: Counter[str] = Counter()
    for item in items:
        counts[item.kind] += times * (item.module.copies if item.module else 1)
    return _fitting([_times(kind, count) for kind, count in counts.items()])


def _times(name: str, count: int) -> str:
    return f"{name} ×{count}" if count > 1 else name


def _consists_of(item: Item) -> str:
    """`Bottleneck ×3` where children of one class make up most of a module, else its own class."""
    assert item.module is not None
    call = f", call {item.module.call + 1}" if item.module.call else ""
    if item.module.copies > 1 and not item.kind:
        inner = [child for child in item.children if child.module is not None]
        return _counted(inner, item.module.copies)
    if item.module.copies > 1:
        return f"{item.module.short_kind} {item.module.times}".strip() + call
    if item.stack:
        count = sum(child.module.copies for child in item.stack if child.module)
        return f"{item.stack[0].kind} ×{count}{call}"
    inner = [child for child in item.children if child.module is not None and child.count > 1]
    main = next((child for child in inner if holds_most([child], item)), None)
    if main is not None and (main.stack or main.repeats or item.kind in CONTAINERS):
        return _consists_of(main) + call
    return item.module.short_kind + call


def _layers(part: Part) -> str:
    """`Conv2d 7×7 /2 · BatchNorm · ReLU · MaxPool`: each once, those without weight without their number."""
    counts: dict[str, int] = {}
    details: dict[str, str] = {}
    for box in (box for box in part.boxes() if box.kind not in _SILENT or box.numbers.macs):
        word = _word(box)
        counts[word] = counts.get(word, 0) + prod(m.copies for m in box.modules[len(part.items[0].around) :])
        details.setdefault(word, _size(box))
    words = [
        " ".join(filter(None, (word, f"×{n}" if n > 1 and word in details else details[word])))
        for word, n in counts.items()
    ]
    return _fitting(words) or main_layer(part).kind


def _fitting(words: Sequence[str]) -> str:
    """As many as a line has room for, at least one."""
    for count in range(min(len(words), MOST_WORDS), 1, -1):
        text = " · ".join(words[:count])
        if len(text) <= _LONGEST:
            return text
    return "".join(words[:1])


def _word(box: Box) -> str:
    name = box.subtitle or box.title
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
    return main_layer(part).layers[0].kind if main_layer(part).layers else next(part.boxes()).kind


def labels_of(shapes: Mapping[str, str], part: Part) -> str:
    """What the last of its boxes gives."""
    return next((shapes[box.key] for box in reversed(list(part.boxes())) if box.key in shapes), "")
