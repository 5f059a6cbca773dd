"""A script is told before it runs: a file that trains, parses arguments or exits as it is imported is no model's.

Judged is what surely runs: the lines at the top of the file and what they call of it, not what stands below an `if`,
as nobody knows where that leads. A loop counts with all that is in it, but for exits.
"""

import ast
import os
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from nnviz_action.capture.refused import RefusedError

_HINT = (
    "this ends the program, or is all of it: what makes a script of the file belongs below"
    '  if __name__ == "__main__":'
)
_MAY = re.compile(r"parse_\w*args|backward|Trainer|exit|quit|SystemExit")
_EXITS = frozenset({"exit", "quit", "sys.exit"})
_PARSES = re.compile(r"parse_(known_)?(intermixed_)?args\Z")
_TRAINER = re.compile(r"\w*Trainer\Z")  # of Lightning, transformers, trl
_TRAINS = frozenset({"fit", "train"})  # what a trainer does
_TRIES = (ast.Try, getattr(ast, "TryStar", ast.Try))
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ARGUMENTS = "parses arguments"


@dataclass(frozen=True)
class Work:
    """What a script does, and how it would end, if it would. The first line runs, the last does it."""

    lines: tuple[int, ...]
    does: str
    end: str = ""


class ScriptError(RefusedError):
    """A file of the repository that does a script's work when it is imported; `path` and `lines` are no frame's, as
    nothing of it has run."""

    def __init__(self, path: Path, name: str, work: Work) -> None:
        end = f" ({work.end})" if work.end else ""
        super().__init__(f"{name} {work.does} when it is imported{end}", hint=_HINT)
        self.path, self.lines = path, work.lines


class Scripts:
    """Refuses those of a repository. One that the target merely imports may parse arguments: there are none, and it
    may be content with that."""

    def __init__(self, root: Path, target: str) -> None:
        self._root, self._seen = root, set[Path]()
        source = target.rpartition(":")[0]
        self._target = source if source.endswith(".py") else source.replace(".", "/")

    def listen(self) -> None:
        """From now on, for the rest of this process."""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        """Raises `ScriptError` before the code of a module runs."""
        if event == "exec" and isinstance(args[0], CodeType) and args[0].co_name == "<module>":
            path = Path(os.path.realpath(args[0].co_filename))
            if path not in self._seen and path.is_relative_to(self._root) and "site-packages" not in path.parts:
                self._seen.add(path)
                self._judge(path, path.relative_to(self._root).as_posix())

    def _judge(self, path: Path, name: str) -> None:
        work = work_in(path)
        if work is not None and (work.does != ARGUMENTS or self._is_target(path)):
            raise ScriptError(path, name, work)

    def _is_target(self, path: Path) -> bool:
        return path.as_posix().endswith((f"/{self._target}", f"/{self._target}.py", f"/{self._target}/__init__.py"))


def work_in(path: Path) -> Work | None:
    """The first line of a file that does a script's work; None where none does, or where it is not Python."""
    try:
        with tokenize.open(path) as file:
            return script_work(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def script_work(text: str) -> Work | None:
    """The same of a text. Raises `SyntaxError`."""
    if not _MAY.search(text):
        return None
    body = ast.parse(text).body
    file = _File({node.name: node for node in body if isinstance(node, _FUNCTIONS)}, dict(_made(body)))
    for node, surely in _run(body):
        if found := file.work(node, surely, frozenset()):
            return Work(tuple(dict.fromkeys((node.lineno, *found.lines))), found.does, found.end)
    return None


def _run(body: list[ast.stmt], branches: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements that run whenever the body does, and whether all in them does: not so of loops, nor of branches,
    which are left out where nobody asks for them."""
    for node in body:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            yield from _run(node.body, branches)
        elif isinstance(node, _TRIES):
            yield from _run([*node.body, *node.finalbody], branches)
        elif isinstance(node, _LOOPS) or (branches and isinstance(node, ast.If)):
            yield node, False
        elif not isinstance(node, (ast.If, ast.ClassDef, *_FUNCTIONS)):
            yield node, True
            if isinstance(node, (ast.Raise, ast.Return)):
                return


@dataclass(frozen=True)
class _File:
    functions: Mapping[str, "ast.FunctionDef | ast.AsyncFunctionDef"]
    made: Mapping[str, str]  # by name, what is called to make it

    def work(self, node: ast.AST, surely: bool, inside: frozenset[str]) -> Work | None:
        """What a statement does, itself or by the functions of this file that it calls."""
        if isinstance(node, ast.Raise) and node.exc is not None and _name(node.exc).startswith("SystemExit"):
            return Work((node.lineno,), "exits", _exit(node.exc))
        for call in _calls(node):
            name = _name(call.func)
            found = self._of_call(call, name, surely)
            if found is None and name in self.functions and name not in inside:
                found = self._of_function(name, surely, inside | {name})
            if found is not None:
                return found
        return None

    def _of_function(self, name: str, surely: bool, inside: frozenset[str]) -> Work | None:
        each = (self.work(node, surely and all_of, inside) for node, all_of in _run(self.functions[name].body, True))
        return next(filter(None, each), None)

    def _of_call(self, call: ast.Call, name: str, surely: bool) -> Work | None:
        owner, _, method = name.rpartition(".")
        if surely and name in _EXITS:
            return Work((call.lineno,), "exits", _exit(call))
        if owner and _PARSES.match(method) and not call.args and not call.keywords:
            return Work((call.lineno,), ARGUMENTS, "SystemExit: 2 where one is missing")
        made_by = self.made.get(owner, owner).removesuffix("()").rpartition(".")[2]
        if owner and (method == "backward" or (method in _TRAINS and _TRAINER.match(made_by))):
            return Work((call.lineno,), "trains")
        return None


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in it in their order, but for those in functions, classes and lambdas."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.Lambda, ast.ClassDef, *_FUNCTIONS)):
            yield from _calls(child)
    if isinstance(node, ast.Call):
        yield node


def _made(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """The names at the top that are set to what a call gives, each with what is called."""
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made_by = _name(node.value.func)
            yield from ((target.id, made_by) for target in node.targets if isinstance(target, ast.Name))


def _name(node: ast.AST) -> str:
    """`a.b.c` as it is written; a call in it is `()`, anything else `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return f"{_name(node.func)}()" if isinstance(node, ast.Call) else "?"


def _exit(node: ast.AST) -> str:
    """As Python says it."""
    given = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return f"SystemExit: {given.value!s}" if isinstance(given, ast.Constant) else "SystemExit"
