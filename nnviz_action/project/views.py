"""The views of a model, drawn from what its capture left in a folder."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TypeVar

from nnviz_action.capture.worker import Left
from nnviz_action.comparison.backward import backward_counts
from nnviz_action.config import ModelSpec
from nnviz_action.drawing import boxes as drawings
from nnviz_action.drawing import forward
from nnviz_action.drawing.backward_layers import shown
from nnviz_action.drawing.backward_names import digest_of
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.focus import focus, why_unfocused
from nnviz_action.drawing.fold import Opening
from nnviz_action.drawing.overview import MOST
from nnviz_action.errors import ModelError
from nnviz_action.freshness import lock
from nnviz_action.freshness.hashes import AUTOGRAD
from nnviz_action.freshness.outputs import GRAPH, MODEL, SUMMARY, focus_name, graph_files, themes
from nnviz_action.graph import digest as digests
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.graph.numbers import Kept, count
from nnviz_action.graph.onnx_file import parse_graph
from nnviz_action.graph.values import Graph
from nnviz_action.render import netron
from nnviz_action.render.headline import backward_line, headline, weight_line
from nnviz_action.render.overview import draw_overview
from nnviz_action.render.picture import draw_sheet, paint
from nnviz_action.render.review import flaws
from nnviz_action.render.shades import WORDS, Cost, cost_of
from nnviz_action.render.sheet import Heading
from nnviz_action.report.summary import summary
from nnviz_action.system.temporary import Temporary

T = TypeVar("T")


@dataclass(frozen=True)
class View:
    """One view of a model: its digest and files, what was counted in the forward graph (`numbers`) or in that of
    autograd (`backward`), what is to be said."""

    digest: str
    files: Mapping[str, bytes]
    numbers: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    backward: Mapping[str, int] = field(default_factory=dict)


def by_netron(spec: ModelSpec) -> bool:
    """Whether Netron draws a picture as well."""
    return "forward" in spec.graphs and spec.picture.get("render") == "netron"


def draw_view(
    view: str, spec: ModelSpec, left: Left, pictures: bool, failed: Mapping[str, str], notes: Sequence[str]
) -> View:
    """The pictures of a graph, `forward` or `autograd`; without `pictures` its digest and graph files alone.

    `failed` says why a part of the diagram could not be made: `graph`, `onnx` or `autograd`; `notes` are what readers
    should know of the author's calls. Raises `ModelError`.
    """
    return _forward(spec, left, pictures, failed, notes) if view == "forward" else _autograd(spec, left, pictures)


def spoilt(spec: ModelSpec) -> ModelError:
    """What the capture left is not what it wrote."""
    hint = "something in it writes to files or file descriptors that it did not open"
    return ModelError(f"the model's code spoilt what was captured of it\n    {spec.place}: {spec.name}", hint=hint)


def _read(left: Left, name: str, spec: ModelSpec, read: Callable[[bytes], T]) -> T:
    """What the capture left there; the model's code could reach it too."""
    try:
        return read(left.read(name))
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise spoilt(spec) from None


def _forward(spec: ModelSpec, left: Left, pictures: bool, failed: Mapping[str, str], notes: Sequence[str]) -> View:
    names = graph_files(spec.onnx is not None, spec.export, failed)
    files = {name: _read(left, name, spec, bytes) for name in names}
    calls = parse_graph_file(files[GRAPH], GRAPH) if GRAPH in files else None
    exported = parse_graph(files[MODEL], MODEL) if MODEL in files else None
    graph = calls or exported
    if graph is None:
        raise spoilt(spec)
    has_autograd = "autograd" in spec.views and "autograd" not in failed
    kept = _read(left, AUTOGRAD, spec, _kept) if has_autograd else Kept()
    drawing = forward.draw(graph, spec.picture["detail"], kept.saved)
    modules = drawing if spec.picture["detail"] == "modules" else forward.draw(graph, saved=kept.saved)
    digest, numbers = digests.digest(graph), count(graph, exported or graph, modules.numbers.activations)
    numbers |= kept.numbers()
    if not pictures:
        return View(digest, files, numbers)
    heading = Heading(spec.name, headline(graph, numbers, spec.mode["forward"] if spec.model else ""))
    cost = cost_of(drawing, spec.picture.get("color", "kind"))
    views = [_overview(spec, modules, graph, numbers, digest)] if "overview" in spec.views else []
    if "forward" in spec.views:
        views.append(_pictures(spec, "forward", drawing, heading, digest, cost))
        views += [_focused(spec, module, drawing, digest, cost) for module in spec.picture["focus"]]
    texts = files | {SUMMARY: summary(spec.name, graph, modules, numbers, failed, notes).encode()}
    if by_netron(spec) and MODEL in files:
        texts |= netron_pictures(spec, files[MODEL])
    return View(
        digest,
        {**texts, **{name: data for view in views for name, data in view.files.items()}},
        numbers,
        (*_colorless(spec, cost), *(note for view in views for note in view.notes)),
        tuple(flaw for view in views for flaw in view.flaws),
    )


