"""How many seconds each model took the last time, kept in git's own folder: a lock holds no times."""

import json
from collections.abc import Mapping
from pathlib import Path

from nnviz_action.freshness.hook_note import note_path

UNKNOWN = float("inf")  # of a model that was never drawn here: it may be the longest


def read_times(root: Path, config: Path) -> dict[str, float]:
    """By model; empty where nothing is known."""
    try:
        data = json.loads(_path(root, config).read_bytes())
    except (OSError, ValueError):
        return {}
    return (
        {str(k): float(v) for k, v in data.items() if isinstance(v, (int, float))} if isinstance(data, dict) else {}
    )


def keep_times(root: Path, config: Path, times: Mapping[str, float]) -> None:
    """Add these to what is known; where that cannot be written, nothing is."""
    path = _path(root, config)
    known = {**read_times(root, config), **{model: round(seconds, 1) for model, seconds in times.items()}}
    try:
        if (root / ".git").exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(known, sort_keys=True), encoding="utf-8")
    except OSError:
        pass


def _path(root: Path, config: Path) -> Path:
    return Path(note_path(str(root), f"{config.resolve().relative_to(root.resolve()).as_posix()}.times"))
