"""What `diff --checkpoint` says: whether saved weights load, which keys do not, and a function that maps them."""

import json
import sys
from collections.abc import Callable
from typing import Any

from nnviz_action.diff.checkpoint import Checkpoint
from nnviz_action.diff.model_diffs import Comparison, ModelDiff, State
from nnviz_action.render.text import clean
from nnviz_action.report.checkpoint_code import function_name, mapping_code
from nnviz_action.report.checkpoint_markdown import checkpoint_lines
from nnviz_action.report.checkpoint_text import KeyRow, rows, summary
from nnviz_action.report.diff_json import checkpoint_data
from nnviz_action.report.escape import escape
from nnviz_action.report.record_models import model_of

UNKNOWN = "not known: one side is an ONNX file, or was drawn by an older nnviz-action"
_SAME = (State.SAME, State.RENAMED, State.AUTOGRAD)


def text(found: Comparison) -> None:
    """Each model with what becomes of its keys."""
    for model in found.models:
        sys.stdout.write(f"{model.model}: {_said(model)}\n")
        checkpoint = _checkpoint(model)
        sys.stdout.writelines(f"  {line}\n" for line in map(_line, rows(checkpoint) if checkpoint else []))
    broken = sum(breaks(model) for model in found.models)
    sign = "" if broken else "✓ "
    count = f"{broken or 'none'} of {len(found.models)} model{'s' * (len(found.models) != 1)}"
    sys.stdout.write(f"{sign}{count} cannot load in {found.head} what was saved in {found.base}\n")


def breaks(model: ModelDiff) -> bool:
    """Whether old weights load no more."""
    checkpoint = _checkpoint(model)
    return checkpoint is not None and not checkpoint.loads


def _checkpoint(model: ModelDiff) -> Checkpoint | None:
    return model.diff.checkpoint if model.diff else None


def _said(model: ModelDiff) -> str:
    checkpoint = _checkpoint(model)
    if checkpoint is not None:
        return summary(checkpoint)
    known = {State.ADDED: "new", State.REMOVED: "removed", State.FAILED: model.error}
    return "all keys load as they are" if model.state in _SAME else known.get(model.state, UNKNOWN)


def _line(row: KeyRow) -> str:
    names = " → ".join(dict.fromkeys(filter(None, (row.key, row.now))))
    return f"{row.state:<8}  {names}{f'  {row.says}' * bool(row.says)}{f'  ×{row.count}' * (row.count > 1)}"


def as_json(found: Comparison) -> None:
    """One object: the two states, and each model with its keys; null where these are not known."""
    models = [{"model": m.model, "state": m.state.value, "text": _said(m), **_data(m)} for m in found.models]
    json.dump({"base": found.base, "head": found.head, "models": models}, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _data(model: ModelDiff) -> dict[str, Any]:
    checkpoint = _checkpoint(model)
    return {"checkpoint": checkpoint_data(checkpoint) if checkpoint else None}


def markdown(found: Comparison) -> None:
    """As in the comment of a pull request."""
    for model in found.models:
        if _checkpoint(model):
            told = [f"#### {escape(model.model)}", *checkpoint_lines(model_of(model)), ""]
            sys.stdout.writelines(f"{line}\n" for line in told)


def python(found: Comparison) -> None:
    """A module with a function for each model of which some key is another; of the others there is nothing to map."""
    code: dict[str, str] = {}
    for model in found.models:
        checkpoint = _checkpoint(model)
        if checkpoint is not None and checkpoint.changes:
            name = function_name(model.model, code)
            code[name] = mapping_code(name, checkpoint)
    title = f"Old state dicts with new keys: {found.base} → {found.head}."
    sys.stdout.write(f"# {clean(title)}\n")
    sys.stdout.writelines(["\nimport re\n"] if any("re.sub(" in part for part in code.values()) else [])
    sys.stdout.writelines(f"\n\n{part}" for part in code.values())


REPORTERS: dict[str, Callable[[Comparison], None]] = {
    "text": text, "json": as_json, "markdown": markdown, "python": python,
}  # fmt: skip
