"""What changed, for machines."""

import json
import sys
from dataclasses import asdict
from typing import Any

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.checkpoint import Checkpoint
from nnviz_action.comparison.model_diffs import Comparison, ModelDiff
from nnviz_action.report.changes import sentence
from nnviz_action.report.checkpoint_text import summary


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
    data |= {"backward": list(model.backward)} if model.backward else {}
    if model.diff is not None:
        for key in ("inputs", "outputs"):
            data[key] = dict(zip(("before", "after"), map(dict, getattr(model.diff, key)), strict=True))
        data["reshaped"] = model.diff.reshaped
        data["changes"] = [_change(change) for change in model.diff.changes]
        data["loads"] = model.loads
        data["checkpoint"] = checkpoint_data(model.diff.checkpoint) if model.diff.checkpoint else None
    return data


def checkpoint_data(found: Checkpoint) -> dict[str, Any]:
    """What becomes of each key of an old state dict that is not as it was."""
    data: dict[str, Any] = {"loads": found.loads, "text": summary(found), "kept": len(found.kept)}
    data |= {"renamed": found.renames, "gone": [c.key for c in found.of("gone")]}
    data |= {"new": [change.now for change in found.of("new")]}
    data |= {"tied": [list(group) for group in found.tied], "untied": [list(group) for group in found.untied]}
    for state in ("reshaped", "retyped"):
        data[state] = [
            {"key": c.key, "now": c.now, "before": str(c.before), "after": str(c.after)} for c in found.of(state)
        ]
    return data


def _change(change: Change) -> dict[str, Any]:
    data = asdict(change)
    data["places"] = list(change.places) or [change.path]
    data["details"] = list(change.details)
    data["folded"] = [_change(one) for one in change.folded]
    return {**data, "text": sentence(change)}
