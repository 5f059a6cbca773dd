"""One model's diagram, made: captured in a process of its own, drawn while the capture goes on."""

import json
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from nnviz_action import drawing as drawings
from nnviz_action import graph as graphs
from nnviz_action.clock import Clock
from nnviz_action.commands.witness import marks_before, marks_seen, refuse_changed
from nnviz_action.config import Config, ModelSpec
from nnviz_action.drawing import Drawing
from nnviz_action.errors import ModelError
from nnviz_action.facts import extra_sources, hash_sources, relative
from nnviz_action.focus import focus
from nnviz_action.fold import Opening, open_single
from nnviz_action.graph import Graph
from nnviz_action.lock import Lock
from nnviz_action.onnx_file import read_graph
from nnviz_action.outputs import MODEL, SUMMARY, focus_name, themes
from nnviz_action.render import engine, forward, netron
from nnviz_action.render.numbers import short, short_bytes, short_macs
from nnviz_action.render.picture import LATE, draw_sheet, paint
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading
from nnviz_action.report.summary import summary
from nnviz_action.sizes import elements as tensor_elements
from nnviz_action.sources import Hasher, written_hash
from nnviz_action.stats import total_macs
from nnviz_action.worker import Workers

CAPTURE = "capture"
T = TypeVar("T")
MOST_VALUES = 4  # inputs or outputs that the heading of a picture names


@dataclass(frozen=True)
class View:
    """One view of a model: its digest and files, for the forward graph what was counted in it, what is to be said."""

    digest: str
    files: Mapping[str, bytes]
    numbers: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagram:
    """All files of a model and the lock that goes with them."""

    files: Mapping[str, bytes]
    lock: Lock
    notes: tuple[str, ...]
    seconds: Mapping[str, float]  # by stage
    flaws: tuple[str, ...]  # of the pictures: see `render.review`


Draw = Callable[[ModelSpec, Path, bool], View]


def _nobody(_: str) -> None:
    """Nobody listens."""


def make_diagram(
    workers: Workers,
    spec: ModelSpec,
    config: Config,
    hasher: Hasher,
    pictures: bool = True,
    on_stage: Callable[[str], None] = _nobody,
) -> Diagram:
    """Capture and draw; `on_stage` hears how far it is, of `CAPTURE` first. Raises `ModelError`.

    Without `pictures` there is no file but the ONNX one.
    """
    if pictures and _by_netron(spec):
        netron.require()
    before = marks_before(spec, config)
    with tempfile.TemporaryDirectory(prefix="nnviz-") as name, ThreadPoolExecutor(2) as pool:
        out = Path(name)
        views: dict[str, Future[View]] = {}
        clock = Clock()

        def on_view(view: str) -> None:
            if view not in spec.views or view in views:
                return  # not by us: the model's code may reach the pipe
            on_stage(f"draw {view}" if pictures else f"{view} captured")
            draw = {"forward": _forward, "autograd": _autograd}[view]
            views[view] = pool.submit(_timed, view, draw, spec, out, pictures, clock)

        captured = workers.capture(spec, config, out, lambda: on_stage(CAPTURE), on_view)
        if views.keys() != set(spec.views):
            raise _spoilt(spec)
        done = {view: future.result() for view, future in views.items()}
        seen = marks_seen(before, out)
    files = {name: data for view in spec.views for name, data in done[view].files.items()}
    sources = {
        *captured.sources,
        *(config.folder / p for p in extra_sources(config.folder, spec.sources, config.root)),
    }
    lock = Lock(
        model=spec.name,
        config=relative(config.path, spec.folder),
        written=spec.written,
        entry=spec.entry(),
        digests={view: done[view].digest for view in spec.views},
        outputs={name: written_hash(name, data) for name, data in files.items()},
        sources=hash_sources(sources, config.folder, hasher.anew()),
        packages=dict(captured.packages),
        toolchain={**captured.toolchain, **(_painters(spec) if pictures else {})},
        weights=dict(captured.weights),
        opaque=captured.opaque,
        numbers={k: v for view in done.values() for k, v in view.numbers.items()},
    )
    refuse_changed(spec, seen, sources)
    said = (note for view in done.values() for note in view.notes)
    flawed = tuple(flaw for view in done.values() for flaw in view.flaws)
    seconds = {**captured.seconds, **clock.seconds}
    return Diagram(files, lock, (*captured.notes, *_notes(lock, spec), *said), seconds, flawed)


