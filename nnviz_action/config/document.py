"""A YAML file as plain data that remembers where each key and value stood."""

import hashlib
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nnviz_action.errors import ConfigError
from nnviz_action.system.files import LARGEST, read_file

Path_ = tuple[str | int, ...]
MOST_NODES = 100_000  # aliases can make a small file expand without end
MOST_KEYS = 60_000
NODE = 64  # characters of a text that count as much as a node
DEEPEST = 64
_STACK = 1_000  # levels that any stack has room for
_UNLIMITED = ("6.0", "6.0.1", "6.0.2", "6.0.3")  # versions of PyYAML whose libyaml knows no limit of its own
DEFAULT = "nnviz.yaml"
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """The data of one file, the (line, column) of each path in it, and the problems found on the way."""

    path: Path
    shown: str  # the path as the user gave it
    data: Any = None
    marks: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    problems: list[ConfigError] = field(default_factory=list)

    def place(self, where: Path_) -> str:
        """`file:line` of what stands there."""
        return f"{self.shown}:{self.marks.get(where, (1, 1))[0]}"

    def error(self, where: Path_, message: str, hint: str | None = None) -> ConfigError:
        """A `ConfigError` that begins with `file:line:column` of `where`, or of what surrounds it."""
        while where and where not in self.marks:
            where = where[:-1]
        return self.error_at(self.marks.get(where, (1, 1)), message, hint)

    def error_at(self, mark: tuple[int, int], message: str, hint: str | None = None) -> ConfigError:
        """The same of a line and a column."""
        error = ConfigError(f"{self.shown}:{mark[0]}:{mark[1]}: {message}", hint=hint)
        error.mark = mark
        return error

    def written(self, model: str) -> str:
        """A hash of a model's entry as it stands in the file, with all that applies to every model.

        Budgets and galleries are read anew by every check, and change no diagram.
        """
        shared = {key: value for key, value in self.data.items() if key not in ("models", "gallery", "defaults")}
        defaults = _without_budgets(self.data.get("defaults"))
        shared |= {"defaults": defaults} if defaults is not None else {}
        text = json.dumps([shared, _without_budgets(self.data["models"][model])], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def option(config: str) -> str:
    """What a command that is shown to the user needs to find this config, from where it counts."""
    path = Path(config).as_posix()
    return "" if path == DEFAULT else f" --config {shlex.quote(path)}"


def _without_budgets(entry: Any) -> Any:
    """An entry or `defaults` without its budgets; None where that was all."""
    if not isinstance(entry, dict) or "budgets" not in entry:
        return entry
    return {key: value for key, value in entry.items() if key != "budgets"} or None


def read_document(path: Path, shown: str | None = None) -> Document:
    """Parse the file. Raises `ConfigError` where it is not there or not YAML at all."""
    shown = path.name if shown is None else shown
    try:
        data = read_file(path, LARGEST)
        loader = _Loader(data)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file", hint="name the config with --config FILE") from None
    except IsADirectoryError:
        within = sorted(path.glob("*.y*ml"))
        hint = f"--config {within[0]}" if within else "--config names a file"
        raise ConfigError(f"{path}: this is a folder", hint=hint) from None
    except OSError as error:
        hint = "see who may read it: ls -l"
        raise ConfigError(f"{path}: cannot be read: {error.strerror}", hint=hint) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{shown}:1:1: {error}", hint="save the file as UTF-8") from None
    document = Document(path, shown)
    try:
        _refuse_size(data)
        _refuse_depth(data)
        node = loader.get_single_node()
        document.data = _Builder(document, loader).build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        hint = _not_yaml(data, mark.line) if mark else "split it: --config names another"
        raise ConfigError(f"{shown}:{where}: {error.problem or error.context}", hint=hint) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{shown}:1:1: {error}", hint="save the file as UTF-8") from None
    except RecursionError:  # of PyYAML without libyaml, which stops earlier
        raise ConfigError(f"{shown}:1:1: too deeply nested", hint="this is no config") from None
    finally:
        loader.dispose()
    return document


def _refuse_size(data: bytes) -> None:
    """What would be read for minutes, only to be too large then. Raises `YAMLError`."""
    if data.count(b": ") + data.count(b":\n") > MOST_KEYS:
        problem = f"too large: more than {MOST_KEYS:,} keys"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=None)


