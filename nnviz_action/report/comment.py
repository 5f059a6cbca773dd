"""A record → the pull request's comment, in sections, the most useful first."""

import re
from collections.abc import Iterator

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.freshness.verdict import Status, Verdict
from nnviz_action.graph.values import Module
from nnviz_action.render.mermaid import to_mermaid
from nnviz_action.render.text import clean
from nnviz_action.report.budget_text import sentence
from nnviz_action.report.changes import deltas
from nnviz_action.report.checkpoint_markdown import checkpoint_lines
from nnviz_action.report.comment_headline import headline
from nnviz_action.report.escape import code, escape
from nnviz_action.report.markdown import unlinked
from nnviz_action.report.picture_places import NOWHERE, Places, before_and_after, code_line, overviews, published
from nnviz_action.report.record import Change, Model, Record, Sketch
from nnviz_action.report.verdicts import mending

MOST_CHARACTERS, MOST_BYTES = 60_000, 240_000  # GitHub takes 65,536 characters, and 262,144 bytes
MOST_LINES = 20  # of what a model's code said
MOST_CHANGES = 60  # of one model; beyond this nobody reads on
_SIGNS = {"+": "\\+", "-": "−", "~": "\\~"}  # no item of a list in a list, nothing struck out
_CAPTURED = "this is what the code says: the diagram is not drawn yet"
_TRUSTED = "taken on trust: the files of models that are fresh; with full: true all are made again, and compared"
_OUT_OF_DATE = "To bring the diagrams of this branch up to date, run this and commit what it writes:"
_MAY_BE = (
    "Only a capture can tell whether they still hold. Where torch is installed, run this and commit what it writes:"
)
_IS = {
    "stale": "is stale", "suspect": "may be stale", "drift": "drifted", "missing": "is missing",
    "edited": "was edited", "orphan": "is left over", "outdated": "is out of date",
    "taken": "has no folder of its own", "unstaged": "is not staged",
}  # fmt: skip
_ALWAYS = ("parameters", "MACs", "activations", "size of weights")
_NAMES = (*_ALWAYS[:3], "saved for backward", _ALWAYS[3])


def comment(record: Record, places: Places = NOWHERE) -> str:
    """The whole text, cut by whole sections to what GitHub takes."""
    return fitted(list(sections(record, places)), places.run)


def fitted(parts: list[str], run: str = "") -> str:
    """As many sections as GitHub takes, and how many were left out."""
    left = len(parts)
    while True:
        more = f"[the run's summary]({run})" if run else "the run's summary"
        rest = [f"{len(parts) - left} more sections are in {more}."] if left < len(parts) else []
        text = "\n\n".join([*parts[:left], *rest]) + "\n"
        if (len(text) <= MOST_CHARACTERS and len(text.encode()) <= MOST_BYTES) or left <= 1:
            return text
        left -= 1


def sections(record: Record, places: Places) -> Iterator[str]:
    """The headline and the numbers, what mends what is stale, then each model."""
    differing = [m for m in record.models if m.state not in ("", "same")]
    yield f"### nnviz: {headline(record)}"
    yield from _over(record)
    table = [m for m in differing if m.state in ("changed", "added") and m.after]
    if table:
        yield "\n".join(_table(table))
    yield from _cure(record)
    yield from (_section(model, places) for model in differing)
    if places.artifacts and places.run:
        yield f"Pictures of what changed are among [the artifacts of the run]({places.run}#artifacts)."
    yield from (f"<sub>{escape(note)}</sub>" for note in (*_span(record), *record.notes, *_trust(record)))


def _span(record: Record) -> Iterator[str]:
    if record.base:
        yield f"compared: {record.base} with {record.head}"


def _trust(record: Record) -> Iterator[str]:
    """What was judged by files alone could be forged."""
    if not record.full and any(model.status == "fresh" for model in record.models):
        yield _TRUSTED


def _table(models: list[Model]) -> Iterator[str]:
    rows = [
        (model, {d.name: unlinked(str(d)) for d in deltas(model.before or model.after, model.after)})
        for model in models
    ]
    names = [name for name in _NAMES if name in _ALWAYS or any(name in found for _, found in rows)]
    yield f"| model | {' | '.join(names)} | output |"
    yield f"|---{'|---' * len(names)}|---|"
    for model, found in rows:
        cells = [unlinked(found.get(name, "")) for name in names]
        outputs = [f"{escape(b)} → {escape(a)}" for name, b, a in model.ends if name.startswith("output")]
        told = ", ".join(outputs) or ("unchanged" if model.before else "new")
        yield f"| **{escape(model.model)}** | {' | '.join(cells)} | {told} |"


