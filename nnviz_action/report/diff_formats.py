"""What changed in the models of a config, as text, JSON and Markdown."""

import sys
from collections.abc import Callable

from nnviz_action.comparison.model_diffs import Comparison
from nnviz_action.report.annotations import notices
from nnviz_action.report.comment import comment
from nnviz_action.report.diff_json import as_json
from nnviz_action.report.diff_text import text
from nnviz_action.report.record_models import record_of


def markdown(found: Comparison) -> None:
    """As in the comment of a pull request, without pictures."""
    sys.stdout.write(comment(record_of("", found)))


def github(found: Comparison) -> None:
    """A notice at each line of code that a change is about."""
    notices(record_of("", found))


REPORTERS: dict[str, Callable[[Comparison], None]] = {
    "text": text, "json": as_json, "markdown": markdown, "github": github,
}  # fmt: skip
