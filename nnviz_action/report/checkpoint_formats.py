"""What `diff --checkpoint` says: whether saved weights load, which keys do not, and a function that maps them."""

import json
import sys
from collections.abc import Callable
from typing import Any

from nnviz_action.comparison.model_diffs import Comparison, ModelDiff, State
from nnviz_action.render.text import clean
from nnviz_action.report.checkpoint_code import function_name, mapping_code
from nnviz_action.report.checkpoint_markdown import checkpoint_lines
from nnviz_action.report.checkpoint_text import KeyRow, names_of, rows, summary
from nnviz_action.report.diff_json import checkpoint_data
from nnviz_action.report.escape import escape
from nnviz_action.report.record_models import model_of

UNKNOWN = "not known: one side is an ONNX file, or was drawn by an older nnviz-action"


def text(found: Comparison) -> None:
    """Each model with what becomes of its keys."""
    for model in found.models:
        sys.stdout.write(f"{model.model}: {_said(model)}\n")
        changed = rows(model.checkpoint) if model.checkpoint else []
        sys.stdout.writelines(f"  {_line(row)}\n" for row in changed)
    broken = sum(model.loads is False for model in found.models)
    unknown = sum(model.loads is None and not _alone(model) for model in found.models)
    sign = "" if broken or unknown else "✓ "
    count = f"{broken or 'none'} of {len(found.models)} model{'s' * (len(found.models) != 1)}"
    rest = f"; of {unknown} it is not known" if unknown else ""
    sys.stdout.write(f"{sign}{count} cannot load in {found.head} what was saved in {found.base}{rest}\n")


def _alone(model: ModelDiff) -> bool:
    """Whether there is no old model, or no new one."""
    return model.state in (State.ADDED, State.REMOVED)


def _said(model: ModelDiff) -> str:
    if model.checkpoint is not None:
        return summary(model.checkpoint)
    if model.loads:
        return "all keys load as they are"
    return {State.ADDED: "new", State.REMOVED: "removed", State.FAILED: model.error}.get(model.state, UNKNOWN)


def _line(row: KeyRow) -> str:
    names = " → ".join(clean(name) for name in dict.fromkeys(filter(None, names_of(row.key, row.now))))
    return f"{row.state:<8}  {names}{f'  {row.says}' * bool(row.says)}{f'  ×{row.count}' * (row.count > 1)}"


def as_json(found: Comparison) -> None:
    """One object: the two states, and each model with whether old weights load, null where that is not known, and the
    keys of one that changed."""
    models = [
        {"model": m.model, "state": m.state.value, "text": _said(m), "loads": m.loads, **_data(m)}
        for m in found.models
    ]
    json.dump({"base": found.base, "head": found.head, "models": models}, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _data(model: ModelDiff) -> dict[str, Any]:
    return {"checkpoint": checkpoint_data(model.checkpoint) if model.checkpoint else None}


def markdown(found: Comparison) -> None:
    """As in the comment of a pull request."""
    for model in found.models:
        if model.checkpoint:
            told = [f"#### {escape(model.model)}", *checkpoint_lines(model_of(model)), ""]
            sys.stdout.writelines(f"{line}\n" for line in told)


def python(found: Comparison) -> None:
    """A module with a function for each model of which some key is another; of the others there is nothing to map."""
    code: dict[str, str] = {}
    for model in found.models:
        if model.checkpoint is not None and model.checkpoint.changes:
            name = function_name(model.model, code)
            code[name] = mapping_code(name, model.checkpoint)
    title = f"Old state dicts with new keys: {found.base} → {found.head}."
    sys.stdout.write(f"# {clean(title)}\n")
    sys.stdout.writelines(["\nimport re\n"] if any("re.sub(" in part for part in code.values()) else [])
    sys.stdout.writelines(f"\n\n{part}" for part in code.values())


REPORTERS: dict[str, Callable[[Comparison], None]] = {
    "text": text, "json": as_json, "markdown": markdown, "python": python,
}  # fmt: skip
