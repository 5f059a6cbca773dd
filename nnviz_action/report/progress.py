"""How far a long run is: on a terminal a live line a model, elsewhere a plain one for each that is done."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Quiet:
    """Says nothing; what the others say more of."""

    def stage(self, model: str, stage: str) -> None:
        """A model has come to this stage, with the first it is begun."""

    def end(self, model: str, outcome: str) -> None:
        """It is done, and that came of it."""


class Plain(Quiet):
    """A line for each model that is done: what a log keeps."""

    def __init__(self, count: int) -> None:
        self._count, self._done, self._lock = count, 0, Lock()
        self._begun: dict[str, float] = {}

    def stage(self, model: str, stage: str) -> None:
        """Nothing is said yet."""
        self._begun.setdefault(model, time.monotonic())

    def end(self, model: str, outcome: str) -> None:
        """`3/20 resnet18: drawn, 4.2 s`."""
        with self._lock:
            self._done += 1
            now = time.monotonic()
            seconds = now - self._begun.get(model, now)
            sys.stderr.write(f"{self._done}/{self._count} {model}: {outcome}, {seconds:.1f} s\n")
            sys.stderr.flush()


class Live(Quiet):
    """A line for each model that is under way: stage, seconds so far, and how many it took the last time."""

    def __init__(self, shown: Progress, models: Sequence[str], times: Mapping[str, float]) -> None:
        self._shown, self._times = shown, times
        self._left = dict.fromkeys(models)
        self._tasks: dict[str, TaskID] = {}
        self._all = shown.add_task("all", total=None, stage="", about="")
        self._count = len(models)
        self._tell()

    def stage(self, model: str, stage: str) -> None:
        """A line appears, or says so."""
        if model in self._tasks:
            self._shown.update(self._tasks[model], stage=stage)
            return
        about = f"of about {self._times[model]:.0f} s" if model in self._times else ""
        self._tasks[model] = self._shown.add_task(model, total=None, stage=stage, about=about)

    def end(self, model: str, outcome: str) -> None:
        """The line goes, and a plain one stays."""
        if model in self._tasks:
            self._shown.remove_task(self._tasks.pop(model))
        self._left.pop(model, None)
        self._shown.console.print(f"{model}: {outcome}", markup=False, highlight=False)
        self._tell()

    def _tell(self) -> None:
        known = [self._times[model] for model in self._left if model in self._times]
        left = f"about {sum(known):.0f} s of work left" if known and len(known) == len(self._left) else ""
        self._shown.update(self._all, description=f"{self._count - len(self._left)} of {self._count}", stage=left)


@contextmanager
def watching(models: Sequence[str], times: Mapping[str, float], quiet: bool = False) -> Iterator[Quiet]:
    """What is told of the work on these models while it lasts; `times` are the seconds that each took before."""
    if quiet or not models:
        yield Quiet()
    elif not sys.stderr.isatty() or os.environ.get("CI", "").lower() in ("true", "1"):
        yield Plain(len(models))
    else:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TextColumn("{task.fields[stage]}"),
        )
        ends = (TimeElapsedColumn(), TextColumn("{task.fields[about]}"))
        with Progress(*columns, *ends, console=Console(stderr=True), transient=True) as shown:
            yield Live(shown, models, times)
