"""A plugin for pytest: with `--nnviz-check` each model is a test, which fails where its diagram is not fresh.

pytest loads this in every run of an environment that has it, so all else is imported where it is asked for.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from nnviz_action.cli.pytest_items import DiagramsFile
    from nnviz_action.project.model_reports import ModelReports

REPORTS: "pytest.StashKey[ModelReports]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--nnviz-check`, and `nnviz_config` in the ini file."""
    group = parser.getgroup("nnviz", "diagrams of PyTorch models")
    group.addoption("--nnviz-check", action="store_true", help="test that the diagrams of all models are fresh")
    parser.addini("nnviz_config", "config of nnviz-action, from the root of the tests", default="nnviz.yaml")


def pytest_configure(config: pytest.Config) -> None:
    """The config becomes one of the files that tests are collected from."""
    config.addinivalue_line("markers", "nnviz: the diagram of a model is fresh (added by --nnviz-check)")
    if not config.getoption("--nnviz-check"):
        return
    from nnviz_action.errors import ConfigError
    from nnviz_action.project.model_reports import ModelReports

    path = Path(os.path.normpath(config.rootpath / str(config.getini("nnviz_config"))))
    try:
        config.stash[REPORTS] = ModelReports(path, os.path.relpath(path, config.invocation_params.dir))
    except ConfigError as error:
        raise pytest.UsageError(f"--nnviz-check: {error}") from None
    config.args += [str(path)] if str(path) not in config.args else []  # a worker of xdist is given it


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "DiagramsFile | None":
    """The config, where it was asked for."""
    reports = parent.config.stash.get(REPORTS, None)
    if reports is None or file_path != reports.path:
        return None
    from nnviz_action.cli.pytest_items import DiagramsFile

    file: DiagramsFile = DiagramsFile.from_parent(parent, path=file_path, reports=reports)
    return file
