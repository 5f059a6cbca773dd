"""`doctor`: what is missing here, and the command that mends it."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from nnviz_action.config import Config
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError, MissingError
from nnviz_action.project.selection import open_document
from nnviz_action.setup.doctor import models
from nnviz_action.setup.doctor.finding import Finding, State
from nnviz_action.setup.doctor.packages import packages
from nnviz_action.setup.doctor.repository import repository

SIGNS = {State.OK: "✓", State.OPTIONAL: "–", State.BROKEN: "✗"}
WIDTH = 13


def doctor(config_path: str, style: str) -> int:
    """The exit code: 0 where nothing is broken, else that of a missing part."""
    found = list(_findings(config_path))
    STYLES[style](found)
    return MissingError.exit_code if any(finding.state is State.BROKEN for finding in found) else 0


def _findings(config_path: str) -> Iterator[Finding]:
    yield from packages()
    config = _config(config_path)
    outputs = [] if isinstance(config, ConfigError) else [spec.folder for spec in config.models]
    yield from repository(Path(config_path).resolve().parent, outputs)
    yield from models.config(config_path, config)


def _config(path: str) -> Config | ConfigError:
    try:
        return load_config(open_document(path))
    except ConfigError as error:
        return error


def _text(found: Sequence[Finding]) -> None:
    for finding in found:
        said = finding.said.replace("\n", f"\n{' ' * (WIDTH + 2)}")
        sys.stdout.write(f"{SIGNS[finding.state]} {finding.name:{WIDTH}}{said}\n")
        if finding.cure:
            sys.stdout.write(f"{' ' * (WIDTH + 2)}→ {finding.cure}\n")


def _json(found: Sequence[Finding]) -> None:
    json.dump([asdict(finding) for finding in found], sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


STYLES: dict[str, Callable[[Sequence[Finding]], None]] = {"text": _text, "json": _json}
