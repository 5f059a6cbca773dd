"""What every faulty file must meet: an exit code that means something, a place, and neither a crash nor a wait."""

import os
import time
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from nnviz_action.cli.main import main

MEANT = (0, 1, 2, 3)  # neither 4, the environment's fault, nor 70, ours
SECONDS = 5.0  # of CPU, many times what any case takes
OURS = ("Traceback", "bug in nnviz-action")
SECRET = "the user's own, and no business of ours\n"


@dataclass(frozen=True)
class Outcome:
    """What a command said to a file, and what it took."""

    code: int
    said: str
    seconds: float


def tried(*arguments: str) -> Outcome:
    """The command line, run here."""
    out, err = StringIO(), StringIO()
    started = time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(arguments))
    said = out.getvalue() + err.getvalue()
    said.encode("utf-8")  # half a character would be a crash on a real terminal
    return Outcome(code, said, time.process_time() - started)


def keeps_its_promise(found: Outcome, about: object, places: Iterable[str] = ()) -> None:
    """What is wrong is told as the user's, quickly, and with its place where it is an error."""
    shown = f"{about!r:.3000}\n{found.said:.3000}"
    assert found.code in MEANT, shown
    assert not any(word in found.said for word in OURS), shown
    assert found.seconds < SECONDS, f"{found.seconds:.1f} s: {shown}"
    assert found.code < 2 or any(place in found.said for place in places), shown


class Ground:
    """A repository to write faulty files into, beside files that are none of its business."""

    def __init__(self, folder: Path) -> None:
        self.outside, self.folder = folder / "outside", folder / "repository"
        self.outside.mkdir()
        (self.folder / ".git").mkdir(parents=True)
        (self.outside / "secret").write_text(SECRET)
        os.chdir(self.folder)

    def write(self, name: str, data: bytes | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def is_untouched_outside(self) -> bool:
        names = [path.name for path in self.outside.iterdir()]
        return names == ["secret"] and (self.outside / "secret").read_text() == SECRET
