"""The index of modules and classes, and how a row says which modules it lies in.

`layer1.0.relu@1` is the second call of a module; those around it are, unless a list says otherwise, the modules in
the index that its path begins with.
"""

from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from nnviz_action.graph.graph_file.limits import LARGEST_COUNT, MOST_PARTS
from nnviz_action.graph.values import Module, Node

_DEFAULTS = {"call": 0, "title": "", "copies": 1, "shared": False, "aside": False}
_KINDS = {"path": str, "kind": str, "call": int, "title": str, "copies": int, "shared": bool, "aside": bool}
Chain = tuple[Module, ...]


class Index:
    """Classes by path, and chains of modules as they are written."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self.kinds = kinds
        self.chain = lru_cache(maxsize=4096)(self._chain)

    def at_json(self, chain: Chain) -> Any:
        """The modules as one text, or as a list."""
        text = _called(chain[-1])
        if self._is_known(chain[-1]) and self.chain(text) == chain:
            return text
        return [_called(module) if self._is_known(module) else _object(module) for module in chain]

    def read_at(self, value: Any) -> Chain:
        """The modules that `at_json` wrote. Raises `ValueError`."""
        if isinstance(value, str):
            return self.chain(value)
        if not isinstance(value, list) or not value:
            raise ValueError(f"{value!r:.60} are no modules")
        return tuple(self._element(item) for item in value)

    def _is_known(self, module: Module) -> bool:
        try:
            return self._named(_called(module)) == module
        except ValueError:
            return False

    def _element(self, value: Any) -> Module:
        if isinstance(value, str):
            return self._named(value)
        if not isinstance(value, dict) or not {"path", "kind"} <= value.keys() <= _KINDS.keys():
            raise ValueError(f"{value!r:.60} is no module")
        odd = next((key for key, item in value.items() if type(item) is not _KINDS[key]), None)
        if odd or not all(0 <= value.get(key, 0) < LARGEST_COUNT for key in ("call", "copies")):
            raise ValueError(f"{value!r:.60} is no module")
        return Module(**value)

    def _named(self, text: str) -> Module:
        path, call = text, 0
        name, mark, number = text.rpartition("@")
        if mark and number.isascii() and number.isdecimal() and len(number) < 10 and int(number) > 0:
            path, call = name, int(number)
        if path not in self.kinds:
            raise ValueError(f"{path[:60]!r} is not among the modules")
        return Module(path, self.kinds[path], call)

    def _chain(self, text: str) -> Chain:
        module = self._named(text)
        parts = module.path.split(".", MOST_PARTS)
        if len(parts) > MOST_PARTS:
            return (module,)
        above = (".".join(parts[:end]) for end in range(1, len(parts)))
        return (*(Module(path, self.kinds[path]) for path in above if path in self.kinds), module)


def _called(module: Module) -> str:
    return f"{module.path}@{module.call}" if module.call else module.path


def _object(module: Module) -> dict[str, Any]:
    said = asdict(module)
    return {key: value for key, value in said.items() if key not in _DEFAULTS or value != _DEFAULTS[key]}


def collect(nodes: list[Node]) -> Index:
    """All modules of these nodes by path, in the order of their first call."""
    kinds: dict[str, str] = {}
    for node in nodes:
        for module in node.modules:
            kinds.setdefault(module.path, module.kind)
    return Index(kinds)


def classes_of(index: Index) -> dict[str, str]:
    """Short names of the classes with what they stand for; one that two classes have is the first one's."""
    named: dict[str, str] = {}
    for kind in sorted(set(index.kinds.values())):
        short = kind.rpartition(".")[2]
        if short and short != kind:
            named.setdefault(short, kind)
    return dict(sorted(named.items()))


def index_rows(index: Index, classes: dict[str, str]) -> list[Any]:
    """The index, one module a row."""
    short = {kind: name for name, kind in classes.items()}
    return [[path, short.get(kind, _literal(kind, classes))] for path, kind in index.kinds.items()]


def _literal(kind: str, classes: dict[str, str]) -> Any:
    return [kind] if kind in classes else kind


def read_index(rows: Iterable[Any], classes: dict[str, str]) -> Index:
    """The index of a file. Raises `ValueError`."""
    kinds: dict[str, str] = {}
    for row in rows:
        if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str) or row[0] in kinds:
            raise ValueError(f"{row!r:.60} is no module, or is there twice")
        kind = row[1][0] if isinstance(row[1], list) and len(row[1]) == 1 else row[1]
        if not isinstance(kind, str):
            raise ValueError(f"{kind!r:.60} is no class")
        kinds[row[0]] = kind if isinstance(row[1], list) else classes.get(kind, kind)
    return Index(kinds)
