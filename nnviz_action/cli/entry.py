"""Where the command starts: a hook that finds nothing changed is done before the command line is even imported."""

import os
import sys
import time

from nnviz_action.freshness import hook_note

INTERRUPTED = 130
PATIENCE = 1.0  # seconds: `timeout` sends two signals for one, and so may a terminal


def main() -> int:
    """The exit code. What the terminal cannot show is shown as `?`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # no time for pathlib
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    said = hook_note.read_note(sys.argv[1:])
    if said:
        sys.stdout.write(said)
        return 0
    interrupts = _Interrupts()
    try:
        interrupts.listen()
        from nnviz_action.cli.main import main as command_line  # noqa: PLC0415  # click costs more than all the above

        code = command_line()
        return code if code != INTERRUPTED else _end_at_once()
    except KeyboardInterrupt:  # before the command line could tell of it
        sys.stderr.write("error: interrupted\n")
        return INTERRUPTED
    finally:
        interrupts.over()


def _end_at_once() -> int:
    """Without waiting for threads: one may be in the middle of a picture."""
    from nnviz_action.system.temporary import close_all  # noqa: PLC0415  # no time for it where nothing was interrupted

    close_all()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # nobody reads it
            continue
    os._exit(INTERRUPTED)


def _say_nothing(_: object) -> None:
    """Whoever interrupts us is told that, and nothing else."""


class _Interrupts:
    """A request to terminate ends us as Ctrl-C does; one more, a while later, without tidying up."""

    def __init__(self) -> None:
        self._since = 0.0

    def listen(self) -> None:
        """From now on."""
        import signal  # noqa: PLC0415  # not on the path of a hook that finds nothing changed

        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` and shells do for what runs behind
                signal.signal(number, self._hear)

    def _hear(self, *_: object) -> None:
        now = time.monotonic()
        if not self._since:
            self._since = now
            sys.unraisablehook = _say_nothing  # where Python passes over what a handler raises, it prints a traceback
            raise KeyboardInterrupt
        if now > self._since + PATIENCE:
            os._exit(INTERRUPTED)

    def over(self) -> None:
        """Nothing is left that an interrupt could stop."""
        self._since = self._since or time.monotonic()
