"""How a comment comes to show pictures that no commit has: GitHub takes none with a comment.

They go to a branch of the repository or into an artifact of the run, whichever the workflow asked for; without either
the comment draws what changed itself, as Mermaid.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from nnviz_action.errors import NnvizError
from nnviz_action.freshness.outputs import replace
from nnviz_action.github.environment import Run
from nnviz_action.github.workflow_commands import command
from nnviz_action.project.action.comment import is_told
from nnviz_action.project.action.inputs import Inputs
from nnviz_action.project.action.modes import Outcome
from nnviz_action.report.record import Record


@dataclass(frozen=True)
class PublishedPictures:
    """The addresses of pictures by their names; the folder that holds them; what is to be told."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    said: str = ""


def key(record: Record) -> str:
    """What tells apart the files of several configs and shards in one job or run."""
    part = f"-{record.part.number}-of-{record.part.count}" if record.part else ""
    return f"{hashlib.sha256(record.config.encode()).hexdigest()[:8]}{part}"


def show(found: Outcome, record: Record, inputs: Inputs, run: Run, temporary: Path) -> PublishedPictures:
    """Never raises for what GitHub does."""
    if not found.pictures:
        return PublishedPictures()
    folder = temporary / f"pictures-{key(record)}"
    for name, data in found.pictures.items():
        replace(folder / name, data)
    if inputs.images == "branch":
        return _on_branch(found.pictures, record, inputs, run, str(folder))
    return PublishedPictures(folder=str(folder))


def _on_branch(
    pictures: Mapping[str, bytes], record: Record, inputs: Inputs, run: Run, folder: str
) -> PublishedPictures:
    from nnviz_action.github.pictures import publish  # noqa: PLC0415  # PyGithub is an extra, needed here alone

    if record.part is not None:
        return PublishedPictures(
            folder=folder, said=_notice("images: branch has none for shards, whose reports are joined later")
        )
    if run.number is None or not is_told(record, inputs, run):
        return PublishedPictures(folder=folder)
    try:
        put = publish(run, run.number, pictures, today=datetime.now(timezone.utc).date())
    except NnvizError as refusal:
        return PublishedPictures(folder=folder, said=_notice(refusal.message))
    place = f"{run.server}/{put.repository}/blob/{put.branch}/{put.folder}"
    left = [f"{name}: {why}" for name, why in put.left.items()]
    said = _notice(f"{len(left)} pictures are not on the branch: {left[0]}") if left else ""
    return PublishedPictures(
        {name: f"{place}/{file}?raw=true" for name, file in put.names.items()}, folder, said=said
    )


def _notice(text: str) -> str:
    return command("notice", text, title="nnviz: pictures")
