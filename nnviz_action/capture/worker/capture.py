"""What a worker is asked, and what is made of its answer."""

import json
import re
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import MissingError, ModelError
from nnviz_action.freshness.lock import can_fail
from nnviz_action.freshness.outputs import generated_paths
from nnviz_action.graph.number_text import short_bytes

_LACKS_MEMORY = re.compile("^\\w*MemoryError|can't allocate memory")
REQUESTED = (
    "model", "onnx", "args", "kwargs", "inputs", "dims", "opset", "export", "mode", "views", "autograd", "weights",
    "fake", "memory",
)  # fmt: skip


@dataclass(frozen=True)
class Captured:
    """What a capture reports beside its files: see `nnviz_action.capture.run`."""

    sources: tuple[Path, ...]
    packages: Mapping[str, str]
    toolchain: Mapping[str, str]
    weights: Mapping[str, str]
    opaque: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: Mapping[str, float]
    failed: Mapping[str, str]  # graph, onnx or autograd: why it could not be made


def request(spec: ModelSpec, config: Config, out: Path) -> dict[str, Any]:
    """What the worker is asked, as JSON takes it."""
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


def result(final: Mapping[str, Any] | None, code: int | None, tail: Sequence[str], spec: ModelSpec) -> Captured:
    """What the last event says, or the error that it tells of. Without one, `code` is how the process ended."""
    if final is None:
        last = f"; its last words: {tail[-1]}" if tail else ""
        raise failure(f"the model's code ended the process{_how(code)}{last}", _why(code), spec)
    try:
        return _understood(final, spec)
    except (KeyError, TypeError, ValueError):
        hint = "something in it writes to file descriptors that it did not open"
        raise failure("the model's code spoke in the name of nnviz-action", hint, spec) from None


def _understood(final: Mapping[str, Any], spec: ModelSpec) -> Captured:
    """Raises `TypeError` where something is not of its kind: the model's code may have written it."""
    if final["event"] == "error":
        message, frames = _text(final["message"]), _texts(final["frames"])
        hint = final["hint"] and _text(final["hint"])
        if spec.memory and _LACKS_MEMORY.search(message):
            allowed = short_bytes(spec.memory)
            hint = f"memory:  allows it {allowed} beside torch: allow more, or make the inputs or the model smaller"
        raise MissingError(message, hint=hint) if final.get("missing") else failure(message, hint, spec, frames)
    failed = _mapping(final["failed"], str)
    if not can_fail(failed):
        raise TypeError
    return Captured(
        sources=tuple(Path(p) for p in _texts(final["sources"])),
        packages=_mapping(final["packages"], str),
        toolchain=_mapping(final["toolchain"], str),
        weights=_mapping(final["weights"], str),
        opaque=_texts(final["opaque"]),
        notes=_texts(final["notes"]),
        seconds=_mapping(final["seconds"], (int, float)),
        failed=failed,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_text, value))


def _mapping(value: Any, kind: type | tuple[type, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(inner, kind) for inner in value.values()):
        raise TypeError
    return value


def late(final: Mapping[str, Any] | None, spec: ModelSpec) -> ModelError:
    """The error of a model whose time was up, with the place that its last word names."""
    frames: tuple[str, ...] = ()
    with suppress(KeyError, TypeError):
        frames = _texts(final["frames"]) if final and final["event"] == "error" else ()
    hint = "see whether it ends there; if so, give it a longer  timeout:  or smaller inputs"
    return failure(f"stopped after {spec.timeout:g} s", hint, spec, frames)


def failure(message: str, hint: str | None, spec: ModelSpec, frames: Sequence[str] = ()) -> ModelError:
    """With the way to where it happened: the entry in the config, then the user's own frames."""
    way = "".join(f"\n    {frame}" for frame in (f"{spec.place}: {spec.name}", *frames))
    return ModelError(f"{message}{way}", hint=hint)


def _why(code: int | None) -> str:
    """What most often ends a process like this."""
    if code is None:
        return "nobody saw how: another model may have ended the process that starts them"
    if code == -signal.SIGKILL:
        return "the system does so where memory runs out: make the inputs or the model smaller"
    if code < 0:
        return "native code in it crashes, or a recursion is too deep: PYTHONFAULTHANDLER=1 tells where"
    return "something in it calls os._exit, or native code in it exits"


def _how(code: int | None) -> str:
    if code is None:
        return ""
    if code >= 0:
        return f" with exit code {code}"
    with suppress(ValueError):
        return f" by signal {signal.Signals(-code).name}"
    return f" by signal {-code}"  # those in real time have no names
