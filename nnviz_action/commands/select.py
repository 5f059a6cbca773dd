"""Which models a command is about."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from nnviz_action.config import Config, Document, ModelSpec, read_document
from nnviz_action.errors import ConfigError

CONFIG = "nnviz.yaml"


def open_document(path: str) -> Document:
    """The config as a document. Raises `ConfigError` where there is none."""
    given = Path(path)
    found = given.parent.resolve() / given.name  # the folder as it is, even where a link leads to it
    if not found.exists() and path == CONFIG:
        raise ConfigError(f"there is no {CONFIG} in this folder", hint="name another with --config FILE")
    return read_document(found, path)


def select(config: Config, names: Sequence[str]) -> list[ModelSpec]:
    """The models of these names, all of them for no names. Raises `ConfigError` for an unknown one."""
    known = [spec.name for spec in config.models]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(known)}"
            raise ConfigError(f"{config.path.name} has no model {name!r}", hint=hint)
    return [spec for spec in config.models if not names or spec.name in names]
