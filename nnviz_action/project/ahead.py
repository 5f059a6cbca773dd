"""The process that imports torch is started as soon as it may be needed, before the config is even checked."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from nnviz_action.config import Document
from nnviz_action.project.selection import Selection

if TYPE_CHECKING:
    from nnviz_action.capture.worker import Ahead, Workers

# ruff: noqa: PLC0415  # this module is on a quick check's path, and what it imports is not


def make_workers(
    document: Document, selection: Selection, jobs: int, exports: bool = True, at_once: bool = True
) -> "Workers":
    """Workers whose server imports what captures need, `at_once`, while we import the rest, or when one is asked for.

    `exports`: what ONNX files need, too. Where torch is not installed, nothing is worth beginning with.
    """
    from nnviz_action.capture.worker import Workers

    return Workers(jobs, _ahead(document, selection, exports), at_once and find_spec("torch") is not None)


def _ahead(document: Document, selection: Selection, exports: bool) -> "Ahead":
    """What the server does ahead, as far as that can be told before the config is checked."""
    data = document.data if isinstance(document.data, dict) else {}
    models = data.get("models")
    entries = [entry for name, entry in models.items() if selection.has(name)] if isinstance(models, dict) else []
    count = sum(isinstance(entry, dict) and "model" in entry for entry in entries)
    if count > 1:
        return "export" if exports else "calls"
    return "torch" if count else "onnx"
