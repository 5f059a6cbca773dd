"""The models' processes as their server keeps them, and the zygotes that some of them leave behind."""

import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from nnviz_action.capture import process
from nnviz_action.capture.stray_processes import Strays
from nnviz_action.capture.zygote import Order, Zygote


class Models:
    """All that were started: running, or with the exit code of each."""

    def __init__(self) -> None:
        self._codes: dict[int, int | None] = {}
        self._zygotes: dict[str, Zygote | None] = {}  # by module; None where there will be none
        self._strays = Strays()

    def start(self, order: Order, connection: Connection) -> int:
        """A process for this order, or 0; it must not hold the `connection` that we hear of orders by."""
        try:
            pid = self._from_zygote(order) or self._fork(order, connection)
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
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._codes[pid] = os.waitstatus_to_exitcode(status)
                self._strays.end(pid, self._running(), self._heard())
        return self._codes[pid]

    def end(self) -> None:
        """End all of them."""
        for zygote in filter(None, self._zygotes.values()):
            zygote.end()
        for pid in self._running():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _running(self) -> list[int]:
        return [pid for pid, code in self._codes.items() if code is None]

    def _fork(self, order: Order, connection: Connection) -> int:
        module = order[0]["shared"]
        zygote = Zygote() if module and module not in self._zygotes and self._strays.adopts else None
        pid = os.fork()
        if pid == 0:
            connection.close()
            for other in filter(None, (zygote, *self._zygotes.values())):
                other.close()
            process.main(*order, zygote.theirs if zygote else None)
        if zygote is not None:
            zygote.theirs.close()
            self._zygotes[module] = zygote
        return pid

    def _from_zygote(self, order: Order) -> int:
        """0 where there is none, or none yet."""
        module = order[0]["shared"]
        zygote = self._zygotes.get(module)
        if zygote is None:
            return 0
        try:
            return zygote.start(order)
        except (OSError, ValueError):
            self._give_up(module, zygote)
            self._strays.end_others((*self._running(), *self._heard()))  # what it may have started after all
            return 0

    def _heard(self) -> list[int]:
        """The processes of all zygotes."""
        heard = []
        for module, zygote in [(module, zygote) for module, zygote in self._zygotes.items() if zygote]:
            try:
                heard.append(zygote.hear())
            except (OSError, ValueError):
                self._give_up(module, zygote)
        return heard

    def _give_up(self, module: str, zygote: Zygote) -> None:
        self._zygotes[module] = None
        zygote.end()
