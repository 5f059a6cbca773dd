"""`init`: write a config for a repository that has none, from what its code tells and its models answer."""

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from nnviz_action.config import Config, read_document
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.outputs import replace as replace_file
from nnviz_action.project.trials import ask_models
from nnviz_action.report.init_report import report_next, report_proposed
from nnviz_action.setup.init.entries import FILE, HEAD, Entry, functions_apart, functions_text, static_entry
from nnviz_action.setup.init.hook import add_hook
from nnviz_action.setup.init.scan import Scan, named, scan
from nnviz_action.setup.init.workflow import add_workflow
from nnviz_action.setup.init.write import config_text
from nnviz_action.system.install import needs
from nnviz_action.system.repository import repository_root
from nnviz_action.system.temporary import Temporary

MOST = 50  # models of a first config: more than anybody looks through
NOTHING = 1


@dataclass(frozen=True)
class InitOptions:
    """What the command line asks for."""

    everything: bool = False
    force: bool = False
    static: bool = False
    jobs: int = 1
    timeout: float | None = None
    hook: bool = False
    workflow: bool = False


def init(config_path: str, options: InitOptions) -> int:
    """The exit code: 0; 1 where no model was found that a config could list."""
    path = Path(config_path).absolute()
    folder = path.parent
    done = [text for wanted, text in ((options.hook, "hook"), (options.workflow, "workflow")) if wanted]
    if path.exists() and not options.force and not done:
        hint = f"nnviz-action init --force writes another; nnviz-action generate --config {config_path} draws it"
        raise ConfigError(f"{config_path} is there already", hint=hint)
    if not options.static and find_spec("torch") is None:
        missing = needs("torch", "torch")
        raise type(missing)(missing.message, hint=f"{missing.hint}; or  nnviz-action init --static  runs nothing")
    is_new = not path.exists() or options.force
    if is_new and not options.static:
        _spare_functions(folder / FILE, options.force)
    code = _write_config(path, folder, options) if is_new else 0
    if code == 0 and options.hook:
        sys.stdout.write(f"{add_hook(folder, config_path)}\n")
    if code == 0 and options.workflow:
        sys.stdout.write(f"{add_workflow(folder, config_path)}\n")
    if code == 0 and is_new:  # the last thing read is the next thing done
        report_next(path, find_spec("torch") is not None)
    return code


def _write_config(path: Path, folder: Path, options: InitOptions) -> int:
    gc.disable()  # syntax trees are millions of objects, and all of them stay
    found = scan(folder)
    gc.enable()
    kept = found if options.everything else replace(found, plans=found.plans[:MOST])
    entries = list(functions_apart(named(_entries(kept, path, folder, options))))
    ready = [entry for entry in entries if not entry.failure]
    functions = [entry for entry in ready if entry.function]
    if functions:
        replace_file(folder / FILE, functions_text(functions).encode())
    more = [plan.name for plan in found.plans[len(kept.plans) :]]
    if ready:
        validated(path, entries)
    replace_file(path, config_text(entries, more).encode())
    report_proposed(path, found, entries, len(more), options.static)
    return 0 if ready else NOTHING


def _spare_functions(path: Path, force: bool) -> None:
    """Raises `ConfigError` where a file of functions is there that must not be replaced."""
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(HEAD):
        raise ConfigError(f"{FILE} is there, and init did not write it", hint="rename it; --static writes none")
    if path.exists() and not force:
        raise ConfigError(f"{FILE} is there already", hint="--force replaces it; --static writes none")


def _entries(found: Scan, path: Path, folder: Path, options: InitOptions) -> list[Entry]:
    if options.static or not found.plans:
        return [static_entry(plan) for plan in found.plans]
    return ask_models(found, path, repository_root(folder) or folder, options.jobs, options.timeout)


def validated(path: Path, entries: Sequence[Entry]) -> Config:
    """The config as `generate` will read it. What that would refuse is a bug of ours, told before it is written."""
    with Temporary() as folder:
        text = folder / path.name
        text.write_text(config_text(entries, ()), encoding="utf-8")
        document = read_document(text)
    return load_config(replace(document, path=path))
