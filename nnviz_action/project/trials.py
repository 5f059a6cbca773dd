"""Trying the models that `init` found: what fails becomes a comment in the config."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from nnviz_action.capture.worker import Workers, needed_ahead
from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import MissingError, NnvizError
from nnviz_action.setup.init.propose import Proposal
from nnviz_action.setup.init.scan import Scan
from nnviz_action.system.temporary import Temporary

PATIENCE = 120.0  # seconds that one model may take, where the command line says nothing


def run_trials(found: Scan, config: Config, jobs: int, timeout: float | None) -> Scan:
    """Capture each proposed model in a process of its own; the scan with what failed among the outlines."""
    specs = [replace(spec, timeout=timeout or PATIENCE) for spec in config.models]
    with Workers(jobs, needed_ahead(specs)) as workers:
        workers.expect(specs)
        outcomes = workers.map(lambda spec: _try(workers, spec, config), specs)
    failed = {spec.name: why for spec, why in zip(specs, outcomes, strict=True) if why}
    return replace(
        found,
        ready=tuple(p for p in found.ready if p.name not in failed),
        outlines=(*_outlines(found.ready, failed), *found.outlines),
    )


def _outlines(proposals: tuple[Proposal, ...], failed: Mapping[str, str]) -> list[Proposal]:
    return [replace(p, failure=failed[p.name]) for p in proposals if p.name in failed]


def _try(workers: Workers, spec: ModelSpec, config: Config) -> str:
    """Why a model cannot be captured; empty where it can. Raises `MissingError` where nothing can be tried."""
    with Temporary() as out:
        try:
            workers.capture(spec, config, out, lambda: None, lambda *_: None)
        except MissingError:
            raise
        except NnvizError as error:
            reason = error.message.splitlines()[0]
            sys.stderr.write(f"{spec.name}: tried, and failed: {reason}\n")
            if error.hint:
                sys.stderr.write(f"  {error.hint}\n")
            return reason
    sys.stderr.write(f"{spec.name}: tried, and works\n")
    return ""
