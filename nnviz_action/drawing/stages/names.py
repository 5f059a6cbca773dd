"""Part → its name: the author's of what it holds, of several layers all or the first and the last."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TypeVar

from nnviz_action.drawing.auxiliary import is_auxiliary
from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.stages.items import Item, is_view
from nnviz_action.drawing.stages.web import ENDS, LAYER, LIGHT, STAGE, Part, Web
from nnviz_action.graph.values import Module, own_name

LONGEST_NAME = 48  # characters
MOST_NAMES = 3  # of steps that share a box
MOST_JOINED = 24  # characters of two names that stand side by side
_WEIGHT = re.compile(r"(shared )?(?P<name>[\w.]*?[A-Za-z_]\w*?)(\.weight)? \d")  # of a function that uses one
_T = TypeVar("_T")


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
    items = [item for item in part.items if item.layers]
    if part.rank == LIGHT:
        items = [item for item in part.items if item.numbers.parameters]
        if not items:
            return [" · ".join(dict.fromkeys(_steps(part)))]
    if part.rank == STAGE and part.frame and len(items) == 1 and re.search(r"(\A|\.)\d+\Z", items[0].name):
        return [items[0].kind]
    place, around = _place(part, web), own_name(items[0].around) if items[0].around else ""
    places = [place, f"{around} {place}".strip()] if place else []
    return [*places, *(_whole(part, items, web) or _joint([_paths(item) for item in items]))]


def _ends(names: Sequence[str]) -> str:
    """As many names as there is room for, and how many more there are."""
    count = len(names)
    while count > 1 and len(_listed(names, count)) > LONGEST_NAME:
        count -= 1
    return _listed(names, count)


def _listed(names: Sequence[str], count: int) -> str:
    return ", ".join([*names[:count], *([f"{len(names) - count} more"] if count < len(names) else [])])


def _steps(part: Part) -> Iterator[str]:
    """What the functions of a part are, at most so many; what only shows a value in another shape if it is alone."""
    frames = dict.fromkeys(own_name(i.path) for i in part.items if i.module and is_auxiliary(i.module))
    others = [box for item in part.items if not (item.module and is_auxiliary(item.module)) for box in item.boxes]
    telling = [box for box in others if not is_view(box)] or ([] if frames else others)
    words = [*frames, *dict.fromkeys(box.subtitle or box.title for box in telling)]
    yield from words[: MOST_NAMES - (len(words) > MOST_NAMES)]
    if len(words) > MOST_NAMES:
        yield from ("…", words[-1])


def _place(part: Part, web: Web) -> str:
    """Stem and head, where there is a body between them."""
    several = [item for item in part.items if item.layers or any(_counts(box) for box in item.boxes)]
    if part.rank != LAYER or not part.is_bare or len(several) < 2 or not any(p.rank == STAGE for p in web.parts):
        return ""
    if part not in web.behind(web.telling):
        return "stem"
    return "" if {*web.telling}.intersection(web.behind([part])) else "head"


def _counts(box: Box) -> bool:
    """Whether a box, although no layer, is one of several: a normalisation, a pooling."""
    return box.kind == "pooling" or bool(box.subtitle and box.numbers.parameters)


def _whole(part: Part, items: Sequence[Item], web: Web) -> list[str]:
    """The names of the module all of whose layers are in a part, and nothing else."""
    around = items[0].around
    if not around or len(items) < 2 or any(item.around != around for item in items) or around[-1] in part.frame:
        return []
    mine = {box.key for box in part.boxes() if box.numbers.parameters}
    its = {b.key for p in web.parts for b in p.boxes() if b.numbers.parameters and b.modules[: len(around)] == around}
    return _longer(own_name(around), around[-1].path) if mine == its else []


def _joint(names: Sequence[Sequence[str]]) -> list[str]:
    """The names of several: both of two, else the first and the last."""
    distinct = list(dict.fromkeys(tuple(found) for found in names))
    if len(distinct) == 1:
        return list(distinct[0])
    first, last = distinct[0], distinct[-1]
    pairs = list(zip_longest(first, last, fillvalue=""))
    return [_pair(one or first[-1], other or last[-1], len(distinct)) for one, other in pairs]


def _pair(one: str, other: str, count: int) -> str:
    start, end = one.partition(" … ")[0], other.rpartition(" … ")[2]
    if start.rpartition(".")[0] and start.rpartition(".")[0] == end.rpartition(".")[0]:
        return f"{start} … {end.rpartition('.')[2]}"
    both = f"{one} · {other}"
    return both if count == 2 and len(both) <= MOST_JOINED else f"{start} … {_end(start, end)}"


def weight_of(box: Box) -> str:
    """The name of the weight that a function uses; empty for a module, or where it uses none."""
    match = _WEIGHT.match(box.rows[-1]) if box.rows and not box.subtitle and box.numbers.parameters else None
    return match["name"] if match else ""


def _paths(item: Item) -> list[str]:
    """The name of an item, then with more and more of what is around it."""
    weight = weight_of(item.boxes[0]) if item.module is None else ""
    if weight:
        return [weight]
    around = item.around[-1].path if item.around else ""
    path = item.module.path if item.module else f"{around}.{item.name}".strip(".")
    found = _longer(item.name, path)
    return found[1:] if re.match(r"[\d… ]+\Z", item.name) and len(found) > 1 else found
