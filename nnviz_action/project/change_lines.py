"""What a model's code would change in its diagram, in a line each."""

from collections.abc import Iterator, Mapping

from nnviz_action.comparison.model_diffs import ModelDiff, State
from nnviz_action.config import Config
from nnviz_action.freshness.verdict import Recapture
from nnviz_action.project.compare import compare
from nnviz_action.project.snapshots import captured_side, on_disk
from nnviz_action.report.changes import deltas, ends, sentence, weight


def changes(config: Config, captured: Mapping[str, Recapture]) -> dict[str, tuple[str, ...]]:
    """For each model that was captured and has a diagram to compare with."""
    before = {name: diagram for name, diagram in on_disk(config).items() if name in captured}
    after = captured_side(config, captured)
    return {model.model: tuple(_lines(model)) for model in compare(before, after, before.keys())}


def _lines(model: ModelDiff) -> Iterator[str]:
    if model.state is not State.CHANGED or model.diff is None:
        return
    for change in model.diff.changes:
        size = weight(change)
        yield f"{sentence(change)}{f' [{size}]' if size else ''}"
    yield from (f"{delta.name} {delta}" for delta in deltas(model.before, model.after) if delta.changed)
    yield from (f"{name} {before} → {after}" for name, before, after in ends(model))
