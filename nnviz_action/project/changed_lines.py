"""The changes of models, each with the line of the author's code that it is about."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.model_diffs import ModelDiff
from nnviz_action.config import Config
from nnviz_action.project.code_lines import CodeLines
from nnviz_action.project.snapshots import Snapshot

Side = Mapping[str, Snapshot]


def with_lines(found: Iterable[ModelDiff], before: Side, after: Side, config: Config) -> list[ModelDiff]:
    """What was removed has its line on the older side, all else on the newer one."""
    named = {spec.name: _class_of(spec.model) for spec in config.models if spec.model}
    return [_with_lines(model, before, after, named.get(model.model, "")) if model.diff else model for model in found]


def _class_of(target: str) -> str:
    """`models/net.py:Net` and `models.net:Net` as `models.net.Net`; a function is no class, and found nowhere."""
    module, _, name = target.rpartition(":")
    return f"{module.removesuffix('.py').replace('/', '.')}.{name}".lstrip(".")


def _with_lines(model: ModelDiff, before: Side, after: Side, named: str) -> ModelDiff:
    assert model.diff is not None
    names = model.was or model.model, model.model
    lines = [
        _code_lines(side[name], classes, named)
        for side, name, classes in zip((before, after), names, model.classes, strict=True)
    ]
    changes = tuple(_with_line(change, lines) for change in model.diff.changes)
    return replace(model, diff=replace(model.diff, changes=changes))


def _with_line(change: Change, lines: Sequence[CodeLines]) -> Change:
    """With those of the rows that it stands for."""
    folded = tuple(_with_line(one, lines) for one in change.folded)
    return replace(change, line=lines[change.kind != "removed"].of(change), folded=folded)


def _code_lines(side: Snapshot, classes: Mapping[str, str], named: str) -> CodeLines:
    own = side.lock.sources if side.lock else {}
    paths = [posixpath.normpath(posixpath.join(side.home, path)) for path in own]
    return CodeLines(classes, [path for path in paths if not path.startswith(("../", "/"))], side.read_sources, named)
