"""The models of a folder on one page: what GitHub shows of that folder."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from nnviz_action.graph.number_text import short, short_bytes, short_macs
from nnviz_action.render.visible_text import visible
from nnviz_action.report.markdown import shown, span

MARKER = "<!-- Written by nnviz-action generate, and overwritten by it. A file without this line is left alone. -->"
MOST_PICTURES = 300  # a page with more is for nobody, and GitHub cuts one at 500 kB
WIDTH = 420  # pixels of a picture: the narrowest ones are about as wide; an overview fits the page as it is
_TITLE = "Diagrams"
_NUMBERS: dict[str, tuple[str, Callable[[int], str]]] = {
    "parameters": ("parameters", short),
    "macs": ("MACs", short_macs),
    "activations": ("activations", short_bytes),
    "nodes": ("nodes", str),
}


@dataclass(frozen=True)
class GalleryModel:
    """A model as its lock has it; `origin` is what the config says it is made from, `files` lie in its folder."""

    name: str
    origin: str
    numbers: Mapping[str, int]
    files: tuple[str, ...]


def gallery(models: Sequence[GalleryModel]) -> str:
    """The page: a table of all models by name, then each with its picture."""
    models = sorted(models, key=lambda model: (_natural(model.name), model.name))
    targets = dict(zip((model.name for model in models), _targets(models), strict=True))
    lines = [MARKER, f"# {_TITLE}", "", *_table(models, targets)]
    if len(models) <= MOST_PICTURES:
        lines += [line for model in models for line in _section(model)]
    return "\n".join(lines) + "\n"


def _natural(name: str) -> list[str | int]:
    """For an order in which `resnet18` comes before `resnet101`."""
    return [int(part) if index % 2 else part for index, part in enumerate(re.split(r"([0-9]+)", name.casefold()))]


def _targets(models: Sequence[GalleryModel]) -> Iterator[str]:
    """What the table links to: the sections, or without sections the folders."""
    if len(models) > MOST_PICTURES:
        yield from (f"{quote(model.name)}/" for model in models)
        return
    used = {_TITLE.lower()}
    for model in models:
        yield f"#{quote(_slug(model.name, used))}"


def _slug(name: str, used: set[str]) -> str:
    """The anchor that GitHub gives to a heading: a second one of the same letters is numbered."""
    plain = re.sub(r"[^\w-]", "", name.lower())
    found, count = plain, 0
    while found in used:
        count += 1
        found = f"{plain}-{count}"
    used.add(found)
    return found


def _table(models: Sequence[GalleryModel], targets: Mapping[str, str]) -> Iterator[str]:
    yield f"| model | made from | {' | '.join(name for name, _ in _NUMBERS.values())} |"
    yield f"|---|---|{'--:|' * len(_NUMBERS)}"
    for model in models:
        origin = _origin(model).replace("|", "\\|")  # a table splits code spans too
        numbers = (text(model.numbers[key]) if key in model.numbers else "" for key, (_, text) in _NUMBERS.items())
        yield f"| [{shown(model.name)}]({targets[model.name]}) | {origin} | {' | '.join(numbers)} |"


def _origin(model: GalleryModel) -> str:
    return span(visible(model.origin).strip()) if model.origin else ""


def _section(model: GalleryModel) -> Iterator[str]:
    yield from ("", f"## {shown(model.name)}", "")
    yield " · ".join(filter(None, (_origin(model), *_facts(model.numbers))))
    links = [name for name in model.files if _light(name) == name or _light(name) not in model.files]
    yield from ("", " · ".join(f"[{shown(name)}]({_address(model, name)})" for name in _in_order(links)))
    yield from ("", _picture(model))


def _facts(numbers: Mapping[str, int]) -> Iterator[str]:
    if "parameters" in numbers:
        yield f"{short(numbers['parameters'])} parameters"
    if "macs" in numbers:
        yield short_macs(numbers["macs"])
    if "activations" in numbers:
        yield f"activations {short_bytes(numbers['activations'])}"
    if "nodes" in numbers:
        yield f"{numbers['nodes']} nodes"


def _in_order(names: Sequence[str]) -> list[str]:
    """The overview first, then the whole and its parts, then what autograd records, then words and graphs."""
    firsts = ("overview", "forward", "autograd", "netron", "summary", "graph", "model")
    return sorted(names, key=lambda name: (firsts.index(name.partition(".")[0].removesuffix("-dark")), name))


def _light(name: str) -> str:
    """The same picture in light colours."""
    return re.sub(r"-dark(?=\.(png|svg)\Z)", "", name)


def _address(model: GalleryModel, name: str) -> str:
    return quote(f"{model.name}/{name}")


def _picture(model: GalleryModel) -> str:
    """The overview, or where there is none the forward or the autograd graph, in the theme of the reader."""
    for view in ("overview", "forward", "autograd"):
        found = {theme: _one(model, f"{view}{theme}") for theme in ("", "-dark")}
        light, dark = found[""] or found["-dark"], found["-dark"]
        if light:
            what, size = (view, "") if view == "overview" else (f"{view} graph", f' width="{WIDTH}"')
            image = f'<img src="{_address(model, light)}" alt="{what} of {model.name}"{size}>'
            source = f'<source media="(prefers-color-scheme: dark)" srcset="{_address(model, dark or light)}">'
            both = f"<picture>{source}{image}</picture>" if dark and dark != light else image
            return f'<a href="{_address(model, light)}">{both}</a>'
    return ""


def _one(model: GalleryModel, stem: str) -> str:
    return next((name for name in (f"{stem}.png", f"{stem}.svg") if name in model.files), "")
