"""The report of a check on one model at a time, as a runner of tests asks for it."""

from dataclasses import replace
from pathlib import Path

from nnviz_action.errors import ConfigError
from nnviz_action.freshness.verdict import Status
from nnviz_action.project.check import CheckOptions, find
from nnviz_action.project.selection import open_document
from nnviz_action.report.verdicts import Report

ORPHANS = "orphans"


class ModelReports:
    """The verdicts on the models of a config: all at once by files alone; what a capture must tell, one by one."""

    def __init__(self, path: Path, shown: str) -> None:
        """`shown` is the path as the commands of a cure will give it. Raises `ConfigError`."""
        self.path, self.shown = path, shown
        self._report: Report | None = None
        data = open_document(shown).data
        models = data.get("models") if isinstance(data, dict) else None
        if not isinstance(models, dict):
            raise ConfigError(f"{shown} lists no models", hint="nnviz-action check")
        self.models = [str(name) for name in models]

    def report_on(self, model: str) -> Report:
        """The report on one model, or on what belongs to none: orphans, and the galleries."""
        self._report = self._report or find((), self.shown, CheckOptions(capture=False))
        orphans = model == ORPHANS and model not in self.models
        own = [v for v in self._report.verdicts if (v.status is Status.ORPHAN if orphans else v.model == model)]
        over = tuple(excess for excess in self._report.over if excess.model == model)
        if not orphans and any(verdict.status is Status.SUSPECT for verdict in own):
            return find([model], self.shown, CheckOptions(quiet=True))
        galleries = self._report.galleries if orphans else ()
        return replace(self._report, verdicts=tuple(own), galleries=galleries, over=over)
