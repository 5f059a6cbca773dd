"""What changed, for a terminal: coloured there, plain elsewhere."""

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.model_diffs import Comparison, ModelDiff, State
from nnviz_action.render.text import clean
from nnviz_action.report.changes import deltas, ends, headline, parts, weight
from nnviz_action.report.checkpoint_text import summary

WIDTH = 15  # of the names of numbers, at least
_STYLES = {True: "dim", False: "yellow"}  # of whether checkpoints load
_COLORS = {"added": "green", "removed": "red", "changed": "yellow", "renamed": "cyan", "moved": "cyan"}


def text(found: Comparison) -> None:
    """Each model that changed, its numbers, its changes; then how many did not."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    differing = [model for model in found.models if model.differs]
    for model in differing:
        for line in _lines(model, found.unfolded):
            console.print(line)
        console.print()
    count, all_ = len(differing), len(found.models)
    of = f"of {all_} model{'s' * (all_ != 1)}"
    said = f"{count} {of} {'differs' if count == 1 else 'differ'}" if count else f"✓ none {of} differs"
    console.print(Text(f"{said} between {found.base} and {found.head}"))
    sys.stdout.flush()


def plain_lines(model: ModelDiff) -> list[str]:
    """What is told of one model, without colours."""
    return [line.plain for line in _lines(model, unfolded=False)]


def _lines(model: ModelDiff, unfolded: bool) -> Iterator[Text]:
    yield Text.assemble((model.model, "bold"), f"  {headline(model)}")
    rows = [delta for delta in deltas(model.before, model.after) if delta.changed]
    width = max((len(delta.name) for delta in rows), default=0)
    for delta in rows:
        yield Text(f"  {delta.name:<{max(WIDTH, width)}}  {delta.before:>10} → {delta.after:<10}  {delta.percent}")
    yield from (Text(f"  {clean(line)}") for line in model.backward)
    if model.state is not State.CHANGED or model.diff is None:
        return
    for name, before, after in ends(model):
        yield Text(f"  {name:<{WIDTH}}  {before} → {after}")
    if not rows:
        yield Text("  parameters, MACs and activations are the same")
    for change in model.diff.changes:
        yield _line(change)
        yield from (Text.assemble("    ", _line(one)) for one in change.folded if unfolded)
    if model.diff.reshaped:
        yield Text(f"    {model.diff.reshaped} values have other shapes or types for it", "dim")
    if model.diff.checkpoint:
        yield Text.assemble(
            "  checkpoints: ", (summary(model.diff.checkpoint), _STYLES[model.diff.checkpoint.is_safe])
        )
    if model.counted:
        yield Text(f"    counted at {model.counted}", "dim")


def _line(change: Change) -> Text:
    sign, where, what, says = parts(change)
    color = _COLORS[change.kind]
    line = Text.assemble(("  " + sign + " ", color), (clean(where), f"bold {color}"))
    line.append(f"  {clean(what)}" if what else "", "dim")
    line.append(f"  {clean(says)}" if says else "")
    size = weight(change)
    line.append(f"  [{size}]" if size else "", "dim")
    line.append(f"  {change.line}" if change.line else "", "dim")
    return line
