"""Capturing models again, where files alone do not tell whether a diagram is true, or what is wrong with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import ModelError, NnvizError, unforeseen
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.proof import Committed, differences, read_committed
from nnviz_action.freshness.verdict import Difference, Recapture, Status, Verdict, settle
from nnviz_action.project.survey import ModelState, expected_names
from nnviz_action.project.times import UNKNOWN, read_times

if TYPE_CHECKING:
    from nnviz_action.capture.worker import Workers

MOST_EXPLAINED = 8  # models that are known to be stale: after a change for all of them nobody waits for every one


@dataclass(frozen=True)
class RecapturePolicy:
    """Who is captured again: suspects always; the `stale` too, to say what changed, or all that is not fresh.

    `pictures` tells whether they are drawn as well. Under `full` all is made, and every file held against it.
    """

    full: bool = False
    stale: bool = False
    all: bool = False
    pictures: bool = False
    quiet: bool = False

    def wants(self, status: Status) -> bool:
        """Whether a model of this status is captured."""
        told = {Status.STALE: self.stale or self.all, Status.MISSING: self.all, Status.EDITED: self.all}
        return status is Status.SUSPECT or told.get(status, self.full and status is Status.FRESH)

    def proves(self, state: ModelState) -> bool:
        """Whether the files of a model are held against what is made now: they do not condemn it by themselves."""
        return self.full and state.verdict.status in (Status.SUSPECT, Status.FRESH)


@dataclass(frozen=True)
class RecaptureResult:
    """The verdicts once all is known, and what was captured for them."""

    verdicts: tuple[Verdict, ...]
    captured: Mapping[str, Recapture] = field(default_factory=dict)


def recapture(
    config: Config,
    specs: Sequence[ModelSpec],
    found: Mapping[str, ModelState],
    hasher: Hasher,
    policy: RecapturePolicy,
    workers: "Workers",
) -> RecaptureResult:
    """The verdicts on all that was `found`; without torch those of the files."""
    wanted = [spec for spec in specs if policy.wants(found[spec.name].verdict.status) and _can_capture(spec)]
    known = [spec for spec in wanted if found[spec.name].verdict.status is Status.STALE]
    if len(known) > MOST_EXPLAINED and not policy.all:
        wanted = [spec for spec in wanted if spec not in known]
    before = {spec.name: _committed(spec, found[spec.name]) for spec in wanted if policy.proves(found[spec.name])}
    results = dict(_captures(config, wanted, hasher, policy, workers, before))
    verdicts = [_verdict(state, results.get(name), before.get(name), policy) for name, state in found.items()]
    return RecaptureResult(
        tuple(verdicts), {name: made for name, made in results.items() if isinstance(made, Recapture)}
    )


def _committed(spec: ModelSpec, state: ModelState) -> Committed | None:
    """What there is before any model runs."""
    if state.lock is None:
        return None
    asked = expected_names(spec, state.lock)
    return read_committed(state.lock, state.folder, asked, state.verdict.status is Status.SUSPECT)


def _can_capture(spec: ModelSpec) -> bool:
    return not lacking(spec)


def lacking(spec: ModelSpec) -> str:
    """The first package that a capture of this model would miss; empty where all are here."""
    needed = ("onnx", "onnx_ir") if spec.onnx else ("torch", "torchviz", "onnxscript", "onnx")
    return next((name for name in needed if find_spec(name) is None), "")


def _captures(
    config: Config,
    specs: Sequence[ModelSpec],
    hasher: Hasher,
    policy: RecapturePolicy,
    workers: "Workers",
    proved: Collection[str],
) -> Iterator[tuple[str, Recapture | Exception]]:
    if not specs:
        return iter(())
    from nnviz_action.project.diagram import make_diagram  # noqa: PLC0415  # not on a quick check's path
    from nnviz_action.report.progress import watching  # noqa: PLC0415  # rich

    names = [spec.name for spec in specs]
    times = read_times(config.root, config.path)
    workers.expect(specs)
    with watching(names, times, policy.quiet) as watch:

        def one(spec: ModelSpec) -> Recapture | Exception:
            try:
                on_stage = partial(watch.stage, spec.name)
                pictures = policy.pictures or spec.name in proved
                made = make_diagram(workers, spec, config, hasher, pictures, on_stage, needs_netron=False)
            except Exception as error:  # one model's trouble, even if it is our own, must not hide the others
                watch.end(spec.name, "failed")
                return error
            watch.end(spec.name, "captured")
            return Recapture(made.lock, made.files)

        return zip(names, workers.map(one, specs, lambda spec: times.get(spec.name, UNKNOWN)), strict=True)


def _verdict(
    state: ModelState, made: Recapture | Exception | None, before: Committed | None, policy: RecapturePolicy
) -> Verdict:
    if made is None:
        unproved = policy.proves(state) and state.verdict.status is Status.FRESH
        return Verdict(state.verdict.model, Status.SUSPECT, ("it was not made again",)) if unproved else state.verdict
    if isinstance(made, Exception):
        error = str(made if isinstance(made, NnvizError) else unforeseen(made, ModelError))
        if state.verdict.status not in (Status.SUSPECT, Status.FRESH):  # then it was captured for its changes alone
            return replace(state.verdict, reasons=(*state.verdict.reasons, f"it fails now: {error}"))
        return Verdict(state.verdict.model, Status.FAILED, (error,))
    return settle(state.verdict, state.lock, made, _found(before, made))


def _found(before: Committed | None, made: Recapture) -> Sequence[Difference]:
    return differences(before, made.lock, made.files) if before else ()
