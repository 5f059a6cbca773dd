"""One model's diagram, made: captured in a process of its own, drawn while the capture goes on."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nnviz_action.capture.worker import Captured, Left, Workers
from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import ModelError, NnvizError
from nnviz_action.freshness.facts import hash_sources, relative
from nnviz_action.freshness.hashes import MARKS, Hasher, written_hash
from nnviz_action.freshness.lock import PARTS, Lock, Source
from nnviz_action.freshness.outputs import MODEL
from nnviz_action.freshness.source_marks import Marks, marks_before, marks_seen, named, refuse_changed, refuse_edited
from nnviz_action.project.views import View, by_netron, draw_view, netron_pictures, spoilt
from nnviz_action.render import netron, pixels
from nnviz_action.system.clock import Clock
from nnviz_action.system.temporary import Temporary
from nnviz_action.system.threads import Limited, TimeUpError

CAPTURE = "capture"
LEAST = 1.0  # seconds to draw in, however long the capture took
_NOT_ASKED = "nobody asked for it"
OnStage = Callable[[str], None]


@dataclass(frozen=True)
class Diagram:
    """All files of a model and the lock that goes with them."""

    files: Mapping[str, bytes]
    lock: Lock
    notes: tuple[str, ...]
    seconds: Mapping[str, float]  # by stage
    flaws: tuple[str, ...]  # of the pictures: see `render.review`


def _nobody(_: str) -> None:
    """Nobody listens."""


def make_diagram(
    workers: Workers,
    spec: ModelSpec,
    config: Config,
    hasher: Hasher,
    pictures: bool = True,
    on_stage: OnStage = _nobody,
    needs_netron: bool = True,
) -> Diagram:
    """Capture and draw; `on_stage` hears how far it is, of `CAPTURE` first. Raises `ModelError`.

    Without `pictures` there are no files but those of the graphs; the ONNX file, which tells nothing new, only where
    the author's calls cannot be had. Where Netron or its browser is not here, its pictures are left out, unless
    `needs_netron`.
    """
    if pictures and by_netron(spec) and needs_netron:
        netron.require()
    clock = Clock()
    before = marks_before(spec, config)
    drawn_as = _drawn_as(spec, pictures, needs_netron)
    captured, views, seen = _capture(workers, spec, drawn_as, config, pictures, on_stage, clock, before)
    files = {name: data for view in views.values() for name, data in view.files.items()}
    files |= {} if needs_netron or not pictures else _netron_if_here(spec, files)
    refuse_changed(spec, before, named(spec, config))
    sources = _sources(spec, config, {*captured.sources, *map(Path, before)}, hasher, seen)
    painters = _painters(drawn_as) if pictures else {}
    lock = _lock(spec, config, captured, views, files, sources, painters)
    said = (note for view in views.values() for note in view.notes)
    flawed = tuple(flaw for view in views.values() for flaw in view.flaws)
    seconds = {**captured.seconds, **clock.seconds}
    return Diagram(files, lock, (*captured.notes, *_notes(lock, spec, captured.cures), *said), seconds, flawed)


def _drawn_as(spec: ModelSpec, pictures: bool, needs_netron: bool) -> ModelSpec:
    """What is drawn, without Netron's pictures where they may be left out."""
    plain = spec if needs_netron else replace(spec, picture={**spec.picture, "render": None})
    return plain if pictures else replace(plain, export="auto")


