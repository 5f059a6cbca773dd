"""What can go wrong, and the exit code of each."""

import errno
import os
from collections.abc import Sequence


class NnvizError(Exception):
    """An error for the user: what is wrong, where, and (`hint`) how to mend it."""

    exit_code = 70

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  {self.hint}"


class ConfigError(NnvizError):
    """`nnviz.yaml`, or the command line, asks for something that cannot be."""

    exit_code = 2
    mark = (0, 0)  # line and column, where it is of a file

    @classmethod
    def of(cls, problems: Sequence["ConfigError"]) -> "ConfigError":
        """All problems of a file as one error, each once and from the top, so that they are mended in one go."""
        found = sorted({str(p): p for p in problems}.values(), key=lambda problem: problem.mark)
        return found[0] if len(found) == 1 else cls("\n".join(map(str, found)))


class ModelError(NnvizError):
    """One model could not be drawn; the others are unaffected."""

    exit_code = 3


class MissingError(NnvizError):
    """The environment lacks something; the hint is the command that installs it."""

    exit_code = 4


_ROOM = "make room; temporary files lie in the folder that TMPDIR names"
_IN_THE_WAY = "what is there is in the way: move it away, or name another place"
_FILES = "raise the limit (ulimit -n 4096), or take fewer models at a time (--jobs 1)"
_RIGHTS = "see who may do that: ls -ld on the file and its folder"
# What to do about an error of the operating system.
_CURES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "raise the limit on the size of files: ulimit -f unlimited",
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "the file system is read-only: name another place, or mount it for writing",
    errno.EISDIR: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOMEM: "take fewer models at a time (--jobs 1)",
}


def unforeseen(error: Exception, kind: type[NnvizError] = MissingError) -> NnvizError:
    """An exception that none of our code expected: of the system where it refused something, else as our bug."""
    if isinstance(error, UnicodeEncodeError):  # of a file's name, under a locale that nobody could coerce
        return kind(f"the names of files cannot be written in {error.encoding} here", hint="set PYTHONUTF8=1")
    if not isinstance(error, OSError) or not error.errno:
        return as_bug(error)
    _show(error)
    file = error.filename2 or error.filename
    what = f"cannot read or write {os.fsdecode(file)}" if isinstance(file, (str, bytes)) else "cannot go on"
    lost = error.errno == errno.ENOENT and not file  # tempfile found no folder that it may use
    return kind(f"{what}: {error.strerror}", hint=_ROOM if lost else _CURES.get(error.errno))


def _show(error: Exception) -> None:
    """The traceback, for those who asked for it."""
    if os.environ.get("NNVIZ_DEBUG"):
        import traceback  # noqa: PLC0415  # a quick check has no use for it

        traceback.print_exception(error)


def as_bug(error: Exception) -> NnvizError:
    """An exception that is our own fault, as an error: its place in one line, and what to do about it."""
    import traceback  # noqa: PLC0415  # a quick check has no use for it

    _show(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{where.name} in {os.path.basename(where.filename)}:{where.lineno}"  # noqa: PTH119
    hint = "this is a bug in nnviz-action; NNVIZ_DEBUG=1 shows the traceback for the report"
    return NnvizError(f"{type(error).__name__}: {error} ({place})", hint=hint)
