"""Where in the author's code a change is: the line that makes the layer, or that calls the function.

It is looked for in the sources as they stand, by the classes of the modules around it: nothing runs, and no diagram
is stale for a line that moved.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from nnviz_action.comparison.changes import Change
from nnviz_action.freshness.syntax import parsed

MOST_SOURCES = 300  # that are read to find the class of the model itself
_CALLED = re.compile(r"\b\w+\(\)")
Read = Callable[[Sequence[str]], Mapping[str, str]]  # the contents of sources by their paths, of those that are there


@dataclass
class _Class:
    """Where a class stands, gives layers their names, and calls functions."""

    line: int
    names: dict[str, int] = field(default_factory=dict)
    calls: dict[str, list[int]] = field(default_factory=dict)

    def find(self, name: str) -> int:
        """The line of a layer, or of a function that is called once; 0 where there is none."""
        if not name.endswith("()"):
            return self.names.get(name, 0)
        found = self.calls.get(name[:-2], [])
        return found[0] if len(found) == 1 else 0


_Found = tuple[str, _Class | None]
_NOWHERE: _Found = ("", None)


class CodeLines:
    """Finds lines in the sources of one model. `classes` has the class of each of its modules by path."""

    def __init__(self, classes: Mapping[str, str], sources: Sequence[str], read: Read, model: str = "") -> None:
        """`model` is the class of the model itself, where the config names it: `net.Net`."""
        self._classes, self._read, self._model = classes, read, model
        self._sources = sorted(source for source in sources if source.endswith(".py"))
        self._texts: dict[str, str] = {}

    def of(self, change: Change) -> str:
        """`net.py:12`: of the layer or the call; where that is made up at run time, of the class around it.

        Empty where no source of the repository has it, as in a package.
        """
        path = change.places[0] if change.places else change.path
        parts = path.partition("#")[0].split(".") if path else []
        found = next(iter((*self._swapped(path, change), *self._around(parts))), None)
        return f"{found[0]}:{found[1].find(found[2]) or found[1].line}" if found else ""

    def _swapped(self, path: str, change: Change) -> Iterator[tuple[str, _Class, str]]:
        """Of a function that a module calls in place of another, the class that calls it, if it does so once."""
        called = _CALLED.findall(" ".join(change.details)) if change.kind == "changed" else []
        file, class_ = self._class(path) if called else _NOWHERE
        if class_ is not None and class_.find(called[-1]):
            yield file, class_, called[-1]

    def _around(self, parts: Sequence[str]) -> Iterator[tuple[str, _Class, str]]:
        """The classes around it, innermost first, and what it is called there."""
        for depth in range(len(parts) - 1, -1, -1):
            file, class_ = self._class(".".join(parts[:depth]))
            if class_ is not None:
                yield file, class_, parts[depth]

    def _class(self, path: str) -> _Found:
        """The class of a module, if one source alone has it; `net.Outer.Inner` is in `net.py`."""
        return self._of(self._classes.get(path, "")) if path else self._root

    def _of(self, kind: str) -> _Found:
        parts = kind.split(".")
        for depth in range(len(parts) - 1, 0, -1):
            module = "/".join(parts[:depth])
            ends = (f"/{module}.py", f"/{module}/__init__.py")
            files = [file for file in self._sources if f"/{file}".endswith(ends)]
            found = [(file, one) for file in files for name, one in self._in(file) if name == parts[-1]]
            if files:
                return found[0] if len(found) == 1 else _NOWHERE
        return _NOWHERE

    @cached_property
    def _root(self) -> _Found:
        """The class of the model itself, which no graph names: the config may, or it is the only one that has all its
        layers."""
        named = self._of(self._model)
        if named[1] is not None:
            return named
        own = {path.partition(".")[0] for path in self._classes if path}
        files = self._sources if own and len(self._sources) <= MOST_SOURCES else []
        found = [(file, one) for file in files for _, one in self._in(file) if own <= one.names.keys()]
        return found[0] if len(found) == 1 else _NOWHERE

    def _in(self, file: str) -> Sequence[tuple[str, _Class]]:
        if not self._texts:  # all at once, as each question to git is a process
            self._texts = {**dict.fromkeys(self._sources, ""), **self._read(self._sources)}
        return _classes(self._texts[file])


@lru_cache(maxsize=1024)
def _classes(text: str) -> Sequence[tuple[str, _Class]]:
    tree = parsed(text.encode("utf-8", "surrogatepass"))
    nodes = ast.walk(tree) if tree is not None and "class" in text else ()
    return [(node.name, _read_class(node)) for node in nodes if isinstance(node, ast.ClassDef)]


def _read_class(node: ast.ClassDef) -> _Class:
    """What is called while the model is built is no part of its forward pass."""
    found = _Class(node.lineno)
    building = {id(inner) for method in node.body if _is_building(method) for inner in ast.walk(method)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if id(inner) not in building:
                found.calls.setdefault(_called(inner), []).append(inner.lineno)
            elif _called(inner) in ("add_module", "register_module") and inner.args:
                found.names.setdefault(str(getattr(inner.args[0], "value", "")), inner.lineno)
        elif isinstance(inner, (ast.Assign, ast.AnnAssign)):
            _note_names(inner, found.names)
    return found


def _is_building(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__init__"


def _note_names(node: ast.Assign | ast.AnnAssign, names: dict[str, int]) -> None:
    """The attributes that it gives a value; one that is None at first is made elsewhere."""
    if isinstance(node.value, ast.Constant) or node.value is None:
        return
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in (inner for one in targets for inner in ast.walk(one)):
        if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store) and _is_self(target.value):
            names.setdefault(target.attr, node.lineno)


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", "") or getattr(call.func, "id", ""))


def _is_self(node: ast.AST) -> bool:
    """By the name that everybody gives it, or a letter."""
    return isinstance(node, ast.Name) and (node.id == "self" or len(node.id) == 1)
