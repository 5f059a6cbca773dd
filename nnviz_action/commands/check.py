"""`check`: do the committed diagrams still tell the truth? Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec

from nnviz_action.commands.select import open_document, select
from nnviz_action.commands.survey import Surveyed, orphans, quick_survey, survey
from nnviz_action.config import Config, Document, ModelSpec
from nnviz_action.errors import ModelError, NnvizError, as_bug
from nnviz_action.report.verdicts import REPORTERS, Report
from nnviz_action.sources import Hasher
from nnviz_action.staleness import Recapture, Status, Verdict, settle

STALE, FAILED = 1, 3


def check(names: Sequence[str], config_path: str, full: bool, jobs: int, style: str) -> int:
    """The exit code: 0 all fresh, 1 something is not, 3 a model could not be captured to tell."""
    document = open_document(config_path)
    hasher = Hasher()
    quick = None if full else quick_survey(document, names, hasher)
    if quick is not None:
        fresh = tuple(state.verdict for state in quick)
        counted = {state.verdict.model: _numbers(state) for state in quick}
        REPORTERS[style](Report(document, fresh, warn_drift=False, numbers=counted))
        return 0
    config = _load(document)
    specs = select(config, names)
    found = survey(config, specs, hasher)
    verdicts = _settled(config, specs, found, hasher, full, jobs)
    if not names:
        verdicts += [Verdict(folder.name, Status.ORPHAN, ("no longer in the config",)) for folder in orphans(config)]
    numbers = {name: _numbers(state) for name, state in found.items()}
    report = Report(document, tuple(verdicts), config.on_drift == "warn", full, numbers)
    REPORTERS[style](report)
    statuses = {verdict.status for verdict in report.failing}
    return FAILED if Status.FAILED in statuses else STALE if statuses else 0


def _load(document: Document) -> Config:
    from nnviz_action.config.load import load_config  # noqa: PLC0415  # pydantic: a third of a quick check's time

    return load_config(document)


def _numbers(state: Surveyed) -> Mapping[str, int]:
    return state.lock.numbers if state.lock else {}


def _settled(
    config: Config, specs: Sequence[ModelSpec], found: dict[str, Surveyed], hasher: Hasher, full: bool, jobs: int
) -> list[Verdict]:
    """The verdicts, suspects captured again where torch is at hand."""
    again = [s for s in specs if _needs_capture(found[s.name], full) and _can_capture(s)]
    settled = _recapture(config, again, found, hasher, jobs) if again else {}
    return [settled.get(name) or _explained(state.verdict) for name, state in found.items()]


def _needs_capture(state: Surveyed, full: bool) -> bool:
    return state.verdict.status is Status.SUSPECT or (full and state.verdict.status is Status.FRESH)


def _can_capture(spec: ModelSpec) -> bool:
    return find_spec("onnx") is not None and (spec.onnx is not None or find_spec("torch") is not None)


def _explained(verdict: Verdict) -> Verdict:
    if verdict.status is not Status.SUSPECT:
        return verdict
    return replace(verdict, reasons=(*verdict.reasons, "torch is not here to tell whether that matters"))


def _recapture(
    config: Config, specs: Sequence[ModelSpec], found: dict[str, Surveyed], hasher: Hasher, jobs: int
) -> dict[str, Verdict]:
    from nnviz_action.commands.diagram import make_diagram  # noqa: PLC0415  # not on a quick check's path
    from nnviz_action.commands.pool import run_all  # noqa: PLC0415

    def again(spec: ModelSpec) -> Verdict:
        state = found[spec.name]
        assert state.lock is not None
        try:
            lock = make_diagram(spec, config, hasher, pictures=False).lock
        except ModelError as error:
            return Verdict(spec.name, Status.FAILED, (str(error),))
        except NnvizError:
            raise
        except Exception as error:
            return Verdict(spec.name, Status.FAILED, (str(as_bug(error)),))
        return settle(state.verdict, state.lock, Recapture(lock.digests, {**lock.packages, **lock.toolchain}))

    return {verdict.model: verdict for verdict in run_all(again, specs, jobs)}
