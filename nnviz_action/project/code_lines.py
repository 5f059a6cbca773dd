"""Where in the author's code a change is: the line that makes the layer, or that calls the function.

It is looked for in the sources as they stand, by the classes of the modules around it: nothing runs, and no diagram
is stale for a line that moved.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from nnviz_action.diff.changes import Change

_CALLED = re.compile(r"\b\w+\(\)")
Read = Callable[[str], str]  # the content of a source by its path, empty where it is not there


class CodeLines:
    """Finds lines in the sources of one model. `classes` has the class of each of its modules by path."""

    def __init__(self, classes: Mapping[str, str], sources: Sequence[str], read: Read) -> None:
        self._classes, self._sources, self._read = classes, sorted(sources), read

    def of(self, change: Change) -> str:
        """`net.py:12`: of the layer or the call; where that is made up at run time, of the class around it.

        Empty where no source of the repository has it, as in a package.
        """
        path = change.places[0] if change.places else change.path
        parts = path.partition("#")[0].split(".") if path else []
        swapped = self._swapped(path, change)
        if swapped:
            return swapped
        for depth in range(len(parts) - 1, -1, -1):
            home = ".".join(parts[:depth])
            file, class_ = self._class(self._classes.get(home, "")) if home else self._root
            if class_ is not None:
                return f"{file}:{_line(class_, parts[depth]) or class_.lineno}"
        return ""

    def _swapped(self, path: str, change: Change) -> str:
        """Of a function that a module calls in place of another, the call."""
        file, class_ = self._class(self._classes.get(path, "")) if path else self._root
        called = _CALLED.findall(" ".join(change.details)) if change.kind == "changed" else []
        line = _line(class_, called[-1]) if called and class_ is not None else 0
        return f"{file}:{line}" if line else ""

    @cached_property
    def _root(self) -> tuple[str, ast.ClassDef | None]:
        """The class of the model itself, which no graph names: the only one that has all its layers."""
        own = {path.partition(".")[0] for path in self._classes if path}
        found = [
            (file, class_)
            for file in self._sources
            for class_ in _classes(self._read(file)).values()
            if own and all(any(_named(class_, name)) for name in own)
        ]
        return found[0] if len(found) == 1 else ("", None)

    def _class(self, kind: str) -> tuple[str, ast.ClassDef | None]:
        """The file of a class, and where it stands there; `net.Outer.Inner` is in `net.py`."""
        parts = kind.split(".")
        for depth in range(len(parts) - 1, 0, -1):
            module = "/".join(parts[:depth])
            ends = (f"/{module}.py", f"/{module}/__init__.py")
            for file in self._sources:
                if f"/{file}".endswith(ends):
                    text = self._read(file)
                    return file, _classes(text).get(parts[-1]) if text else None
        return "", None


@lru_cache(maxsize=64)
def _classes(text: str) -> Mapping[str, ast.ClassDef]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _line(class_: ast.ClassDef, name: str) -> int:
    """Where the class gives a layer this name, or calls the function; 0 where it does neither, or calls it in several
    places."""
    if name.endswith("()"):
        found = [call.lineno for call in _calls(class_, name[:-2])]
        return found[0] if len(found) == 1 else 0
    return next(_named(class_, name), 0)


def _calls(class_: ast.ClassDef, name: str) -> Iterator[ast.Call]:
    """All calls of something by this name."""
    for node in ast.walk(class_):
        if isinstance(node, ast.Call) and name in (getattr(node.func, "attr", None), getattr(node.func, "id", None)):
            yield node


def _named(class_: ast.ClassDef, name: str) -> Iterator[int]:
    """Lines that assign to `self.name`, or add a module of this name."""
    for node in ast.walk(class_):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if any(isinstance(t, ast.Attribute) and t.attr == name and isinstance(t.value, ast.Name) for t in targets):
            yield targets[0].lineno
    for call in (*_calls(class_, "add_module"), *_calls(class_, "register_module")):
        if call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == name:
            yield call.lineno
