"""An exception of the user's code, or of torch about it, as a message that says what to do."""

import re
import traceback
from pathlib import Path
from typing import Any

from nnviz_action.errors import MissingError, NnvizError

_OPERATOR = re.compile(
    r"(?:While executing|Error when translating node) (%\w+).*?target=(?:torch\.ops\.)?([\w.]+)", re.S
)
_PACKAGE = Path(__file__).resolve().parent.parent

# Where torch's own words tell a reader of its internals, ours tell what to change. By the class of the error.
_DATA_DEPENDENT = "use torch.where or torch.cond, or decide by an argument of the config instead of a tensor's value"
HINTS = {
    "GuardOnDataDependentSymNode": _DATA_DEPENDENT,
    "DataDependentOutputException": _DATA_DEPENDENT,
    "ModuleNotFoundError": "install it here, or add the folder that holds it to  pythonpath:",
    "FileNotFoundError": "paths in the model's code count from the config's folder",
    "OutOfMemoryError": "make the inputs smaller",
}


def describe(error: BaseException, root: Path) -> dict[str, Any]:
    """The error as data: its first paragraph, the operator at fault, and the frames that are the user's."""
    if isinstance(error, NnvizError):
        message, hint = error.message, error.hint
    else:
        cause = _root(error)
        kind = type(cause).__name__
        message, hint = f"{kind}: {_first_paragraph(cause)}{_operator(error)}", HINTS.get(kind)
    missing = isinstance(error, MissingError)
    return {"message": message, "hint": hint, "missing": missing, "frames": _user_frames(error, root)}


def _root(error: BaseException) -> BaseException:
    """What began it; torch's exporter wraps it in pages of advice."""
    while error.__cause__ is not None and type(error).__module__.startswith("torch."):
        error = error.__cause__
    return error


def _first_paragraph(error: BaseException) -> str:
    text = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip()
    return text.split("\n\n")[0]


def _operator(error: BaseException) -> str:
    """The operator of the graph that the chain of errors points at."""
    link: BaseException | None = error
    while link is not None:
        found = _OPERATOR.search(str(link))
        if found:
            return f" (operator {found[2]}, node {found[1]})"
        link = link.__cause__
    return ""


def _user_frames(error: BaseException, root: Path) -> list[str]:
    found = []
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        ours = path.is_relative_to(_PACKAGE) or "site-packages" in path.parts
        if path.is_relative_to(root) and not ours:
            found.append(f"{path.relative_to(root).as_posix()}:{frame.lineno}: {frame.line}")
    return found