def _timed(view: str, draw: Draw, spec: ModelSpec, out: Path, pictures: bool, clock: Clock) -> View:
    with clock.stage(f"draw {view}"):
        return draw(spec, out, pictures)


def _by_netron(spec: ModelSpec) -> bool:
    return "forward" in spec.views and spec.picture.get("render") == "netron"


def _painters(spec: ModelSpec) -> dict[str, str]:
    """The versions of what places and paints."""
    return {**engine.versions(), **(netron.versions() if _by_netron(spec) else {})}


def _notes(lock: Lock, spec: ModelSpec) -> list[str]:
    """What the reader should know about how this was made."""
    notes = []
    if lock.opaque:
        notes.append(f"drawn with opaque operators, which ONNX lacks: {', '.join(lock.opaque)}")
    real = [view for view, way in lock.weights.items() if way == "real"]
    if real and spec.fake != "never" and spec.weights != "keep":
        notes.append(f"needed real weights for the {' and '.join(real)} graph")
    opset = lock.numbers.get("opset", spec.opset)
    if spec.model and opset != spec.opset:
        notes.append(f"the exporter could not give opset {spec.opset}: this is opset {opset}")
    missing = lock.numbers.get("values", 0) - lock.numbers.get("shaped", 0)
    if missing:
        cure = "; an older opset may know more" if spec.model else ""
        notes.append(f"{missing} values without a full shape{cure}")
    return notes


def _spoilt(spec: ModelSpec) -> ModelError:
    hint = "something in it writes to files or file descriptors that it did not open"
    return ModelError(f"the model's code spoilt what was captured of it\n    {spec.place}: {spec.name}", hint=hint)


def _read(read: Callable[[Path], T], path: Path, spec: ModelSpec) -> T:
    """What the capture left there; the model's code could reach it too."""
    try:
        return read(path)
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        raise _spoilt(spec) from None


def _forward(spec: ModelSpec, out: Path, pictures: bool) -> View:
    path = out / MODEL
    graph = _read(read_graph, path, spec)
    drawing = forward.draw(graph, spec.picture["detail"])
    modules = drawing if spec.picture["detail"] == "modules" else forward.draw(graph)
    digest, numbers = graphs.digest(graph), count(graph, modules)
    if not pictures:
        return View(digest, {MODEL: path.read_bytes()}, numbers)
    heading = Heading(spec.name, headline(graph, numbers, spec.mode["forward"] if spec.model else ""))
    views = [_pictures(spec, "forward", drawing, heading, digest)]
    views += [_focused(spec, module, drawing, digest) for module in spec.picture["focus"]]
    texts = {MODEL: path.read_bytes(), SUMMARY: summary(spec.name, graph, modules, numbers).encode()}
    if _by_netron(spec):
        drawn = netron.export(path, spec.picture["formats"], spec.timeout)
        texts |= {f"netron.{form}": data for form, data in drawn.items()}
    return View(
        digest,
        {**texts, **{name: data for view in views for name, data in view.files.items()}},
        numbers,
        tuple(note for view in views for note in view.notes),
        tuple(flaw for view in views for flaw in view.flaws),
    )


