"""The verdicts of a check as text, JSON and GitHub annotations."""

from collections.abc import Callable

from nnviz_action.report.annotations import annotations
from nnviz_action.report.verdicts import Report, as_json, text

REPORTERS: dict[str, Callable[[Report], None]] = {"text": text, "json": as_json, "github": annotations}
