"""What pytest runs with `--nnviz-check`: a test for each model of the config."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnviz_action.errors import NnvizError
from nnviz_action.project.model_reports import ORPHANS, ModelReports
from nnviz_action.report.verdicts import told


class StaleError(Exception):
    """A diagram is not fresh; the text is what `check` says of it."""


class DiagramsFile(pytest.File):
    """The config, a test for each model in it."""

    def __init__(self, *, reports: ModelReports, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reports = reports

    def collect(self) -> "Iterator[DiagramItem]":
        """The tests."""
        for name in dict.fromkeys([*self.reports.models, ORPHANS]):
            yield DiagramItem.from_parent(self, name=name, reports=self.reports)


class DiagramItem(pytest.Item):
    """The test of one model."""

    def __init__(self, *, reports: ModelReports, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reports = reports
        self.add_marker("nnviz")

    def runtest(self) -> None:
        """Raises `StaleError`."""
        report = self.reports.report_on(self.name)
        if report.fails:
            raise StaleError(told(report))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """What `check` says, without a traceback; that of any other error is of use."""
        if isinstance(excinfo.value, (StaleError, NnvizError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **kwargs)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the model stands, and what is tested of it."""
        what = f"diagram of {self.name}" if self.name != ORPHANS else "no orphans, and a true gallery"
        return self.path, None, what
