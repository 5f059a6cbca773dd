"""What stands beside the lines of the config on GitHub."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from nnviz_action.config import Document
from nnviz_action.freshness.verdict import Status, Verdict
from nnviz_action.report.annotations import annotations
from nnviz_action.report.verdicts import Report


def test_of_many_annotations_one_sums_up_and_ten_are_all() -> None:
    names = [f"m{index}" for index in range(12)]
    marks = {("models", name): (index + 2, 3) for index, name in enumerate(names)} | {("models",): (1, 1)}
    document = Document(Path("/nowhere/nnviz.yaml"), "nnviz.yaml", marks=marks)
    verdicts = [Verdict(name, Status.DRIFT if name == "m0" else Status.STALE, ("why",)) for name in names]
    lines = annotated(Report(document, tuple(verdicts), on_drift="warn"))
    assert len(lines) == 10
    cure = "to mend this: nnviz-action generate, then commit what it wrote"
    title = f"title=12 of 12 diagrams are not fresh::here are the first 9%0A{cure}"
    assert lines[0] == f"::error file=nnviz.yaml,line=1,col=1,{title}"
    assert lines[1] == "::error file=nnviz.yaml,line=3,col=3,title=m1%3A stale::why"
    assert [line.split()[0] for line in annotated(Report(document, tuple(verdicts[:2]), on_drift="warn"))] == [
        "::error", "::error", "::warning",
    ]  # fmt: skip


def annotated(report: Report) -> list[str]:
    with redirect_stdout(StringIO()) as out:
        annotations(report)
    return out.getvalue().splitlines()[:-1]
