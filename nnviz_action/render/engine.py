"""The only caller of Graphviz: DOT → coordinates, in a process that can be stopped.

`main` is that process. It serves one request after the other: a JSON list of DOT texts on a line of stdin, a list of
Graphviz's own JSON on a line of stdout.
"""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from nnviz_action.errors import ModelError, NnvizError
from nnviz_action.system.child import command
from nnviz_action.system.install import needs

NOT_INSTALLED = 4
LONGEST = 60  # seconds for a request, where whoever asked was killed and stops nothing any more


class LayoutTimeoutError(Exception):
    """The layout did not end in time: a coarser drawing is wanted."""


class Engine:
    """One such process, started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def lay_out(self, dots: Sequence[str], timeout: float) -> list[dict[str, Any]]:
        """Graphviz's JSON for each. Raises `LayoutTimeoutError` after `timeout` seconds."""
        process = self._process = self._process or _start()
        late = threading.Event()
        timer = threading.Timer(timeout, _stop, (process, late))
        timer.start()
        try:
            answer = _ask(process, dots)
        finally:
            timer.cancel()
        if late.is_set() or not answer:
            self.close()
        if not answer:
            raise LayoutTimeoutError if late.is_set() else _failure(process)
        return [json.loads(text) for text in json.loads(answer)]

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None


_idle: list[Engine] = []
_lock = threading.Lock()


def lay_out(dots: Sequence[str], timeout: float) -> list[dict[str, Any]]:
    """As `Engine.lay_out`, by an engine that nobody else is using."""
    with _lock:
        engine = _idle.pop() if _idle else Engine()
    try:
        return engine.lay_out(dots, timeout)
    finally:
        with _lock:
            _idle.append(engine)


@atexit.register
def close_all() -> None:
    """End all idle engines."""
    while _idle:
        _idle.pop().close()


def versions() -> dict[str, str]:
    """What lays out and paints, for the lock."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # costs as much as a whole check

    try:
        layout = f"pygraphviz {version('pygraphviz')}"
    except PackageNotFoundError:
        layout = "dot"
    return {"layout": layout, "paint": f"resvg {version('resvg')}, resvg-py {version('resvg-py')}"}


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(__name__),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # Graphviz warns of what does not matter, and nobody would empty a pipe
        text=True,
        encoding="utf-8",
    )


def _stop(process: "subprocess.Popen[str]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _ask(process: "subprocess.Popen[str]", dots: Sequence[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(list(dots)) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        return line if line.endswith("\n") else ""  # it may have been killed amid its answer
    except BrokenPipeError:
        return ""


_AGAIN = "run it again; if memory is short, with fewer models at a time (--jobs 1)"


def _failure(process: "subprocess.Popen[str]") -> NnvizError:
    if process.returncode == NOT_INSTALLED:
        return needs("the layout engine in pygraphviz", "render")
    code = process.returncode
    how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return ModelError(f"Graphviz ended {how} instead of a layout", hint=_AGAIN)


def main() -> None:
    """Serve until stdin ends, and leave without the clean-up in which Graphviz sometimes crashes."""
    try:
        import pygraphviz  # noqa: PLC0415  # only this process may load Graphviz
    except ImportError:
        if shutil.which("dot") is None:
            os._exit(NOT_INSTALLED)
        draw = _by_command
    else:

        def draw(dot: str) -> str:
            # `layout()` and then `draw()` on one graph can crash the interpreter; this does both at once.
            drawn: bytes = pygraphviz.AGraph(string=dot).draw(prog="dot", format="json0")
            return drawn.decode()

    alarm = getattr(signal, "alarm", _no_alarm)  # by default it ends the process, amid Graphviz's own code too
    for line in sys.stdin:
        alarm(LONGEST)
        sys.stdout.write(json.dumps([draw(dot) for dot in json.loads(line)]) + "\n")
        sys.stdout.flush()
        alarm(0)
    os._exit(0)


def _no_alarm(_: int) -> None:
    """Some systems have none."""


def _by_command(dot: str) -> str:
    return subprocess.run(["dot", "-Tjson0"], input=dot, capture_output=True, text=True, check=True).stdout
