"""Whether the sources whose hashes get into a lock are still those that the model was made from.

Somebody may save a file, or switch branches, at any moment of a run. A lock with the hashes of the new files beside a
diagram of the old ones would be told fresh.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import ModelError
from nnviz_action.freshness.facts import extra_sources
from nnviz_action.system.files import mark

Marks = dict[str, list[int] | None]


def named(spec: ModelSpec, config: Config) -> list[str]:
    """The files that the entry itself names, as paths."""
    paths = [*([spec.onnx] if spec.onnx else []), *extra_sources(config.folder, spec.sources, config.root)]
    return [str(config.folder / path) for path in paths]


def marks_before(spec: ModelSpec, config: Config) -> Marks:
    """The marks of the files that the entry itself names."""
    return {path: mark(path) for path in named(spec, config)}


def marks_seen(before: Marks, noted: Iterable[bytes]) -> Marks:
    """With those that the tries of a capture noted as they opened each file; None where the model itself wrote to it.

    Raises `ValueError` where this is no such note.
    """
    seen = dict(before)
    for note in noted:
        opened: Marks = json.loads(note)
        if not isinstance(opened, dict):
            raise ValueError("no marks")
        # What several tries read is what the first of them saw; one may have written to it.
        seen |= {name: None if opened[name] is None else seen.get(name, opened[name]) for name in opened}
    return seen


def refuse_changed(spec: ModelSpec, before: Marks, after: Iterable[str]) -> None:
    """Raises `ModelError` where the entry names other files now than before: as a pattern does for a new one."""
    other = sorted(set(before).symmetric_difference(after))
    if other:
        raise _changed(spec, Path(other[0]).name)


def refuse_edited(spec: ModelSpec, seen: Marks, sources: Iterable[Path]) -> None:
    """Raises `ModelError` where a file, whose hash was just taken, is not the one that was seen."""
    for source in sources:
        then = seen.get(str(source))
        if then is not None and mark(source) != then:
            raise _changed(spec, source.name)


def _changed(spec: ModelSpec, name: str) -> ModelError:
    what = f"{name} changed while the model was captured"
    return ModelError(f"{what}\n    {spec.place}: {spec.name}", hint="run it again")
