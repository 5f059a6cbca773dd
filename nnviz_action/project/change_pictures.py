"""Pictures of what changed: PNG in both themes, and Mermaid."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from nnviz_action.comparison.model_diffs import ModelDiff
from nnviz_action.comparison.picture import merged
from nnviz_action.comparison.unchanged_regions import fold_unchanged
from nnviz_action.drawing.forward import join_views
from nnviz_action.drawing.idle import without_idle
from nnviz_action.drawing.repeats import fold_repeats
from nnviz_action.freshness.outputs import replace
from nnviz_action.render.mermaid import to_mermaid
from nnviz_action.render.picture import Drawn, draw_sheet, paint
from nnviz_action.render.sheet import Heading
from nnviz_action.report.changes import deltas


def draw_changes(model: ModelDiff, span: str) -> Drawn:
    """The sheet of a model that changed; `span` says between what."""
    assert model.diff is not None
    drawing = fold_unchanged(fold_repeats(join_views(without_idle(merged(model.diff)))))
    return draw_sheet(drawing, Heading(f"{model.model}: what changed", (span, *_numbers(model))))


def _numbers(model: ModelDiff) -> Iterator[str]:
    changed = [delta for delta in deltas(model.before, model.after) if delta.changed]
    yield from (f"{delta.name} {delta}" for delta in changed)
    if model.counted:
        yield f"counted at {model.counted}"
    if not changed:
        yield "parameters, MACs and activations are the same"


def paint_changes(model: str, drawn: Drawn) -> dict[str, bytes]:
    """`NAME.diff.png` and `NAME.diff-dark.png`."""
    digest = sha256(to_mermaid(drawn.drawing).encode()).hexdigest()
    painted = paint(drawn, "diff", digest, ("light", "dark"), ("png",))
    return {f"{model}.{name}": data for name, data in painted.items()}


def write_pictures(folder: Path, model: ModelDiff, span: str) -> list[Path]:
    """`NAME.diff.png`, `NAME.diff-dark.png` and `NAME.diff.mmd`."""
    drawn = draw_changes(model, span)
    text = to_mermaid(drawn.drawing)
    files = paint_changes(model.model, drawn) | ({f"{model.model}.diff.mmd": text.encode()} if text else {})
    for name, data in files.items():
        replace(folder / name, data)
    return [folder / name for name in files]
