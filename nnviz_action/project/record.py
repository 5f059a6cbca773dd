"""A run as a file: the verdicts on all models, and what happened to them since another commit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nnviz_action.comparison.model_diffs import ModelDiff, State
from nnviz_action.config import Config
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError, ModelError
from nnviz_action.freshness.outputs import replace
from nnviz_action.freshness.verdict import Status, Verdict
from nnviz_action.project.change_pictures import draw_changes, paint_changes
from nnviz_action.project.changed_lines import with_lines
from nnviz_action.project.compare import compare
from nnviz_action.project.sides import WITHOUT_BASE, Sides, sides_of
from nnviz_action.project.snapshots import Snapshot, path_of
from nnviz_action.render.picture import Drawn
from nnviz_action.report.record import Gallery, Model, Over, Record, Share, StatusName, parse_record
from nnviz_action.report.record_merge import in_order
from nnviz_action.report.record_models import model_of
from nnviz_action.report.verdicts import Report

PICTURES = tuple(f"{view}{theme}.png" for view in ("overview", "forward", "autograd") for theme in ("", "-dark"))


def write_record(path: Path, record: Record) -> None:
    """Write what was found as JSON."""
    replace(path, record_bytes(record, path.name))


def record_bytes(record: Record, name: str) -> bytes:
    """The record as it is written. Raises `ConfigError` where a reader would refuse it: better here than there."""
    text = record.to_json().encode()
    parse_record(text, name)
    return text


@dataclass(frozen=True)
class RecordedRun:
    """A record, and by name the pictures that no commit has: of what changed, and of what was captured."""

    record: Record
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Baseline:
    """The commit to compare with, empty for where the branch began. `asked`: somebody wrote it, so it must be there.

    `why_not` says why nothing is to be compared.
    """

    commit: str = ""
    asked: bool = False
    why_not: str = ""


def make_record(report: Report, since: Baseline, pictures: bool = False) -> RecordedRun:
    """The record of a check, with `pictures` if asked. A base that is not to be had is a note, or an error."""
    config = load_config(report.document)
    order = [spec.name for spec in config.models]
    plain = Record(
        config=path_of(config),
        failing=report.fails,
        forced=report.forced,
        tolerant=report.tolerant,
        full=report.full,
        models=_with_budgets(in_order(map(_alone, report.verdicts), order), report),
        galleries=[Gallery(file=v.model, status=status(v), reasons=_reasons(v)) for v in report.galleries],
        part=_share(report),
    )
    if since.why_not:
        return RecordedRun(plain.model_copy(update={"notes": [since.why_not]}))
    try:
        sides = sides_of(report, config, since.commit)
    except ConfigError as error:
        if since.asked:
            raise
        return RecordedRun(plain.model_copy(update={"notes": [WITHOUT_BASE.format(error)]}))
    found = list(_models(report, sides, config))
    models = _with_budgets(in_order((model for model, _ in found), order), report)
    shown = since.commit if since.asked and since.commit != sides.base else sides.base[:8]
    commits = {"base_commit": sides.base, "head_commit": sides.head}
    record = plain.model_copy(update={"base": shown, "head": sides.head[:8], "models": models, **commits})
    return RecordedRun(record, _painted(found, report) if pictures else {})


def _painted(found: Iterable[tuple[Model, Drawn | None]], report: Report) -> dict[str, bytes]:
    """Light and dark: `NAME.diff.png`, `NAME.overview.png`, `NAME.forward.png`."""
    files: dict[str, bytes] = {}
    for model, drawn in found:
        files |= paint_changes(model.model, drawn) if drawn else {}
        made = report.captured[model.model].files if model.captured else {}
        files |= {f"{model.model}.{name}": made[name] for name in PICTURES if name in made}
    return files


def _models(report: Report, sides: Sides, config: Config) -> Iterator[tuple[Model, Drawn | None]]:
    """Every model that the report is about, and those that are in neither the config nor the newer state."""
    before, after = sides.before, sides.after
    own = {v.model: v for v in report.verdicts if v.status is not Status.ORPHAN}
    orphans = {v.model: v for v in report.verdicts if v.status is Status.ORPHAN}
    is_first = report.part is None or report.part.shard.number == 1
    gone = before.keys() - {spec.name for spec in config.models} if is_first else set()
    compared = compare(before, after, {*own, *orphans, *gone}, renames=report.part is None)
    for model in with_lines(compared, before, after, config):
        # A model whose output moved may have left an orphan of its own name behind.
        verdict = own.pop(model.model, None) or orphans.pop(model.model, None)
        drawn = _drawn(model)
        told = _model(model, drawn, verdict, before, after)
        yield (told.model_copy(update={"digests": _digests(model, before, after)}) if report.part else told), drawn
    yield from ((_alone(verdict), None) for verdict in (*own.values(), *orphans.values()))


def _digests(model: ModelDiff, before: Mapping[str, Snapshot], after: Mapping[str, Snapshot]) -> dict[str, str]:
    """Those of a model that came or went."""
    side = {State.ADDED: after, State.REMOVED: before}.get(model.state, {})
    lock = side[model.model].lock if model.model in side else None
    return dict(lock.digests) if lock else {}


def _with_budgets(models: Sequence[Model], report: Report) -> list[Model]:
    """The models, with the budgets that they are over."""
    over: dict[str, list[Over]] = {}
    for e in report.over:
        found = Over(number=e.budget.number, value=e.value, limit=e.budget.limit, line=e.budget.line)  # type: ignore[arg-type]
        over.setdefault(e.model, []).append(found)
    return [m.model_copy(update={"over": over[m.model]}) if m.model in over else m for m in models]


def _share(report: Report) -> Share | None:
    if report.part is None:
        return None
    return Share(
        number=report.part.shard.number,
        count=report.part.shard.count,
        order=list(report.part.order),
        full=report.full,
    )


def status(verdict: Verdict) -> StatusName:
    """The verdict's word."""
    return verdict.status.value


def _alone(verdict: Verdict) -> Model:
    return Model(model=verdict.model, status=status(verdict), reasons=_reasons(verdict))


def _reasons(verdict: Verdict) -> list[str]:
    return [reason[:2000] for reason in verdict.reasons[:50]]


def _model(
    model: ModelDiff,
    drawn: Drawn | None,
    verdict: Verdict | None,
    before: Mapping[str, Snapshot],
    after: Mapping[str, Snapshot],
) -> Model:
    was = before.get(model.was or model.model)
    now = after.get(model.model)
    found = model_of(model, drawn.drawing if drawn else None)
    captured = now is not None and now.captured
    return found.model_copy(
        update={
            "status": status(verdict) if verdict else "",
            "reasons": _reasons(verdict) if verdict and verdict.status is not Status.FRESH else [],
            "folder": (now or was).folder if now or was else "",  # type: ignore[union-attr]
            "was_folder": was.folder if was else "",
            "captured": captured,
            "pictures": [] if captured else _pictures(now),
            "was_pictures": _pictures(was),
        }
    )


def _pictures(diagram: Snapshot | None) -> list[str]:
    names = diagram.lock.outputs if diagram and diagram.lock else {}
    return [name for name in sorted(names) if name in PICTURES]


def _drawn(model: ModelDiff) -> Drawn | None:
    if model.state is not State.CHANGED:
        return None
    try:
        return draw_changes(model, "")
    except ModelError:  # no layout: then there is no picture, but the words are there
        return None