def netron_pictures(spec: ModelSpec, model: bytes) -> dict[str, bytes]:
    """By file name; each tells the ONNX file that it was drawn from. Raises `ModelError`, `MissingError`."""
    source = sha256(model).hexdigest()
    with Temporary() as folder:
        (folder / MODEL).write_bytes(model)
        drawn = netron.export(folder / MODEL, spec.picture["formats"], spec.timeout)
    return {f"netron.{form}": netron.marked(form, data, source) for form, data in drawn.items()}


def _colorless(spec: ModelSpec, cost: Cost | None) -> Iterator[str]:
    color = spec.picture.get("color", "kind")
    if color in WORDS and cost is None:
        yield f"color: no {WORDS[color]} are known of this model, so boxes have the colours of their kinds"


def _kept(text: bytes) -> Kept:
    data = json.loads(text)["kept"]
    if data is None:
        return Kept()
    kept = Kept(data["saved"], data["gradients"])
    if not all(
        type(number) is int and 0 <= number < lock.LARGEST for number in (*kept.saved.values(), kept.gradients)
    ):
        raise ValueError("a number of bytes is none")
    return kept


def _overview(spec: ModelSpec, drawing: Drawing, graph: Graph, numbers: Mapping[str, int], digest: str) -> View:
    """The stages of the model; what the config says of other pictures' modules and boxes has no part in it."""
    heading = Heading(spec.name, (weight_line(graph, numbers),))
    color, direction = spec.picture.get("color", "kind"), spec.picture.get("direction")
    drawn = draw_overview(drawing, heading, direction, cost_of(drawing, color))
    files = paint(drawn, "overview", digest, themes(spec.picture["theme"]), spec.picture["formats"])
    return View(digest, files, flaws=tuple(f"overview: {flaw}" for flaw in flaws(drawn.sheet, MOST)))


def _focused(spec: ModelSpec, module: str, drawing: Drawing, digest: str, cost: Cost | None) -> View:
    """The picture of one module alone; its colours tell shares of the whole model."""
    part = focus(drawing, module)
    if not part.boxes:
        why, hint = why_unfocused(drawing, module)
        raise ModelError(f"focus: {module!r} {why}\n    {spec.place}: {spec.name}", hint=hint)
    return _pictures(spec, focus_name(module), part, Heading(module, (f"{module} of {spec.name}",)), digest, cost)


def _autograd(spec: ModelSpec, left: Left, pictures: bool) -> View:
    recorded = _read(left, AUTOGRAD, spec, _recorded)
    digest, counts = digest_of(recorded), backward_counts(recorded)
    if not pictures:
        return View(digest, {}, backward=counts)
    drawn = shown(recorded, spec.autograd["show_saved"] or spec.autograd["show_attrs"])
    heading = Heading(spec.name, (backward_line(recorded, spec.mode["autograd"]),))
    return replace(_pictures(spec, "autograd", drawn, heading, digest), backward=counts)


def _recorded(text: bytes) -> Drawing:
    return drawings.from_json(json.loads(text)["drawing"])


def _pictures(
    spec: ModelSpec, name: str, drawing: Drawing, heading: Heading, digest: str, cost: Cost | None = None
) -> View:
    """One drawing in all themes and formats, and what is to be said of it."""
    wanted = spec.picture
    opening = Opening(wanted["depth"], tuple(wanted["expand"]), tuple(wanted["collapse"]))
    drawn = draw_sheet(drawing, heading, wanted["max_nodes"], opening, wanted.get("direction"), cost)
    files = paint(drawn, name, digest, themes(wanted["theme"]), wanted["formats"])
    found = flaws(drawn.sheet, wanted["max_nodes"], labelled=name != "autograd")
    # A pattern need not match in what autograd sees of a model, or in a part of it.
    notes = tuple(f"{name}: {note}" for note in drawn.notes if name == "forward")
    return View(digest, files, notes=notes, flaws=tuple(f"{name}: {flaw}" for flaw in found))
