"""What a model's process is asked."""

import json
from pathlib import Path
from typing import Any

from nnviz_action.config import Config, ModelSpec
from nnviz_action.freshness.outputs import generated_paths

REQUESTED = (
    "model", "onnx", "args", "kwargs", "inputs", "dims", "opset", "mode", "autograd", "weights", "fake", "memory",
)  # fmt: skip


def request(spec: ModelSpec, config: Config, out: Path) -> dict[str, Any]:
    """What holds for all tries of a model, as JSON takes it."""
    return {key: getattr(spec, key) for key in REQUESTED} | {
        "folder": str(config.folder),
        "root": str(config.root),
        "out": str(out),
        "pythonpath": [str((config.folder / p).resolve()) for p in spec.pythonpath],
        "excluded": [
            str(config.path),
            *sorted(str(path) for m in config.models for path in generated_paths(m.folder)),
        ],
    }


def module_of(spec: ModelSpec) -> str:
    """What names the import that this model begins with, for those that may share it; empty where none may.

    With real weights from the start, the import itself is another: it runs without the meta device.
    """
    if spec.model is None or spec.fake == "never" or spec.weights == "keep":
        return ""
    return json.dumps([spec.model.rpartition(":")[0], spec.pythonpath, spec.memory])
