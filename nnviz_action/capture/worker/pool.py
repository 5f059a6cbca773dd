"""Several models at a time on one fork server, and all of them stopped at once when the user says so."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from nnviz_action.capture.worker.answers import Captured
from nnviz_action.capture.worker.attempts import Attempts, OnView
from nnviz_action.capture.worker.failure import failure
from nnviz_action.capture.worker.question import asked, hear
from nnviz_action.capture.worker.request import module_of, request
from nnviz_action.capture.worker.server import Server, end_all
from nnviz_action.capture.worker.spawn import Spawner
from nnviz_action.capture.worker.starter import Ahead, GoneError, Process, Starter, StartError
from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import ModelError
from nnviz_action.system.distributions import read_ahead
from nnviz_action.system.start_method import forks

PULSE = 0.2  # seconds
LAST_MOMENT = 0.4  # seconds for threads to end by themselves
MOST_SHARED = 8  # modules: each takes the memory of an idle process
Item = TypeVar("Item")
Result = TypeVar("Result")


class StoppedError(BaseException):
    """The user wants no more of this. No `except Exception` is to make a failure of the model of it."""


class Workers:
    """Captures, `jobs` at a time. What is drawn of one, is drawn beside the next."""

    def __init__(self, jobs: int, ahead: Ahead, at_once: bool = True) -> None:
        """The server is started `at_once`, or with the first capture."""
        self._jobs, self._ahead = jobs, ahead
        self._room = threading.Semaphore(jobs)
        self._lock = threading.Lock()
        self._running: set[Process] = set()
        self._stopping = False
        self._server: Starter | None = None
        self._marks: set[tuple[int, str]] = set()  # of all servers
        self._shared: frozenset[str] = frozenset()
        if at_once:
            with suppress(OSError):  # then it is tried again for each model, whose error it is
                self._serve(ahead)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for mark in self._marks:
            end_all(mark)

    def _serve(self, ahead: Ahead) -> Starter:
        if self._server is None:
            self._server = (Server if forks() else Spawner)(ahead)
            self._marks.add(self._server.mark)
            if ahead != "onnx":
                threading.Thread(target=read_ahead, daemon=True).start()  # while the server imports torch
        return self._server

    def expect(self, specs: Iterable[ModelSpec]) -> None:
        """These are going to be captured: a module that several of them come from, is imported once for most."""
        modules = Counter(filter(None, map(module_of, specs)))
        self._shared = frozenset(module for module, models in modules.most_common(MOST_SHARED) if models > 1)

    def map(
        self, work: Callable[[Item], Result], items: Sequence[Item], seconds: Callable[[Item], float] = lambda _: 0
    ) -> list[Result]:
        """The results in the order of the items, of which the longest begin first: so all cores end together.

        An interrupt ends the running captures, starts no other, and waits but a moment for what is being written.
        """
        order = sorted(range(len(items)), key=lambda index: -seconds(items[index]))
        pool = ThreadPoolExecutor(2 * self._jobs)
        futures = {index: pool.submit(work, items[index]) for index in order}
        left = set(futures.values())
        try:
            while left:  # awake now and then, to hear of signals that another thread got
                done, left = wait(left, PULSE, FIRST_EXCEPTION)
                for future in done:
                    future.result()  # an error ends the others, too
            return [futures[index].result() for index in range(len(items))]
        except BaseException:
            self._stopping = True
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(self._running):
                process.kill()
            if self._server is not None:  # a thread may wait for it to have imported torch
                self._server.kill()
            wait(left, LAST_MOMENT)
            raise
        finally:
            pool.shutdown(wait=not self._stopping)

    def capture(
        self,
        spec: ModelSpec,
        config: Config,
        out: Path,
        on_start: Callable[[], None],
        on_view: OnView,
        exports: bool = True,
    ) -> Captured:
        """Capture a model into `out` once there is room; `on_view` hears of each view when its files are complete.

        Without `exports` there is no ONNX file, unless nothing else can be had.

        Raises `ModelError` with the user's own frames where the model's code fails, hangs or dies, `StoppedError`
        where `map` was interrupted.
        """
        with self._room:
            on_start()
            module = module_of(spec)
            asked = request(spec, config, out) | {"shared": module if module in self._shared else ""}
            attempts = Attempts(spec, asked, on_view, exports)
            while (one := attempts.next()) is not None:
                process = self._start(one, lambda message, hint: failure(message, hint, spec))
                self._running.add(process)
                try:
                    attempts.follow(process, lambda: self._stopping)
                finally:
                    self._running.discard(process)
                    process.close()
                if self._stopping:
                    raise StoppedError
            return attempts.captured()

    def ask(self, question: Mapping[str, Any], folder: Path, root: Path, out: Path, seconds: float) -> dict[str, Any]:
        """What a model answers once there is room. Temporary files go to `out`. Raises as `capture` does."""
        with self._room:
            process = self._start(
                asked(question, folder, root, out), lambda message, hint: ModelError(message, hint=hint)
            )
            self._running.add(process)
            try:
                answer = hear(process, seconds, lambda: self._stopping)
            finally:
                self._running.discard(process)
                process.close()
            if self._stopping:
                raise StoppedError
            return answer

    def _start(self, request: dict[str, Any], fail: Callable[[str, str | None], ModelError]) -> Process:
        """A server that some model ended is replaced; the second time by one that does nothing ahead."""
        for ahead in (self._ahead, "torch" if self._ahead in ("calls", "export") else self._ahead, "nothing"):
            if self._stopping:
                raise StoppedError
            with self._lock:
                server = self._serve(ahead)
            try:
                return server.start(request)
            except StartError:
                hint = "end other processes, raise the limit (ulimit -u), or take fewer models at a time (--jobs 1)"
                raise fail("its process could not be started", hint) from None
            except GoneError:
                with self._lock:
                    self._server = None if self._server is server else self._server
                server.close()
        raise fail("its process could not be started", None)


def needed_ahead(specs: Sequence[ModelSpec]) -> Ahead:
    """What is worth doing once for all of these."""
    models = sum(spec.model is not None for spec in specs)
    return "export" if models > 1 else "torch" if models else "onnx"
