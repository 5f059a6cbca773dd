"""Running a capture in another process: what goes in, what comes out, and when it is stopped."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from nnviz_action.child import command
from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import MissingError, ModelError, NnvizError
from nnviz_action.outputs import generated_paths

REQUESTED = (
    "model", "onnx", "args", "kwargs", "inputs", "dims", "opset", "mode", "views", "autograd", "weights", "fake"
)  # fmt: skip
_LAST_LINES = 12
_GRACE = 0.5  # seconds for the pipes to run empty


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


_running: set["subprocess.Popen[str]"] = set()
_stopping = threading.Event()


def stop_all() -> None:
    """End every capture of this process at once, also one that is about to start."""
    _stopping.set()
    for process in list(_running):
        _kill(process)


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


def capture(spec: ModelSpec, config: Config, out: Path, on_view: Callable[[str], None]) -> Captured:
    """Capture a model into `out`; `on_view` hears of each view as soon as its file is complete.

    Raises `ModelError` with the user's own frames where the model's code fails, hangs or dies.
    """
    process = _start()
    _running.add(process)
    if _stopping.is_set():
        _kill(process)
    tail: list[str] = []
    listener = threading.Thread(target=_relay, args=(process.stderr, spec.name, tail), daemon=True)
    listener.start()
    late = threading.Event()
    threading.Thread(target=_end_group, args=(process,), daemon=True).start()
    timer = threading.Timer(spec.timeout, _stop, (process, late))
    timer.start()
    try:
        _send(process, request(spec, config, out))
        final = _listen(process, on_view)
        process.wait()
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
        _running.discard(process)
    listener.join(timeout=5)
    if late.is_set():
        raise ModelError(
            f"stopped after {spec.timeout:g} s", hint="a longer  timeout:  in the config, or smaller inputs"
        )
    return _result(final, process.returncode, tail)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("nnviz_action.capture.process"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        # The order of sets would otherwise differ from run to run, and with it the names that torch makes up.
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
    )


def _send(process: subprocess.Popen[str], message: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    try:
        json.dump(message, process.stdin)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it died at once: its last words tell why


def _listen(process: subprocess.Popen[str], on_view: Callable[[str], None]) -> dict[str, Any] | None:
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] in ("done", "error"):
            return dict(event)
        on_view(event["event"])
    return None


def _relay(stream: IO[str], name: str, tail: list[str]) -> None:
    """Pass on what the model prints, each line under its name."""
    for line in stream:
        tail.append(line.rstrip())
        del tail[:-_LAST_LINES]
        sys.stderr.write(f"{name}: {line.rstrip()}\n")


def _end_group(process: subprocess.Popen[str]) -> None:
    """Once the worker has ended, end what it left behind, which may hold its pipes open."""
    process.wait()
    time.sleep(_GRACE)
    _kill(process)


def _stop(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """End the worker and whatever it started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass


def _result(final: dict[str, Any] | None, code: int, tail: Sequence[str]) -> Captured:
    if final is None:
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        last = f"; its last words: {tail[-1]}" if tail else ""
        raise ModelError(
            f"the model's code ended the process {how}{last}",
            hint="something in it calls os._exit, crashes, or needs more memory than there is",
        )
    if final["event"] == "error":
        raise _error(final)
    return Captured(
        sources=tuple(Path(p) for p in final["sources"]),
        packages=final["packages"],
        toolchain=final["toolchain"],
        weights=final["weights"],
        opaque=tuple(final["opaque"]),
        notes=tuple(final["notes"]),
        seconds=final["seconds"],
    )


def _error(final: Mapping[str, Any]) -> NnvizError:
    if final.get("missing"):
        return MissingError(final["message"], hint=final["hint"])
    frames = "".join(f"\n    {frame}" for frame in final["frames"])
    return ModelError(f"{final['message']}{frames}", hint=final["hint"])
