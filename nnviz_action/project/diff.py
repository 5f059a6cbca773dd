"""`diff`: what happened to the architecture since another commit. Reads what is committed, and needs no torch."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from nnviz_action.comparison.model_diffs import Comparison, ModelDiff, State
from nnviz_action.config import Config
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.verdict import Status
from nnviz_action.project.change_pictures import write_pictures
from nnviz_action.project.changed_lines import with_lines
from nnviz_action.project.compare import compare
from nnviz_action.project.selection import in_words, open_document, select
from nnviz_action.project.snapshots import in_commit, on_disk
from nnviz_action.project.survey import survey
from nnviz_action.report import checkpoint_formats
from nnviz_action.report.diff_formats import REPORTERS
from nnviz_action.system.repository import repository_root
from nnviz_action.system.revisions import Revisions

DIFFERENT, FAILED = 1, 3
WORKING_TREE = "the working tree"


@dataclass(frozen=True)
class DiffOutput:
    """In which style what changed is told, with `lines` of code, or of `checkpoint` alone; where `pictures` go."""

    style: str = "text"
    pictures: str | None = None
    checkpoint: bool = False
    lines: bool = False


def diff(arguments: Sequence[str], config_path: str, output: DiffOutput) -> int:
    """The exit code: 0 nothing changed, 1 something did, 3 a diagram could not be read.

    Of checkpoints alone: 0 old weights load, 1 they do not.
    """
    config = load_config(open_document(config_path))
    if repository_root(config.folder) is None:
        raise ConfigError(f"{config.path.name} is in no git repository", hint="git init, and commit your diagrams")
    revisions = Revisions(config.root)
    asked, names = _read(arguments, config, revisions)
    span = _span(asked, revisions)
    before = in_commit(revisions, span.base, config)
    after = in_commit(revisions, span.head, config) if span.head else on_disk(config)
    select(config, [name for name in names if name not in {*before, *after}])
    lost = [] if span.head else [s.name for s in config.models if s.name in before and s.name not in after]
    found = [*(one for one in compare(before, after) if one.model not in lost), *map(_lost, lost)]
    found = [one for one in found if not names or one.model in names]
    if output.lines:
        found = with_lines(found, before, after, config)
    reporters = checkpoint_formats.REPORTERS if output.checkpoint else REPORTERS
    reporters[output.style](Comparison(*span.shown, tuple(found), output.lines))
    if not span.head:
        _warn_of_stale(config, [one.model for one in found])
    if output.pictures is not None:
        _draw(Path(output.pictures), found, " → ".join(span.shown))
    if any(one.state is State.FAILED for one in found):
        return FAILED
    if output.checkpoint:
        return DIFFERENT if any(one.loads is False for one in found) else 0
    return DIFFERENT if any(one.differs for one in found) else 0


def _lost(name: str) -> ModelDiff:
    return ModelDiff(name, State.FAILED, error=f"its diagram is not on the disk: nnviz-action generate {name}")


def _warn_of_stale(config: Config, names: Sequence[str]) -> None:
    """A diagram that is not fresh shows what was last generated."""
    specs = [spec for spec in config.models if spec.name in names]
    states = survey(config, specs, Hasher())
    stale = [name for name, state in states.items() if state.verdict.status is not Status.FRESH]
    if stale:
        sys.stderr.write(
            f"note: not fresh, so this tells what was last generated: {in_words(stale)}\n  nnviz-action generate\n"
        )


def _draw(folder: Path, found: Sequence[ModelDiff], span: str) -> None:
    try:
        for model in found:
            if model.state is State.CHANGED:
                write_pictures(folder, model, span)
    except OSError as error:
        hint = "--pictures names a folder"
        raise ConfigError(f"cannot write {error.filename or folder}: {error.strerror}", hint=hint) from None


@dataclass(frozen=True)
class _Span:
    """Two commits, the second empty for what is on the disk; and what to call them."""

    base: str
    head: str
    shown: tuple[str, str]


def _read(arguments: Sequence[str], config: Config, revisions: Revisions) -> tuple[str, list[str]]:
    """The commits and the models that are asked for: the first may be either; two commits stand for `A..B`."""
    if not arguments:
        return "", []
    first, names = arguments[0], {spec.name for spec in config.models}
    is_commit = ".." in first or revisions.knows(first)
    if first in names and is_commit:
        hint = f"for the commit write  refs/heads/{first}  or its hash, for the model  HEAD {first}"
        raise ConfigError(f"{first!r} is a model and a commit", hint=hint)
    near = get_close_matches(first, names, 1)
    if first not in names and not is_commit and near:
        raise ConfigError(f"there is no commit and no model {first!r}", hint=f"did you mean {near[0]!r}?")
    if first in names:
        return "", list(arguments)
    second = arguments[1] if len(arguments) > 1 else ""
    if second and ".." not in first and second not in names and revisions.knows(second):  # as `git diff` takes two
        return f"{first}..{second}", list(arguments[2:])
    return first, list(arguments[1:])


def _span(asked: str, revisions: Revisions) -> _Span:
    """`BASE`, `BASE..HEAD` or `BASE...HEAD`, as git reads them; else where this branch left the main one."""
    left, dots, right = asked.partition("..")
    if not dots:
        base, name = (revisions.commit(asked), asked) if asked else revisions.base()
        return _Span(base, "", (_shown(name, base), WORKING_TREE))
    base, head = revisions.commit(left or "HEAD"), revisions.commit(right.removeprefix(".") or "HEAD")
    if right.startswith("."):
        base = revisions.fork_point(base, head)
        return _Span(base, head, (base[:8], _shown(right[1:], head)))
    return _Span(base, head, (_shown(left, base), _shown(right, head)))


def _shown(name: str, commit: str) -> str:
    return commit[:8] if not name or commit.startswith(name) else f"{name} ({commit[:8]})"
