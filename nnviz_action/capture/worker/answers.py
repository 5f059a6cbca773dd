"""What the processes of one model tell, read with suspicion: the model's code can reach the pipe too."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnviz_action.capture.worker.failure import failure, too_little
from nnviz_action.capture.worker.left import Left
from nnviz_action.capture.worker.tries import Miss, Tries
from nnviz_action.config import ModelSpec
from nnviz_action.errors import MissingError, NnvizError
from nnviz_action.system.distributions import versions_of_modules
from nnviz_action.system.plain_text import plain

_LACKS_MEMORY = re.compile("^\\w*MemoryError|can't allocate memory")
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Captured:
    """What a capture reports beside its files. By view, how the model was built; by part, why it could not be made,
    and what to do about that."""

    sources: tuple[Path, ...]
    packages: Mapping[str, str]
    toolchain: Mapping[str, str]
    weights: Mapping[str, str]
    opaque: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: Mapping[str, float]
    failed: Mapping[str, str]
    cures: Mapping[str, str]
    left: Left
    left_seconds: float  # of its `timeout`


@dataclass
class Answers:
    """What was told so far, by all processes of a model."""

    sources: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    toolchain: dict[str, str] = field(default_factory=dict)
    opaque: tuple[str, ...] = ()
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by part
    seconds: Counter[str] = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)  # the sha256 of each that was written

    def add(self, event: Event) -> None:
        """A part that was made. Raises `KeyError`, `TypeError` where something is not of its kind."""
        self.add_sources(event)
        self.opaque += texts(event["opaque"])
        self.notes[text(event["part"])] = texts(event["notes"])
        for stage, seconds in _mapping(event["seconds"], (int, float)).items():
            self.seconds[stage] += seconds

    def add_sources(self, event: Event) -> None:
        """What a part was made from; also one that was missed, as its failure is a fact too."""
        self.sources.update(texts(event["sources"]))
        self.modules.update(texts(event["modules"]))
        self.toolchain |= _mapping(event["toolchain"], str)
        self.files |= _mapping(event.get("files", {}), str)

    def captured(self, tries: Tries, left: Left, left_seconds: float) -> Captured:
        """All together, in the order of the parts rather than of the tries."""
        order = sorted(self.notes, key=["autograd", "graph", "onnx"].index)
        return Captured(
            sources=tuple(map(Path, sorted(self.sources))),
            packages=versions_of_modules(self.modules),
            toolchain=self.toolchain,
            weights=tries.weights(),
            opaque=self.opaque,
            notes=tuple(note for part in order for note in self.notes[part]),
            seconds=dict(self.seconds),
            failed={part: miss.reason for part, miss in sorted(tries.failed.items())},
            cures={part: miss.error.hint for part, miss in tries.failed.items() if miss.error.hint},
            left=left,
            left_seconds=left_seconds,
        )


def miss_of(event: Event, spec: ModelSpec) -> Miss:
    """A part that was missed, as the process tells it. Raises as `Answers.add` does."""
    return Miss(error_of(event, spec), text(event["reason"]), bool(event["final"]), bool(event["fatal"]))


def error_of(event: Event, spec: ModelSpec) -> NnvizError:
    """The error that an event tells of. Raises as `Answers.add` does."""
    message, frames = text(event["message"]), texts(event["frames"])
    hint = event["hint"] and text(event["hint"])
    if spec.memory and _LACKS_MEMORY.search(message):
        hint = too_little(spec)
    if event.get("missing"):
        return MissingError(plain(message), hint=hint and plain(hint))
    return failure(message, hint, spec, frames)


def text(value: Any) -> str:
    """Raises `TypeError` where it is none."""
    if not isinstance(value, str):
        raise TypeError
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Raises `TypeError` where it is no list of texts."""
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(text, value))


def _mapping(value: Any, kind: type | tuple[type, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(inner, kind) for inner in value.values()):
        raise TypeError
    return value
