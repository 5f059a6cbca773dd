"""Leaves a note for the next hook: see `nnviz_action.freshness.hook_note`."""

import os
from collections.abc import Mapping

from nnviz_action.config import Document
from nnviz_action.freshness.git_index import Index
from nnviz_action.freshness.hook_note import write_note
from nnviz_action.freshness.lock import NAME
from nnviz_action.freshness.outputs import own_outputs
from nnviz_action.project.survey import ModelState
from nnviz_action.report.verdicts import Report, count


def write_hook_note(report: Report, states: Mapping[str, ModelState], index: Index) -> None:
    """Note that all models of a config are fresh and staged, where git knows all that this came from."""
    paths = _files(report.document, states)
    if report.fails or _has_patterns(report.document) or any(map(_is_linked, paths)):
        return
    files = {index.name(path) for path in paths}
    outputs = tuple({f"{index.name(str(state.folder.parent))}/" for state in states.values()})
    beside = {path for path in index.tracked if path.startswith(outputs)} - files
    whole = files <= index.tracked.keys() and files.isdisjoint(index.changed) and "./" not in outputs
    if whole and not any(path.endswith(f"/{NAME}") for path in beside):  # of another config, or an orphan's
        config = index.name(str(report.document.path))
        wanted = [index.tracked[path] for path in sorted(files | beside)]
        write_note(str(index.root), config, count(report), sorted(outputs), wanted)


def _files(document: Document, states: Mapping[str, ModelState]) -> list[str]:
    paths = [str(document.path)]
    for state in states.values():
        if state.lock is not None:
            paths += [f"{state.folder}/{name}" for name in (*own_outputs(state.lock), NAME)]
            paths += [f"{document.path.parent}/{source}" for source in state.lock.sources]
    return paths


def _is_linked(path: str) -> bool:
    """Whether a link leads there: git would tell of the link, or of what it leads to, and never of both."""
    plain = os.path.abspath(path)  # noqa: PTH100
    return os.path.realpath(plain) != plain


def _has_patterns(document: Document) -> bool:
    """Patterns find files that no lock names."""
    entries = [*document.data["models"].values(), document.data.get("defaults")]
    return any(isinstance(entry, dict) and entry.get("sources") for entry in entries)
