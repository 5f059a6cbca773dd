"""What can go wrong, and the exit code of each."""

import os
import traceback
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

    @classmethod
    def of(cls, problems: Sequence["ConfigError"]) -> "ConfigError":
        """All problems of a file as one error, so that they are mended in one go."""
        return problems[0] if len(problems) == 1 else cls("\n".join(str(p) for p in problems))


class ModelError(NnvizError):
    """One model could not be drawn; the others are unaffected."""

    exit_code = 3


class MissingError(NnvizError):
    """The environment lacks something; the hint is the command that installs it."""

    exit_code = 4


def as_bug(error: Exception) -> NnvizError:
    """An exception that none of our code expected, as an error: its place in one line, and what to do about it."""
    if os.environ.get("NNVIZ_DEBUG"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{where.name} in {os.path.basename(where.filename)}:{where.lineno}"  # noqa: PTH119
    hint = "this is a bug in nnviz-action; NNVIZ_DEBUG=1 shows the traceback for the report"
    return NnvizError(f"{type(error).__name__}: {error} ({place})", hint=hint)


def needs(what: str, extra: str) -> MissingError:
    """The error for a missing optional dependency, naming the extra that brings it."""
    return MissingError(f"this needs {what}", hint=f"pip install 'nnviz-action[{extra}]'")