def _over(record: Record) -> Iterator[str]:
    for model in record.models:
        told = "; ".join(sentence(over.number, over.value, over.limit) for over in model.over)
        if told:
            lines = ", ".join(unlinked(str(line)) for line in sorted({over.line for over in model.over if over.line}))
            place = f" (line {lines} of {code(record.config)})" if lines else ""
            yield f"⚠️ **{escape(model.model)}** is over budget: {escape(told)}{place}"


def _cure(record: Record) -> Iterator[str]:
    for model in record.models:
        if model.status == "failed":
            yield f"⚠️ **{escape(model.model)}** could not be captured:\n\n{_block(model.reasons[:3])}"
        elif model.status not in ("", "fresh"):
            reasons = "; ".join(model.reasons[:3]) or "no reason given"
            yield f"⚠️ **{escape(model.model)}** {_IS[model.status]}: {escape(reasons)}"
    for gallery in record.galleries:
        yield f"⚠️ {code(gallery.file)} {_IS[gallery.status]}: {escape('; '.join(gallery.reasons[:3]))}"
    wrong = list(_wrong(record))
    command = mending(wrong, record.config, record.forced)
    if command:
        unsure = all(one.status is Status.SUSPECT for one in wrong)
        yield f"{_MAY_BE if unsure else _OUT_OF_DATE}\n\n{_fenced(command)}"


def _wrong(record: Record) -> Iterator[Verdict]:
    """What the check fails for."""
    passing = ("", "fresh", "drift") if record.tolerant else ("", "fresh")
    yield from (Verdict(m.model, Status(m.status)) for m in record.models if m.status not in passing)
    yield from (Verdict(gallery.file, Status(gallery.status)) for gallery in record.galleries)


def _block(lines: list[str]) -> str:
    """What the model's own code said, as it said it."""
    rows = [line for said in lines for line in said.splitlines()[:MOST_LINES]]
    text = "\n".join(f"{' ' * (len(row) - len(row.lstrip(' ')))}{clean(row)}" for row in rows)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _fenced(text: str) -> str:
    """A block of code that shows `text`, whatever it holds."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}sh\n{' '.join(text.split())}\n{fence}"


def _section(model: Model, places: Places) -> str:
    lines = [f"#### {escape(model.model)}"]
    if model.state != "changed":
        lines += ["", escape(model.headline)]
    told = [f"- {_SIGNS.get(line[0], line[0])} {escape(line[2:])}" for line in model.backward]
    lines += ["", *told] if told else []
    lines += overviews(model, places)
    changes = [f"- {_line(change, places)}" for change in model.changes[:MOST_CHANGES]]
    more = len(model.changes) - MOST_CHANGES
    changes += [f"- and {more} more changes"] if more > 0 else []
    lines += ["", *changes] if changes else []
    lines += _folded(model, places)
    lines += checkpoint_lines(model)
    lines += ["", f"<sub>{_CAPTURED}</sub>"] if model.captured else []
    lines += ["", f"<sub>counted at {escape(model.counted)}</sub>"] if model.counted else []
    painted = published(model, places, "diff")
    lines += ["", painted] if painted else []
    lines += _flowchart(model, "chart" if painted else "picture", not painted)
    return "\n".join([*lines, *before_and_after(model, places)])


def _folded(model: Model, places: Places) -> list[str]:
    """The changes that others stand for."""
    if not model.folded:
        return []
    rows = [f"- {_line(change, places)}" for change in model.folded[:MOST_CHANGES]]
    more = len(model.folded) - MOST_CHANGES
    rows += [f"- and {more} more changes"] if more > 0 else []
    return ["", "<details><summary>each of these changes</summary>", "", *rows, "", "</details>"]


def _flowchart(model: Model, called: str, shown: bool) -> list[str]:
    text = to_mermaid(_drawing(model.sketch)) if model.sketch.boxes else ""
    if not text:
        return []
    opening = f"<details{' open' if shown else ''}><summary>what changed, as a {called}</summary>"
    return ["", opening, "", f"```mermaid\n{text}```", "", "</details>"]


def _line(change: Change, places: Places) -> str:
    """`+ path Class: what there is to say (36.9 k) net.py:12`."""
    about = ": ".join(filter(None, (escape(change.what), escape(change.says))))
    size = escape(f"({change.size})") if change.size else ""
    line = code_line(change, places)
    return " ".join(filter(None, (_SIGNS[change.sign], code(change.where), about, size, line)))


def _drawing(sketch: Sketch) -> Drawing:
    boxes = tuple(
        Box(
            str(index),
            shape.title,
            shape.kind,
            shape.subtitle,
            tuple(shape.rows),
            tuple(Module(path, "", title=title) for path, title in shape.modules),
        )
        for index, shape in enumerate(sketch.boxes)
    )
    arrows = (Arrow(str(a.source), str(a.target), a.label, a.style) for a in sketch.arrows)
    return Drawing(boxes, tuple(a for a in arrows if max(int(a.source), int(a.target)) < len(boxes)))
