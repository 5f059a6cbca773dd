"""A plugin for pytest: with `--nnviz-check` every model of the config is a test, which fails where its diagram is not
fresh.

pytest loads this in every run of an environment that has it, so all else is imported where it is asked for.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from nnviz_action.report.verdicts import Report

ORPHANS = "orphans"


class StaleError(Exception):
    """A diagram is not fresh; the text is what `check` says of it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--nnviz-check`, and `nnviz_config` in the ini file."""
    group = parser.getgroup("nnviz", "diagrams of PyTorch models")
    group.addoption("--nnviz-check", action="store_true", help="test that the diagrams of all models are fresh")
    parser.addini("nnviz_config", "config of nnviz-action, from the root of the tests", default="nnviz.yaml")


def pytest_configure(config: pytest.Config) -> None:
    """The config becomes one of the files that tests are collected from."""
    config.addinivalue_line("markers", "nnviz: the diagram of a model is fresh (added by --nnviz-check)")
    if config.getoption("--nnviz-check"):
        path = Path(os.path.normpath(config.rootpath / str(config.getini("nnviz_config"))))
        config.stash[DIAGRAMS] = Diagrams(path, os.path.relpath(path, config.invocation_params.dir))
        config.args += [str(path)] if str(path) not in config.args else []  # a worker of xdist is given it


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "DiagramsFile | None":
    """The config, where it was asked for."""
    diagrams = parent.config.stash.get(DIAGRAMS, None)
    if diagrams is None or file_path != diagrams.path:
        return None
    file: DiagramsFile = DiagramsFile.from_parent(parent, path=file_path)
    return file


class Diagrams:
    """The verdicts on the models of a config: all at once by files alone; what a capture must tell, one by one."""

    def __init__(self, path: Path, shown: str) -> None:
        """`shown` is the path as the commands of a cure will give it."""
        from nnviz_action.commands.select import open_document
        from nnviz_action.errors import ConfigError

        self.path, self.shown = path, shown
        self._report: Report | None = None
        try:
            data = open_document(shown).data
        except ConfigError as error:
            raise pytest.UsageError(f"--nnviz-check: {error}") from None
        models = data.get("models") if isinstance(data, dict) else None
        if not isinstance(models, dict):
            raise pytest.UsageError(f"--nnviz-check: {shown} lists no models\n  nnviz-action check")
        self.models = [str(name) for name in models]

    def failing(self, model: str) -> "Report":
        """The report on one model, or on what belongs to none: orphans, and the galleries."""
        from dataclasses import replace

        from nnviz_action.commands.check import Asked, find
        from nnviz_action.freshness.verdict import Status

        self._report = self._report or find((), self.shown, Asked(capture=False))
        orphans = model == ORPHANS and model not in self.models
        own = [v for v in self._report.verdicts if (v.status is Status.ORPHAN if orphans else v.model == model)]
        over = tuple(excess for excess in self._report.over if excess.model == model)
        if not orphans and any(verdict.status is Status.SUSPECT for verdict in own):
            return find([model], self.shown, Asked(quiet=True))
        return replace(
            self._report, verdicts=tuple(own), galleries=self._report.galleries if orphans else (), over=over
        )


DIAGRAMS = pytest.StashKey[Diagrams]()


class DiagramsFile(pytest.File):
    """The config, a test for each model in it."""

    def collect(self) -> "Iterator[DiagramItem]":
        """The tests."""
        for name in dict.fromkeys([*self.config.stash[DIAGRAMS].models, ORPHANS]):
            yield DiagramItem.from_parent(self, name=name)


class DiagramItem(pytest.Item):
    """The test of one model."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_marker("nnviz")

    def runtest(self) -> None:
        """Raises `StaleError`."""
        from nnviz_action.report.verdicts import told

        report = self.config.stash[DIAGRAMS].failing(self.name)
        if report.fails:
            raise StaleError(told(report))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """What `check` says, without a traceback; that of any other error is of use."""
        from nnviz_action.errors import NnvizError

        if isinstance(excinfo.value, (StaleError, NnvizError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **kwargs)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the model stands, and what is tested of it."""
        return (
            self.path,
            None,
            f"diagram of {self.name}" if self.name != ORPHANS else "no orphans, and a true gallery",
        )