def _netron_if_here(spec: ModelSpec, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Netron's pictures; none where it is not here, or fails."""
    if by_netron(spec) and MODEL in files:
        with suppress(NnvizError):
            return netron_pictures(spec, files[MODEL])
    return {}


def _capture(
    workers: Workers,
    spec: ModelSpec,
    drawn_as: ModelSpec,
    config: Config,
    pictures: bool,
    on_stage: OnStage,
    clock: Clock,
    before: Marks,
) -> tuple[Captured, Mapping[str, View], Marks]:
    """What the model is, its views as they were drawn meanwhile, and the marks of the files that it came from."""
    with Temporary() as out, ThreadPoolExecutor(2) as pool:
        views: dict[str, Limited[View]] = {}

        def on_view(view: str, left: Left, failed: Mapping[str, str], notes: Sequence[str]) -> None:
            on_stage(f"draw {view}" if pictures else f"{view} captured")
            missing = failed if pictures or "graph" in failed else {**failed, "onnx": _NOT_ASKED}
            draw = partial(_timed, view, drawn_as, left, pictures, clock, missing, notes)
            views[view] = Limited(pool, draw)

        try:
            captured = workers.capture(spec, config, out, lambda: on_stage(CAPTURE), on_view, pictures)
            end = time.monotonic() + max(captured.left_seconds, LEAST)
            drawn = {view: views[view].result(end - time.monotonic()) for view in spec.graphs if view in views}
        except TimeUpError:
            raise _not_drawn(spec) from None
        finally:
            for view in views.values():
                view.stop()
        try:
            return captured, drawn, marks_seen(before, captured.left.read_all(MARKS.format("*")))
        except (OSError, ValueError, RecursionError):
            raise spoilt(spec) from None


def _not_drawn(spec: ModelSpec) -> ModelError:
    what = f"stopped after {spec.timeout:g} s, while its pictures were drawn"
    hint = "give it a longer  timeout:, or a smaller  max_nodes:"
    return ModelError(f"{what}\n    {spec.place}: {spec.name}", hint=hint)


def _timed(
    view: str,
    spec: ModelSpec,
    left: Left,
    pictures: bool,
    clock: Clock,
    failed: Mapping[str, str],
    notes: Sequence[str],
) -> View:
    with clock.stage(f"draw {view}"):
        return draw_view(view, spec, left, pictures, failed, notes)


def _sources(spec: ModelSpec, config: Config, paths: set[Path], hasher: Hasher, seen: Marks) -> dict[str, Source]:
    """The sources with their hashes, if they are still the files that were seen."""
    hashed = hash_sources(paths, config.folder, hasher.anew())
    refuse_edited(spec, seen, paths)
    return hashed


def _lock(
    spec: ModelSpec,
    config: Config,
    captured: Captured,
    views: Mapping[str, View],
    files: Mapping[str, bytes],
    sources: dict[str, Source],
    painters: Mapping[str, str],
) -> Lock:
    return Lock(
        model=spec.name,
        config=relative(config.path, spec.folder),
        written=spec.written,
        entry=spec.entry(),
        digests={name: view.digest for name, view in views.items()},
        outputs={name: written_hash(name, data) for name, data in files.items()},
        sources=sources,
        packages=dict(captured.packages),
        toolchain={**captured.toolchain, **painters},
        weights=dict(captured.weights),
        opaque=captured.opaque,
        numbers={k: v for view in views.values() for k, v in view.numbers.items()},
        failed=dict(captured.failed),
        backward={k: v for view in views.values() for k, v in view.backward.items()},
    )


def _painters(spec: ModelSpec) -> dict[str, str]:
    """The versions of what paints."""
    return {**pixels.versions(), **(netron.versions() if by_netron(spec) else {})}


def _notes(lock: Lock, spec: ModelSpec, cures: Mapping[str, str]) -> list[str]:
    """What the reader should know about how this was made; `cures` tell by part what to do about one that failed."""
    notes = [
        f"without {PARTS[part]}: {why}" + (f"\n  {cures[part]}" if part in cures else "")
        for part, why in lock.failed.items()
    ]
    if lock.opaque:
        notes.append(f"drawn with opaque operators, which ONNX lacks: {', '.join(lock.opaque)}")
    real = [view for view, way in lock.weights.items() if way == "real"]
    if real and spec.fake != "never" and spec.weights != "keep":
        notes.append(f"needed real weights for the {' and '.join(real)} graph")
    opset = lock.numbers.get("opset", spec.opset) or spec.opset
    if spec.model and opset != spec.opset:
        notes.append(f"the exporter could not give opset {spec.opset}: this is opset {opset}")
    missing = lock.numbers.get("values", 0) - lock.numbers.get("shaped", 0)
    if missing:
        cure = "; an older opset may know more" if "onnx" not in lock.failed and spec.export != "never" else ""
        notes.append(f"{missing} values without a full shape{cure if spec.model else ''}")
    return notes
