"""An exception of the user's code, or of torch about it, as a message that says what to do."""

import re
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from linecache import getline
from pathlib import Path
from types import TracebackType
from typing import Any

from nnviz_action.capture.cures import SHAPES, cure
from nnviz_action.capture.scripts import ScriptError
from nnviz_action.errors import MissingError, NnvizError

_OPERATOR = re.compile(
    r"(?:While executing|Error when translating node) (%\w+).*?target=(?:torch\.ops\.)?([\w.]+)", re.S
)
MOST_FRAMES = 12
MOST_READ = 5000  # frames of either end: a recursion without limit has millions, and to read one takes microseconds
MOST_SEARCHED = 100_000  # characters in which an operator's name is looked for
MOST_TEXT = 2000  # characters of an exception's text
LONGEST_REASON = 300
_USUAL = 1000  # calls that may be under way, where nobody has changed it
# What differs from run to run, or from machine to machine.
_UNSTABLE = {
    r"\x1b\[[\d;]*m": "",
    r"0[xX][0-9a-fA-F]+": "0x…",
    r"(?<![\w.])(~|[A-Za-z]:)?[/\\\\](?:[\w.@+-]+[/\\\\])+": "…/",
    r"%\w+": "%…",
    r"\b[su]\d+\b": "s…",
}
_NOT_FOLLOWED = "the model itself runs with these inputs: nnviz-action could not follow it; please report that"
_OURS = "this is a mistake of nnviz-action's own, not of the model: please report it"
_PACKAGE = Path(__file__).resolve().parent.parent


def describe(error: BaseException, root: Path, dims: Mapping[str, int], plain: bool | None = None) -> dict[str, Any]:
    """The error as data: its first paragraph, the operator at fault, and the frames that are the user's.

    `plain` tells whether a plain call of the model raises it too, if that was tried.
    """
    low = _give_room()
    if isinstance(error, NnvizError):
        message, hint = error.message, error.hint
    else:
        cause = _root(error)
        message = f"{type(cause).__name__}: {_first_paragraph(cause)}{_operator(error)}".removesuffix(": ")
        hint = cure(message)
        if isinstance(cause, ImportError) and cause.__cause__ is not None:  # a library that imports lazily wraps it
            hint = cure(f"{type(cause.__cause__).__name__}: {_text(cause.__cause__)}") or hint
        hint = low if isinstance(cause, RecursionError) and low else hint
        hint = _sizes(dims) or hint if hint in (None, SHAPES) else hint
    frames = _user_frames(error, root)
    if hint is None and _is_ours(error):
        hint = _OURS
    elif hint is None and plain is not None:
        hint = "the model's own code raised this" if plain else _NOT_FOLLOWED
    return {"message": message, "hint": hint, "missing": isinstance(error, MissingError), "frames": frames}


def _give_room() -> str | None:
    """Undo a limit on recursion that leaves no room to tell of anything; what is to be said of it."""
    limit = sys.getrecursionlimit()
    if limit >= _USUAL:
        return None
    sys.setrecursionlimit(_USUAL)
    return f"the model's code lets calls go {limit} deep (sys.setrecursionlimit): torch needs more than that"


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised by a line of nnviz-action, where none is meant to be."""
    frames = _frames(error)
    return not isinstance(error, NnvizError) and bool(frames) and Path(frames[-1].filename).is_relative_to(_PACKAGE)


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where it passed, from the outside in; of very many places those at both ends."""
    first = traceback.extract_tb(error.__traceback__, MOST_READ)
    last = deque(islice(_links(error.__traceback__), MOST_READ, None), maxlen=MOST_READ)
    return [*first, *traceback.extract_tb(last[0])] if last else first


def _links(link: TracebackType | None) -> Iterator[TracebackType]:
    while link is not None:
        yield link
        link = link.tb_next


def reason(error: BaseException) -> str:
    """In one line that is the same in every run, on every machine: what a lock and a summary can hold."""
    cause = _root(error)
    text = error.message if isinstance(error, NnvizError) else f"{type(cause).__name__}: {_text(cause)}"
    line = next(iter(text.strip().splitlines()), type(cause).__name__)[:MOST_TEXT]
    for pattern, instead in _UNSTABLE.items():
        line = re.sub(pattern, instead, line)
    plain = "".join(sign for sign in line.encode(errors="replace").decode() if sign.isprintable()).removesuffix(": ")
    return plain if len(plain) <= LONGEST_REASON else f"{plain[: LONGEST_REASON - 1]}…"


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
    text = re.sub(r"\x1b\[[\d;]*m", "", _text(error)).strip()
    first = text.split("\n\n")[0]
    return first if len(first) <= MOST_TEXT else f"{first[:MOST_TEXT]}…"


def _text(error: BaseException) -> str:
    """What it says; a class of the user's may fail to say it, or say megabytes."""
    try:
        return str(error)[:MOST_SEARCHED]
    except Exception:
        return ""


def _operator(error: BaseException) -> str:
    """The operator of the graph that the chain of errors points at."""
    link: BaseException | None = error
    while link is not None:
        found = _OPERATOR.search(_text(link))
        if found:
            return f" (operator {found[2]}, node {found[1]})"
        link = link.__cause__
    return ""


def _user_frames(error: BaseException, root: Path) -> list[str]:
    found = [(frame.filename, frame.lineno, frame.line) for frame in _frames(error)]
    if isinstance(error, SyntaxError) and error.filename:  # it stands in no frame: nothing of it has run
        found.append((error.filename, error.lineno, (error.text or "").strip()))
    if isinstance(error, ScriptError):
        found += [(str(error.path), line, getline(str(error.path), line).strip()) for line in error.lines]
    shown: list[str] = []
    for name, line, text in found:
        path = Path(name)
        ours = path.is_relative_to(_PACKAGE) or "site-packages" in path.parts
        if path.is_relative_to(root) and not ours:
            shown.append(f"{path.relative_to(root).as_posix()}:{line}: {text}")
    # What calls itself is told once.
    shown = [frame for frame, before in zip(shown, [None, *shown], strict=False) if frame != before]
    return [*shown[:3], f"… {len(shown) - 11} more", *shown[-8:]] if len(shown) > MOST_FRAMES else shown
