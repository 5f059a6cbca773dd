"""`merge`: one report of those that the shards wrote."""

from collections.abc import Sequence
from pathlib import Path

from nnviz_action.freshness.outputs import replace
from nnviz_action.freshness.verdict import Status
from nnviz_action.project.check import exit_code
from nnviz_action.project.record import record_bytes
from nnviz_action.report.record import read_record
from nnviz_action.report.record_merge import merged


def merge(reports: Sequence[str], output: str) -> int:
    """The exit code of the run that they stand for: 0, 1 if something is not fresh, 3 if a model failed."""
    record = merged({name: read_record(Path(name)) for name in dict.fromkeys(reports)})
    replace(Path(output), record_bytes(record, output))
    fresh = sum(model.status in ("", "fresh") for model in record.models)
    print(f"{output}: {fresh} of {len(record.models)} fresh")
    told = {*(model.status for model in record.models), *(page.status for page in record.galleries)} - {"", "fresh"}
    return exit_code(record.failing, map(Status, told))
