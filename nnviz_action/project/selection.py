"""Which models a command is about."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz_action.config import Config, Document, ModelSpec, read_document
from nnviz_action.config.document import DEFAULT as CONFIG
from nnviz_action.errors import ConfigError

if TYPE_CHECKING:
    from nnviz_action.config.shards import Part


@dataclass(frozen=True)
class Selection:
    """What a command is about: the models of these names, a part of all, or for neither all."""

    names: tuple[str, ...] = ()
    part: "Part | None" = None

    def has(self, model: str) -> bool:
        """Whether this model of the config is meant."""
        return model in self.part.models if self.part else not self.names or model in self.names

    @property
    def everything(self) -> bool:
        """Whether all that the config says is meant."""
        return not self.names and self.part is None

    @property
    def rest(self) -> bool:
        """Whether what is no longer in the config is meant too: one shard takes care of it, the first."""
        return self.everything or (self.part is not None and self.part.shard.number == 1)


MOST_NAMES = 5


def in_words(names: Sequence[str]) -> str:
    """`a, b, c, d, e and 2 more`."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def open_document(path: str) -> Document:
    """The config as a document. Raises `ConfigError` where there is none."""
    given = Path(path)
    found = given.parent.resolve() / given.name  # the folder as it is, even where a link leads to it
    if not found.exists() and path == CONFIG:
        above = next((folder / CONFIG for folder in found.parent.parents if (folder / CONFIG).is_file()), None)
        below = next(
            iter(sorted(found.parent.glob(f"*/{CONFIG}")) or sorted(found.parent.glob(f"*/*/{CONFIG}"))), None
        )
        near = above or below
        where = "above" if above else "below"
        hint = (
            f"there is one {where}: --config {os.path.relpath(near)}"
            if near
            else "nnviz-action init writes one; or name another with --config FILE"
        )
        raise ConfigError(f"there is no {CONFIG} in this folder", hint=hint)
    return read_document(found, path)


def chosen_specs(config: Config, selection: Selection) -> list[ModelSpec]:
    """The models that are meant. Raises `ConfigError` for an unknown name."""
    return [spec for spec in select(config, selection.names) if selection.has(spec.name)]


def select(config: Config, names: Sequence[str]) -> list[ModelSpec]:
    """The models of these names, all of them for no names. Raises `ConfigError` for an unknown one."""
    known = [spec.name for spec in config.models]
    for name in names:
        if name not in known:
            import difflib  # noqa: PLC0415  # a quick check has no use for it

            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(known)}"
            raise ConfigError(f"{config.path.name} has no model {name!r}", hint=hint)
    return [spec for spec in config.models if not names or spec.name in names]
