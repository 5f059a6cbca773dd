"""The models' processes as their server keeps them, and the copies that some of them leave behind."""

import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from nnviz_action.capture import process
from nnviz_action.capture.nest import Nest, Order
from nnviz_action.capture.strays import Strays


class Models:
    """All that were started: running, or with the exit code of each."""

    def __init__(self) -> None:
        self._codes: dict[int, int | None] = {}
        self._nests: dict[str, Nest | None] = {}  # None where there will be no copy
        self._strays = Strays()

    def start(self, order: Order, connection: Connection) -> int:
        """A process for this order, or 0; it must not hold the `connection` that we hear of orders by."""
        try:
            pid = self._from_nest(order) or self._fork(order, connection)
        except OSError:  # too many processes, or no memory: this one's trouble alone
            return 0
        finally:
            for pipe in order[1:]:
                os.close(pipe)
        with suppress(ProcessLookupError, PermissionError):  # whoever is first: then there is a group to kill
            os.setpgid(pid, pid)
        self._codes[pid] = None
        return pid

    def poll(self, pid: int) -> int | None:
        """Its exit code, once it has ended; then what it left behind is ended too."""
        if self._codes[pid] is None:
            self._strays.look(pid)
            self._codes[pid] = code = _exit_code(pid)
            if code is not None:
                self._strays.end(pid, [pid for pid, code in self._codes.items() if code is None], self._copies())
        return self._codes[pid]

    def end(self) -> None:
        """End all of them."""
        for nest in filter(None, self._nests.values()):
            nest.end()
        for pid, code in self._codes.items():
            if code is None:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)

    def _fork(self, order: Order, connection: Connection) -> int:
        name = order[0]["nest"]
        nest = Nest() if name and name not in self._nests and self._strays.adopts else None
        pid = os.fork()
        if pid == 0:
            connection.close()
            for other in filter(None, (nest, *self._nests.values())):
                other.close()
            process.main(*order, nest.theirs if nest else None)
        if nest is not None:
            nest.theirs.close()
            self._nests[name] = nest
        return pid

    def _from_nest(self, order: Order) -> int:
        """0 where there is no copy, or none yet."""
        name = order[0]["nest"]
        nest = self._nests.get(name)
        if nest is None:
            return 0
        try:
            return nest.start(order)
        except (EOFError, OSError, ValueError):
            self._drop(name, nest)
            return 0

    def _copies(self) -> list[int]:
        nests = [(name, nest) for name, nest in self._nests.items() if nest is not None]
        for name, nest in nests:
            try:
                nest.hear()
            except (EOFError, OSError, ValueError):
                self._drop(name, nest)
        return [nest.pid for nest in self._nests.values() if nest is not None]

    def _drop(self, name: str, nest: Nest) -> None:
        nest.end()
        self._nests[name] = None


def _exit_code(pid: int) -> int | None:
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # a copy spoke of one that is not ours
        return -signal.SIGKILL
    return os.waitstatus_to_exitcode(status) if ended else None
