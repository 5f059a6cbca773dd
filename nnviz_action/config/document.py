"""A YAML file as plain data that remembers where each key and value stood."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nnviz_action.errors import ConfigError

Path_ = tuple[str | int, ...]
MOST_NODES = 100_000  # aliases can make a small file expand without end
DEEPEST = 64
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """The data of one file, the (line, column) of each path in it, and the problems found on the way."""

    path: Path
    shown: str  # the path as the user gave it
    data: Any = None
    marks: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    problems: list[ConfigError] = field(default_factory=list)

    def error(self, where: Path_, message: str, hint: str | None = None) -> ConfigError:
        """A `ConfigError` that begins with `file:line:column` of `where`, or of what surrounds it."""
        while where and where not in self.marks:
            where = where[:-1]
        line, column = self.marks.get(where, (1, 1))
        return ConfigError(f"{self.shown}:{line}:{column}: {message}", hint=hint)

    def written(self, model: str) -> str:
        """A hash of a model's entry as it stands in the file, with all that applies to every model."""
        shared = {key: value for key, value in self.data.items() if key != "models"}
        text = json.dumps([shared, self.data["models"][model]], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_document(path: Path, shown: str | None = None) -> Document:
    """Parse the file. Raises `ConfigError` where it is not there or not YAML at all."""
    shown = path.name if shown is None else shown
    try:
        loader = _Loader(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file", hint="name the config with --config FILE") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{shown}:1:1: {error}", hint="save the file as UTF-8") from None
    document = Document(path, shown)
    try:
        node = loader.get_single_node()
        document.data = _Builder(document, loader).build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ConfigError(
            f"{shown}:{where}: {error.problem or error.context}", hint="this is not valid YAML"
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{shown}:1:1: {error}") from None
    finally:
        loader.dispose()
    return document


class _Builder:
    def __init__(self, document: Document, loader: Any) -> None:
        self.document, self.loader, self.count = document, loader, 0

    def build(self, node: Node, where: Path_) -> Any:
        self.count += 1
        self.document.marks.setdefault(where, (node.start_mark.line + 1, node.start_mark.column + 1))
        if self.count > MOST_NODES or len(where) > DEEPEST:
            raise yaml.MarkedYAMLError(problem="too large or too deeply nested", problem_mark=node.start_mark)
        if isinstance(node, MappingNode):
            return {key: self.build(child, (*where, key)) for key, child in self._pairs(node, where)}
        if isinstance(node, SequenceNode):
            return [self.build(child, (*where, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self.loader.construct_object(node)

    def _pairs(self, node: MappingNode, where: Path_) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        for key_node, child in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                yield from self._merged(node, child, where)
                continue
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            if not isinstance(key_node, ScalarNode) or not isinstance(self.loader.construct_object(key_node), str):
                line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
                message = f"{self.document.shown}:{line}:{column}: the key {key} is no text"
                self.document.problems.append(ConfigError(message, hint=f"put quotes around it: '{key}'"))
            mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            self.document.marks[where + (key,)] = mark
            if key in seen:
                line = next(k.start_mark.line + 1 for k, _ in node.value if str(k.value) == key)
                hint = f"the first is in line {line}; keep one of the two"
                message = f"{self.document.shown}:{mark[0]}:{mark[1]}: the key {key!r} stands here twice"
                self.document.problems.append(ConfigError(message, hint=hint))
            seen.add(key)
            yield key, child

    def _merged(self, node: MappingNode, child: Node, where: Path_) -> Iterator[tuple[str, Node]]:
        """`<<: *other`: the keys of the other mapping that are not given here."""
        own = {str(k.value) for k, _ in node.value}
        for source in child.value if isinstance(child, SequenceNode) else [child]:
            if isinstance(source, MappingNode):
                yield from ((k, v) for k, v in self._pairs(source, where) if k not in own)
