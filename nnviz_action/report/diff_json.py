"""What changed, for machines."""

import json
import sys
from dataclasses import asdict
from typing import Any

from nnviz_action.diff.changes import Change
from nnviz_action.diff.model_diffs import Comparison, ModelDiff
from nnviz_action.report.changes import sentence


def as_json(found: Comparison) -> None:
    """One object: the two states, and every model with its numbers and changes."""
    json.dump(as_data(found), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def as_data(found: Comparison) -> dict[str, Any]:
    """The same as plain data."""
    return {"base": found.base, "head": found.head, "models": [_model(model) for model in found.models]}


def _model(model: ModelDiff) -> dict[str, Any]:
    data: dict[str, Any] = {"model": model.model, "state": model.state.value}
    data |= {key: getattr(model, key) for key in ("was", "error") if getattr(model, key)}
    data |= {"before": dict(model.before), "after": dict(model.after), "autograd": model.autograd}
    if model.diff is not None:
        for key in ("inputs", "outputs"):
            data[key] = dict(zip(("before", "after"), map(dict, getattr(model.diff, key)), strict=True))
        data["reshaped"] = model.diff.reshaped
        data["changes"] = [_change(change) for change in model.diff.changes]
    return data


def _change(change: Change) -> dict[str, Any]:
    data = asdict(change)
    data["places"] = list(change.places) or [change.path]
    data["details"] = list(change.details)
    return {**data, "text": sentence(change)}
