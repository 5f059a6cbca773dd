"""One model's diagram, made: captured in a process of its own, drawn while the capture goes on."""

import json
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from math import prod
from pathlib import Path

from nnviz_action import drawing, worker
from nnviz_action import graph as graphs
from nnviz_action.config import Config, ModelSpec
from nnviz_action.facts import extra_sources, hash_sources, relative
from nnviz_action.graph import Graph
from nnviz_action.lock import Lock
from nnviz_action.onnx_file import read_graph
from nnviz_action.render import forward, layout
from nnviz_action.render.numbers import short
from nnviz_action.render.picture import picture
from nnviz_action.sources import Hasher


@dataclass(frozen=True)
class View:
    """One view of a model: its digest and files, and for the forward graph what was counted in it."""

    digest: str
    files: Mapping[str, bytes]
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Diagram:
    """All files of a model and the lock that goes with them."""

    files: Mapping[str, bytes]
    lock: Lock
    notes: tuple[str, ...]


def make_diagram(spec: ModelSpec, config: Config, hasher: Hasher, pictures: bool = True) -> Diagram:
    """Capture and draw. Raises `ModelError`. Without `pictures` only the digests matter."""
    with tempfile.TemporaryDirectory(prefix="nnviz-") as name, ThreadPoolExecutor(2) as pool:
        out = Path(name)
        views: dict[str, Future[View]] = {}

        def on_view(view: str) -> None:
            draw = {"forward": _forward, "autograd": _autograd}[view]
            views[view] = pool.submit(draw, spec, out, pictures)

        captured = worker.capture(spec, config, out, on_view)
        done = {view: future.result() for view, future in views.items()}
    files = {name: data for view in spec.views for name, data in done[view].files.items()}
    sources = {*captured.sources, *(config.folder / p for p in extra_sources(config.folder, spec.sources))}
    lock = Lock(
        model=spec.name,
        config=relative(config.path, spec.folder),
        written=spec.written,
        entry=spec.entry(),
        digests={view: done[view].digest for view in spec.views},
        outputs={name: sha256(data).hexdigest() for name, data in files.items()},
        sources=hash_sources(sources, config.folder, hasher),
        packages=dict(captured.packages),
        toolchain={**captured.toolchain, **({"layout": layout.engine()} if pictures else {})},
        weights=dict(captured.weights),
        opaque=captured.opaque,
        numbers={k: v for view in done.values() for k, v in view.numbers.items()},
    )
    return Diagram(files, lock, (*captured.notes, *_notes(lock, spec)))


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


def _forward(spec: ModelSpec, out: Path, pictures: bool) -> View:
    path = out / "model.onnx"
    graph = read_graph(path)
    digest, numbers = graphs.digest(graph), count(graph)
    if not pictures:
        return View(digest, {}, numbers)
    mode = f" · {spec.mode['forward']}" if spec.model else ""
    facts = f"{short(numbers['parameters'])} parameters · {numbers['nodes']} operators{mode} · opset {graph.opset}"
    png = picture(forward.draw(graph), spec.name, facts, digest)
    return View(digest, {"model.onnx": path.read_bytes(), "forward.png": png}, numbers)


def _autograd(spec: ModelSpec, out: Path, pictures: bool) -> View:
    drawn = drawing.from_json(json.loads((out / "autograd.json").read_text(encoding="utf-8")))
    digest = drawing.digest(drawn)
    if not pictures:
        return View(digest, {})
    functions = sum(box.kind == "function" for box in drawn.boxes)
    facts = f"autograd · {functions} backward functions · {spec.mode['autograd']}"
    return View(digest, {"autograd.png": picture(drawn, spec.name, facts, digest)})


def count(graph: Graph) -> dict[str, int]:
    """Parameters (elements, tied ones once), operators, opset, the values computed and those fully shaped."""
    weights = [w for w in graph.weights.values() if w.kind in ("parameter", "frozen")]
    types = [type_ for _, type_ in graph.values()]
    return {
        "parameters": sum(prod(d for d in w.type.shape or () if isinstance(d, int)) for w in weights),
        "nodes": sum(1 for _ in graph.walk()),
        "opset": graph.opset,
        "values": len(types),
        "shaped": sum(type_ is not None and type_.is_full for type_ in types),
    }
