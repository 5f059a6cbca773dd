"""The hook `nnviz-check`, added to `.pre-commit-config.yaml` without touching what is there."""

import os
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nnviz_action import __version__
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.outputs import replace
from nnviz_action.system.repository import repository_root

FILE = ".pre-commit-config.yaml"
HOOKS = ("nnviz-check", "nnviz-generate", "nnviz-generate-isolated")
_ENTRY = """\
- repo: https://github.com/OWNER/nnviz-action
  rev: v{version}
  hooks:
    - id: nnviz-check # needs no torch; nnviz-generate writes the diagrams too
"""


def add_hook(folder: Path, config: str) -> str:
    """Add the hook at the root of the repository; what was done. Raises `ConfigError` where the file is odd."""
    root = repository_root(folder) or folder
    path = root / FILE
    entry = _entry(os.path.relpath((folder / Path(config).name).resolve(), root.resolve()).replace(os.sep, "/"))
    if not path.exists():
        replace(path, f"repos:\n{_indented(entry, 2)}".encode())
        return f"wrote {os.path.relpath(path)}; to install the hook: pre-commit install"
    before = path.read_bytes().decode("utf-8", errors="surrogateescape")
    after = _extended(path, before, entry)
    if after is None:
        return f"{os.path.relpath(path)} has the hook already"
    replace(path, after.encode("utf-8", errors="surrogateescape"))
    return f"added the hook nnviz-check to {os.path.relpath(path)}"


def _entry(config: str) -> str:
    text = _ENTRY.format(version=__version__)
    return (
        text
        if config == "nnviz.yaml"
        else f"{text}      args: [--config, {yaml.safe_dump(config).splitlines()[0]}]\n"
    )


def _indented(text: str, columns: int) -> str:
    return "".join(f"{' ' * columns}{line}\n" for line in text.splitlines())


def _extended(path: Path, text: str, entry: str) -> str | None:
    """The text with the entry as the last of `repos`; None where one of our hooks is in it."""
    odd = ConfigError(f"{path.name} is not as pre-commit has it", hint=f"add by hand, under repos:\n{entry}")
    try:
        data, node = yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        raise odd from None
    if not isinstance(data, dict) or not isinstance(data.get("repos"), list) or not isinstance(node, MappingNode):
        raise odd
    if any(hook in HOOKS for hook in _ids(data["repos"])):
        return None
    made = _inserted(text, next(v for k, v in node.value if k.value == "repos"), entry)
    wanted = {**data, "repos": [*data["repos"], *yaml.safe_load(entry)]}
    if made is None or _parsed(made) != wanted:
        raise odd
    return made


def _ids(repos: list[Any]) -> list[Any]:
    hooks = [h for r in repos if isinstance(r, dict) for h in r.get("hooks") or () if isinstance(h, dict)]
    return [hook.get("id") for hook in hooks]


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _inserted(text: str, repos: Node, entry: str) -> str | None:
    """The entry after the last line of the sequence, in its indentation and with the file's line ends."""
    if not isinstance(repos, SequenceNode) or repos.flow_style or not repos.value:
        return None
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    last = _last_line(repos)
    if not lines[last].endswith(("\n", "\r")):
        lines[last] += end
    added = _indented(entry, repos.start_mark.column).replace("\n", end)
    return "".join([*lines[: last + 1], added, *lines[last + 1 :]])


def _last_line(node: Node) -> int:
    """The line in which a node ends: that of its last scalar, as the mark of a block is behind its comments."""
    while isinstance(node, (MappingNode, SequenceNode)) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    ended_above = (
        isinstance(node, ScalarNode) and node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
    )
    return int(node.end_mark.line) - ended_above
