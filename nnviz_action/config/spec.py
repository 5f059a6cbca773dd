"""A config as the rest of the program sees it: checked, complete, frozen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEANINGLESS = (
    "folder",
    "place",
    "timeout",
    "memory",
    "sources",
    "written",
    "output",
    "fake",
)  # no part of what a diagram shows


def graphs_of(views: Iterable[str]) -> tuple[str, ...]:
    """The graphs that views show, each once."""
    return tuple(dict.fromkeys("forward" if view == "overview" else view for view in views))


@dataclass(frozen=True)
class ModelSpec:
    """One model of the config, defaults applied.

    `place` is the file and line of its entry, `folder` where its diagram lies, absolute.
    """

    name: str
    place: str
    folder: Path
    output: str
    model: str | None
    onnx: str | None
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    inputs: Mapping[str, Any]
    dims: Mapping[str, int]
    opset: int
    export: str
    mode: Mapping[str, str]
    views: tuple[str, ...]
    autograd: Mapping[str, Any]
    picture: Mapping[str, Any]
    weights: str
    fake: str
    pythonpath: tuple[str, ...]
    timeout: float
    memory: int | None
    sources: tuple[str, ...]
    written: str

    @property
    def graphs(self) -> tuple[str, ...]:
        """The graphs that its views show: `forward`, `autograd` or both. The overview is one of the forward graph."""
        return graphs_of(self.views)

    def entry(self) -> str:
        """A hash of all that the diagram depends on, however it is spelled in the file."""
        meaning = {key: value for key, value in vars(self).items() if key not in MEANINGLESS}
        text = json.dumps(meaning, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Config:
    """A whole file. `root` is the repository's folder, the boundary of what is read and written."""

    path: Path
    root: Path
    models: tuple[ModelSpec, ...]
    on_drift: str

    @property
    def folder(self) -> Path:
        """The folder of the file, from which all its paths count."""
        return self.path.parent
