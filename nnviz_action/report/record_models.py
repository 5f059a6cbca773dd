"""What was found → the record of it."""

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.checkpoint import Checkpoint
from nnviz_action.comparison.model_diffs import Comparison, ModelDiff
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.values import Module, own_name
from nnviz_action.report import record
from nnviz_action.report.changes import ends, headline, parts, weight
from nnviz_action.report.checkpoint_text import rows, summary
from nnviz_action.report.record import MOST_CHANGES, MOST_KEYS, Model, Record


def record_of(config: str, found: Comparison) -> Record:
    """A comparison as a record without verdicts."""
    return Record(config=config, base=found.base, head=found.head, models=[model_of(model) for model in found.models])


def model_of(model: ModelDiff, drawing: Drawing | None = None) -> Model:
    """One model; `drawing` is the picture of what changed, as it is folded."""
    told = model.diff.changes if model.diff else ()
    keys = _keys(model.checkpoint) if model.checkpoint else []
    return Model(
        model=model.model,
        state=model.state.value,
        headline=_short(headline(model)),
        before=dict(model.before),
        after=dict(model.after),
        ends=[(_short(a), _short(b), _short(c)) for a, b, c in ends(model)][:200],
        changes=[_change(c) for c in told[:MOST_CHANGES]],
        folded=[_change(one) for c in told for one in c.folded][:MOST_CHANGES],
        reshaped=model.diff.reshaped if model.diff else 0,
        autograd=model.autograd,
        backward=[_short(line) for line in model.backward],
        counted=_short(model.counted),
        checkpoint=summary(model.checkpoint) if model.checkpoint else "",
        loads=model.loads,
        keys=keys[:MOST_KEYS],
        more_keys=len(keys[MOST_KEYS:]),
        sketch=sketch(drawing) if drawing else record.Sketch(),
    )


def _keys(found: Checkpoint) -> list[record.Keys]:
    return [
        record.Keys(state=r.state, key=_short(r.key), now=_short(r.now), says=_short(r.says), count=r.count)
        for r in rows(found)
    ]


def _change(change: Change) -> record.Change:
    sign, where, what, says = parts(change)
    told = {"where": _short(where), "what": _short(what), "says": _short(says)}
    told |= {"size": weight(change), "line": _line(change.line)}
    return record.Change(sign=sign, **told)  # type: ignore[arg-type]


def _line(line: str) -> str:
    """A line of code; none where its path is one that no report may have."""
    return line if len(line) <= 1000 and line.isprintable() and "\\" not in line else ""


def _short(text: str) -> str:
    return text if len(text) <= 2000 else f"{text[:1999]}…"


def sketch(drawing: Drawing) -> record.Sketch:
    """A drawing as plain data; empty where it is too large for a flowchart."""
    places = {box.key: index for index, box in enumerate(drawing.boxes)}
    if len(drawing.boxes) > 200 or len(drawing.arrows) > 500:
        return record.Sketch()
    return record.Sketch(
        boxes=[
            record.Shape(
                title=_short(box.title),
                kind=box.kind,
                subtitle=_short(box.subtitle),
                rows=[_short(row) for row in box.rows][:20],
                modules=[_frame(box.modules[:depth]) for depth in range(1, min(len(box.modules), 40) + 1)],
            )
            for box in drawing.boxes
        ],
        arrows=[
            record.Link(source=places[a.source], target=places[a.target], label=_short(a.label), style=a.style)
            for a in drawing.arrows
        ],
    )


def _frame(modules: tuple[Module, ...]) -> tuple[str, str]:
    """What tells a frame from others, and its title."""
    last = modules[-1]
    title = " ".join(filter(None, (own_name(modules), last.short_kind, last.times)))
    return _short(f"{last.path}@{last.call}"), _short(title)