def _focused(spec: ModelSpec, module: str, drawing: Drawing, digest: str) -> View:
    """The picture of one module alone."""
    part = focus(drawing, module)
    if not part.boxes:
        paths = {m.path for box in drawing.boxes for m in box.modules}
        near = get_close_matches(module, paths, 3)
        hint = f"it needs one with others in it, such as {', '.join(near or sorted(paths)[:3]) or 'none here'}"
        raise ModelError(f"focus: {module!r} is a layer, or no module at all", hint=hint)
    return _pictures(spec, focus_name(module), part, Heading(module, (f"{module} of {spec.name}",)), digest)


def _autograd(spec: ModelSpec, out: Path, pictures: bool) -> View:
    drawn = open_single(_read(_recorded, out / "autograd.json", spec))
    digest = drawings.digest(drawn)
    if not pictures:
        return View(digest, {})
    functions = sum(box.kind == "function" for box in drawn.boxes)
    heading = Heading(spec.name, (f"autograd · {functions} backward functions · {spec.mode['autograd']}",))
    return _pictures(spec, "autograd", drawn, heading, digest)


def _recorded(path: Path) -> Drawing:
    return drawings.from_json(json.loads(path.read_text(encoding="utf-8")))


def _pictures(spec: ModelSpec, name: str, drawing: Drawing, heading: Heading, digest: str) -> View:
    """One drawing in all themes and formats, and what is to be said of it."""
    wanted = spec.picture
    opening = Opening(wanted["depth"], tuple(wanted["expand"]), tuple(wanted["collapse"]))
    drawn = draw_sheet(drawing, heading, wanted["max_nodes"], opening)
    files = paint(drawn.sheet, name, digest, themes(wanted["theme"]), wanted["formats"])
    found = flaws(drawn.sheet, wanted["max_nodes"], labelled=name != "autograd")
    # A pattern need not match in a part of the model, or in what autograd sees of it.
    notes = tuple(f"{name}: {note}" for note in drawn.notes if name == "forward" or note == LATE)
    return View(digest, files, notes=notes, flaws=tuple(f"{name}: {flaw}" for flaw in found))


def headline(graph: Graph, numbers: Mapping[str, int], mode: str) -> tuple[str, ...]:
    """The lines below a picture's title: what the model weighs, what goes in and what comes out."""
    unused = f" ({short(sum(graph.unused.values()))} not used here)" if graph.unused else ""
    facts = [f"{short(numbers['parameters'])} parameters{unused}", short_macs(numbers["macs"])]
    facts += [f"activations {short_bytes(numbers['activations'])}"]
    facts += [mode] if mode else []
    facts += [f"opset {graph.opset}"]
    if graph.sizes:
        facts += [f"counted at {', '.join(f'{name} = {size}' for name, size in graph.sizes.items())}"]
    return " · ".join(facts), f"{_values(graph, graph.inputs)} → {_values(graph, graph.outputs)}"


def _values(graph: Graph, names: tuple[str, ...]) -> str:
    shown = [f"{name} {graph.types.get(name) or '?'}" for name in names[:MOST_VALUES]]
    return ", ".join([*shown, *([f"{len(names) - MOST_VALUES} more"] if len(names) > MOST_VALUES else [])])


def count(graph: Graph, drawing: Drawing) -> dict[str, int]:
    """Parameters (elements, tied ones once), those that can be trained, MACs, bytes of activations; operators, opset,
    the values computed and those fully shaped."""
    weights = [w for w in graph.weights.values() if w.kind in ("parameter", "frozen")]
    elements = {
        kind: sum(tensor_elements(w.type, {}) for w in weights if w.kind == kind) + graph.unused.get(kind, 0)
        for kind in ("parameter", "frozen")
    }
    total = sum((box.numbers for box in drawing.boxes), drawings.Numbers())
    types = [type_ for _, type_ in graph.values()]
    return {
        "parameters": sum(elements.values()),
        "trainable": elements["parameter"],
        "macs": total_macs(graph, graph.sizes),
        "activations": total.activations,
        "nodes": sum(1 for _ in graph.walk()),
        "opset": graph.opset,
        "values": len(types),
        "shaped": sum(type_ is not None and type_.is_full for type_ in types),
    }
