"""Asking the models that `init` found what they take, and recording each once with what it answered."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnviz_action.capture.worker import Workers
from nnviz_action.capture.worker.pool import MOST_SHARED
from nnviz_action.config import ModelSpec, read_document
from nnviz_action.config.load import load_config
from nnviz_action.errors import MissingError, NnvizError
from nnviz_action.report.progress import watching
from nnviz_action.setup.init.entries import FILE, Entry, entry_of, functions_text, outline
from nnviz_action.setup.init.plans import Plan
from nnviz_action.setup.init.scan import Scan
from nnviz_action.setup.init.write import entries_text
from nnviz_action.system.temporary import Temporary

PATIENCE = 60.0  # seconds that one model may take, where the command line says nothing
_SHARE = 0.7  # of it for the search


def ask_models(found: Scan, path: Path, root: Path, jobs: int, seconds: float | None) -> list[Entry]:
    """The entry of each plan; those that failed have a `failure`. The config will stand at `path`."""
    patience = seconds or PATIENCE
    modules = Counter(_module(plan) for plan in found.plans)
    shared = {module for module, models in modules.most_common(MOST_SHARED) if models > 1}
    with (
        Workers(jobs, "calls") as workers,
        watching([plan.name for plan in found.plans], {}) as watch,
    ):

        def one(plan: Plan) -> Entry:
            watch.stage(plan.name, "asking it")
            entry = _asked(workers, plan, _question(plan, found, shared, patience), path.parent, root, patience)
            if not entry.failure:
                watch.stage(plan.name, "recording it")
                entry = _recorded(workers, entry, path, patience)
            watch.end(plan.name, f"not drawn: {entry.failure}" if entry.failure else "drawn")
            return entry

        return workers.map(one, found.plans)


def _module(plan: Plan) -> str:
    return plan.target.text.partition(":")[0]


def _question(plan: Plan, found: Scan, shared: Collection[str], seconds: float) -> dict[str, Any]:
    return {
        "model": plan.target.text,
        "pythonpath": list(plan.roots),
        "ways": [way.question() for way in plan.ways],
        "sizes": list(found.sizes.get(plan.folder) or found.sizes.get("", ())),
        "seconds": seconds * _SHARE,
        "shared": _module(plan) in shared,
    }


def _asked(
    workers: Workers, plan: Plan, question: Mapping[str, Any], folder: Path, root: Path, seconds: float
) -> Entry:
    if plan.reason:
        return outline(plan, plan.reason)
    try:
        with Temporary() as out:
            answer = workers.ask(question, folder, root, out, seconds)
    except NnvizError as error:
        return outline(plan, _line(error.message), error.hint or "")
    if answer.get("missing"):
        raise MissingError(answer["failure"], hint=answer["hint"])
    try:
        if "failure" in answer:
            return outline(plan, _line(str(answer["failure"])), str(answer.get("hint") or ""))
        return entry_of(plan, answer)
    except (AttributeError, KeyError, TypeError, IndexError, ValueError):
        return outline(plan, "the model's code spoke in the name of nnviz-action")


def _line(message: str) -> str:
    return next(iter(message.splitlines()), "")


def _recorded(workers: Workers, entry: Entry, path: Path, seconds: float) -> Entry:
    """The same once it is recorded, as the config that it becomes has it."""
    with Temporary() as folder:
        text = folder / path.name
        if entry.function:
            (folder / FILE).write_text(functions_text([entry]), encoding="utf-8")
        text.write_text(entries_text([entry]), encoding="utf-8")
        try:
            config = load_config(replace(read_document(text), path=path))
            spec = _spec(config.models[0], entry, folder, seconds)
            workers.capture(spec, config, folder, lambda: None, lambda *_: None, exports=False)
        except MissingError:
            raise
        except NnvizError as error:
            return replace(entry, failure=_line(error.message), hint=_line(error.hint or ""))
    return entry


def _spec(spec: ModelSpec, entry: Entry, folder: Path, seconds: float) -> ModelSpec:
    """Its forward graph alone: where that is recorded, there is a diagram. A function is not in its place yet."""
    path = (str(folder), *spec.pythonpath) if entry.function else spec.pythonpath
    return replace(spec, views=("forward",), export="never", timeout=seconds, pythonpath=path)
