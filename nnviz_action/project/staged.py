"""`--staged`: is what is fresh on disk also what is about to be committed?"""

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nnviz_action.config import Document
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.facts import relative
from nnviz_action.freshness.git_index import Index, ignored, leaves_out_what_is_staged, read_index
from nnviz_action.freshness.lock import NAME
from nnviz_action.freshness.outputs import own_outputs
from nnviz_action.freshness.verdict import Lacking, Status, Verdict, judge_staged
from nnviz_action.project.gallery import Page, judge_pages, lacking_pages
from nnviz_action.project.survey import ModelState
from nnviz_action.report.verdicts import Staging
from nnviz_action.system.repository import repository_root

MOST_PATHS = 8  # that a command names one by one


def staged_index(document: Document) -> Index:
    """What the next commit holds, the config among it. Raises `ConfigError` where it does not, or without git."""
    root = repository_root(document.path.parent)
    if root is None:
        raise ConfigError("--staged needs a git repository", hint="git init, or leave out --staged")
    index = read_index(root.resolve())
    if not index.holds(str(document.path)):
        raise ConfigError(f"{document.shown} is not in git", hint=f"git add {shlex.quote(document.shown)}")
    return index


def judge_all(
    verdicts: Iterable[Verdict],
    states: Mapping[str, ModelState],
    index: Index,
    base: Path,
    orphans: Iterable[Path] = (),
    pages: Sequence[Page] = (),
) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...], Staging]:
    """The verdicts on what is about to be committed, models and galleries, and how to stage what mends them.

    `orphans` are folders that are gone, or that `generate` will remove.
    """
    verdicts = tuple(verdicts)
    fresh = {v.model: states[v.model] for v in verdicts if v.status is Status.FRESH}
    found = _lacking(fresh, index, base)
    judged = tuple(judge_staged(v, found[v.model]) if v.model in found else v for v in verdicts)
    to_write = [states[v.model].folder for v in judged if v.model in states and v.status in _WRITTEN]
    half = [states[name].folder for name, lacks in found.items() if lacks.unknown or lacks.changed]
    sources = [base / path for lacks in found.values() for path in lacks.sources]
    lacks_page = lacking_pages(pages, index, base)
    written = [page.path for page in pages if page.stale or page in lacks_page]
    forced = [base / path for lacks in (*found.values(), *lacks_page.values()) for path in lacks.ignored]
    named = [*to_write, *half, *sources, *orphans, *(path for path in written if path not in forced)]
    galleries = (
        *judge_pages(pages, base),
        *(Verdict(relative(p.path, base), Status.UNSTAGED, lacks.reasons()) for p, lacks in lacks_page.items()),
    )
    return judged, galleries, Staging(add_commands(named, forced), leaves_out_what_is_staged())


_WRITTEN = (Status.STALE, Status.SUSPECT, Status.DRIFT, Status.MISSING, Status.EDITED)  # by `generate`


def _lacking(states: Mapping[str, ModelState], index: Index, base: Path) -> dict[str, Lacking]:
    files = {name: _files(state, base) for name, state in states.items()}
    sources = {name: list(state.lock.sources) for name, state in states.items() if state.lock}
    named = {path for group in (*files.values(), *sources.values()) for path in group}
    unknown = {path for path in named if not index.holds(f"{base}/{path}")}
    kept_out = ignored(index, base, unknown)
    return {
        name: Lacking(
            unknown=tuple(p for p in files[name] if p in unknown and p not in kept_out),
            ignored=tuple(p for p in files[name] if p in kept_out),
            changed=tuple(p for p in files[name] if index.differs(f"{base}/{p}")),
            # A source that is ignored is made anew on every machine, by something else.
            sources=tuple(p for p in sources[name] if p in unknown and p not in kept_out),
        )
        for name in sources
    }


def _files(state: ModelState, base: Path) -> list[str]:
    folder = relative(state.folder, base)
    return [f"{folder}/{name}" for name in (*own_outputs(state.lock), NAME)] if state.lock else []


def add_commands(paths: Sequence[Path], forced: Sequence[Path] = ()) -> tuple[str, ...]:
    """The commands that stage these, from the current folder; `forced` in spite of a .gitignore."""
    whole = sorted({path.parent for path in paths}) if len(set(paths)) > MOST_PATHS else sorted(set(paths))
    return tuple(
        f"{command} {' '.join(shlex.quote(_from_here(path)) for path in chosen)}"
        for command, chosen in (("git add", whole), ("git add --force", sorted(set(forced))))
        if chosen
    )


def _from_here(path: Path) -> str:
    """The path as git takes it: not through a folder that is a link."""
    real = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    return Path(os.path.relpath(real)).as_posix()
