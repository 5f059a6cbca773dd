"""An exception of the user's code, or of torch about it, as a message that says what to do."""

import re
import traceback
from collections.abc import Mapping
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


# By what the message says.
WORDS = {
    "operator torchvision::": "torch and torchvision are of different builds: install the two together",
    "No CUDA GPUs": "the model is built for CUDA: let an argument choose the device",
    "not compiled with CUDA": "the model is built for CUDA: let an argument choose the device",
}


def describe(error: BaseException, root: Path, dims: Mapping[str, int]) -> dict[str, Any]:
    """The error as data: its first paragraph, the operator at fault, and the frames that are the user's."""
    if isinstance(error, NnvizError):
        message, hint = error.message, error.hint
    else:
        cause = _root(error)
        kind = type(cause).__name__
        message = f"{kind}: {_first_paragraph(cause)}{_operator(error)}"
        hint = HINTS.get(kind) or next((hint for words, hint in WORDS.items() if words in message), None)
        hint = hint or _sizes(dims)
    missing = isinstance(error, MissingError)
    return {"message": message, "hint": hint, "missing": missing, "frames": _user_frames(error, root)}


def _sizes(dims: Mapping[str, int]) -> str | None:
    """What a shape that does not fit may come from."""
    sizes = ", ".join(f"{name} = {size}" for name, size in dims.items())
    return f"the named dimensions were {sizes}; other sizes go under  dims:" if sizes else None


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
