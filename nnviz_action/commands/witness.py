"""Whether the sources whose hashes get into a lock are still those that the model was made from.

Somebody may save a file, or switch branches, at any moment of a run. A lock with the hashes of the new files beside a
diagram of the old ones would be told fresh.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import ModelError
from nnviz_action.facts import extra_sources
from nnviz_action.sources import MARKS, mark

Marks = dict[str, list[int] | None]


def marks_before(spec: ModelSpec, config: Config) -> Marks:
    """The marks of the files that the entry itself names."""
    named = [*([spec.onnx] if spec.onnx else []), *extra_sources(config.folder, spec.sources, config.root)]
    return {str(path): mark(path) for path in (config.folder / name for name in named)}


def marks_seen(before: Marks, out: Path) -> Marks:
    """With those that the capture noted as it opened each file; None where the model itself wrote to it."""
    try:
        opened: Marks = json.loads((out / MARKS).read_bytes())
    except (FileNotFoundError, ValueError):  # an ONNX file is adopted without any code
        return before
    return before | opened


def refuse_changed(spec: ModelSpec, seen: Marks, sources: Iterable[Path]) -> None:
    """Raises `ModelError` where a file, whose hash was just taken, is not the one that was seen."""
    for source in sources:
        then = seen.get(str(source))
        if then is not None and mark(source) != then:
            what = f"{source.name} changed while the model was captured"
            raise ModelError(f"{what}\n    {spec.place}: {spec.name}", hint="run it again")
