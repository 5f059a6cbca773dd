"""The errors of processes that end, hang or lie, with the way to where it happened."""

import signal
from collections.abc import Sequence
from contextlib import suppress

from nnviz_action.capture.worker.starter import KILLED
from nnviz_action.config import ModelSpec
from nnviz_action.errors import ModelError
from nnviz_action.graph.number_text import short_bytes
from nnviz_action.system.plain_text import plain

_CRASHES = tuple(getattr(signal, f"SIG{name}", 0) for name in ("SEGV", "BUS", "ILL", "FPE", "ABRT", "TRAP", "SYS"))
_ALARM = "an alarm that it set went off, and nothing heard it (signal.alarm, signal.setitimer)"
_SIGNALS = {getattr(signal, f"SIG{name}", 0): _ALARM for name in ("ALRM", "VTALRM", "PROF")}
_SIGNALS[getattr(signal, "SIGXCPU", 0)] = "its time on the processor was up: raise the limit (ulimit -t unlimited)"
_SIGNALS[getattr(signal, "SIGXFSZ", 0)] = "a file grew too large: raise the limit (ulimit -f unlimited)"


def failure(message: str, hint: str | None, spec: ModelSpec, frames: Sequence[str] = ()) -> ModelError:
    """With the entry in the config, then the user's own frames."""
    way = "".join(f"\n    {frame}" for frame in (f"{spec.place}: {spec.name}", *frames))
    return ModelError(plain(f"{message}{way}"), hint=hint and plain(hint))


def ended(code: int | None, tail: Sequence[str], spec: ModelSpec) -> ModelError:
    """A process that ended without a word of its own; `code` is how, `tail` what it printed last."""
    last = f"; its last words: {tail[-1]}" if tail else ""
    return failure(f"the model's code ended the process{_how(code)}{last}", _why(code), spec)


def late(frames: Sequence[str], part: str, spec: ModelSpec) -> ModelError:
    """A model whose time was up, with the place that its last word names."""
    hint = "see whether it ends there; if so, give it a longer  timeout:  or smaller inputs"
    if part == "onnx":
        hint += "; it was being exported, and  export: never  leaves that out"
    return failure(f"stopped after {spec.timeout:g} s", hint, spec, frames)


def full(frames: Sequence[str], spec: ModelSpec) -> ModelError:
    """A model that took too much memory, its children's and what it shares included."""
    return failure("stopped for lack of memory", too_little(spec), spec, frames)


def too_little(spec: ModelSpec) -> str:
    """What to do where `memory:` is not enough."""
    allowed = short_bytes(spec.memory or 0)
    return f"memory:  allows it {allowed} beside torch: allow more, or make the inputs or the model smaller"


def not_started(seconds: float, spec: ModelSpec) -> ModelError:
    """A process that never came to the model's code."""
    hint = "nnviz-action doctor  tells whether torch can be imported here"
    return failure(f"its process was not ready after {seconds:g} s", hint, spec)


def forged(spec: ModelSpec) -> ModelError:
    """An answer that is none of ours."""
    hint = "something in it writes to file descriptors that it did not open"
    return failure("the model's code spoke in the name of nnviz-action", hint, spec)


def _why(code: int | None) -> str:
    """What most often ends a process like this."""
    if code is None:
        return "nobody saw how: another model may have ended the process that starts them"
    if code == KILLED:
        return "the system does so where memory runs out: make the inputs or the model smaller"
    if -code in _CRASHES:
        return "native code in it crashes, or a recursion is too deep: PYTHONFAULTHANDLER=1 tells where"
    if code < 0:
        return _SIGNALS.get(-code, "something in it sent this signal, or another process did (os.kill)")
    return "something in it calls os._exit, or native code in it exits"


def _how(code: int | None) -> str:
    if code is None:
        return ""
    if code >= 0:
        return f" with exit code {code}"
    with suppress(ValueError):
        return f" by signal {signal.Signals(-code).name}"
    return f" by signal {-code}"  # those in real time have no names