def _refuse_depth(data: bytes) -> None:
    """What is nested so deep that libyaml would overflow the stack. Raises `YAMLError`.

    No column of a line opens more than two levels, and no bracket either: so few files are looked at.
    """
    if yaml.__version__ not in _UNLIMITED:
        return
    most = 2 * (max(map(len, data.splitlines()), default=0) + data.count(b"[") + data.count(b"{"))
    depth = 0
    for event in yaml.parse(data, _Loader) if most > _STACK else ():
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="too deeply nested", problem_mark=event.start_mark)  # type: ignore[arg-type]


def _not_yaml(data: bytes, line: int) -> str:
    """What most often is wrong with a file that is not YAML at this line, counted from 0."""
    lines = data.decode("utf-8", "replace").splitlines() or [""]
    if any(text.startswith(("<<<<<<< ", ">>>>>>> ")) for text in lines):
        return "a merge left its conflict markers in this file"
    if any("\t" in text[: len(text) - len(text.lstrip())] for text in lines[: line + 1]):
        return "this is not valid YAML: indent with blanks, not with tabs"
    return "this is not valid YAML: see that keys of one mapping begin in one column, and have  :  and a blank after"


class _Builder:
    def __init__(self, document: Document, loader: Any) -> None:
        self.document, self.loader, self.count = document, loader, 0

    def build(self, node: Node, where: Path_) -> Any:
        self._count(node, len(where))
        self.document.marks.setdefault(where, (node.start_mark.line + 1, node.start_mark.column + 1))
        if isinstance(node, MappingNode):
            return {key: self.build(child, (*where, key)) for key, child in self._pairs(node, where)}
        if isinstance(node, SequenceNode):
            return [self.build(child, (*where, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node)

    def _count(self, node: Node, depth: int) -> None:
        self.count += 1 + (len(node.value) // NODE if isinstance(node, ScalarNode) else 0)
        if self.count > MOST_NODES or depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="too large or too deeply nested", problem_mark=node.start_mark)

    def _scalar(self, node: ScalarNode) -> Any:
        """The value by its tag; PyYAML fails in many ways where the text is none of that kind."""
        try:
            return self.loader.construct_object(node)
        except (ValueError, LookupError, AttributeError, TypeError, ArithmeticError):
            kind, text = node.tag.rpartition(":")[2], node.value[:40]
            problem = f"{text!r} is no {kind} that YAML knows: put quotes around it"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from None

    def _pairs(self, node: MappingNode, where: Path_, depth: int = 0) -> Iterator[tuple[str, Node]]:
        self._count(node, len(where) + depth)
        seen: dict[str, int] = {}  # the line of each key
        for key_node, child in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                yield from self._merged(node, child, where, depth + 1)
                continue
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, ScalarNode) or not isinstance(self._scalar(key_node), str):
                hint = f"put quotes around it: '{key}'"
                self.document.problems.append(self.document.error_at(mark, f"the key {key} is no text", hint))
            self.document.marks[where + (key,)] = mark
            if key in seen:
                hint = f"the first is in line {seen[key]}; keep one of the two"
                self.document.problems.append(
                    self.document.error_at(mark, f"the key {key!r} stands here twice", hint)
                )
            seen.setdefault(key, mark[0])
            yield key, child

    def _merged(self, node: MappingNode, child: Node, where: Path_, depth: int) -> Iterator[tuple[str, Node]]:
        """`<<: *other`: the keys of the other mapping that are not given here."""
        own = {str(k.value) for k, _ in node.value}
        for source in child.value if isinstance(child, SequenceNode) else [child]:
            if isinstance(source, MappingNode):
                yield from ((k, v) for k, v in self._pairs(source, where, depth) if k not in own)
