"""`init`: write a config for a repository that has none, from what its code tells."""

import gc
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from nnviz_action.config import Config, read_document
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.outputs import replace as replace_file
from nnviz_action.project.trials import run_trials
from nnviz_action.report.init_report import report_next, report_proposed
from nnviz_action.setup.init.builders import FILE, builders_text
from nnviz_action.setup.init.hook import add_hook
from nnviz_action.setup.init.scan import Scan, scan
from nnviz_action.setup.init.workflow import add_workflow
from nnviz_action.setup.init.write import config_text
from nnviz_action.system.install import needs
from nnviz_action.system.temporary import Temporary

MOST = 20  # entries of a first config: more than anybody looks through
NOTHING = 1


@dataclass(frozen=True)
class InitOptions:
    """What the command line asks for."""

    everything: bool = False
    force: bool = False
    trial: bool = False
    jobs: int = 1
    timeout: float | None = None
    functions: bool = False
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
    if options.trial and find_spec("torch") is None:
        raise needs("torch", "torch")
    is_new = not path.exists() or options.force
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
    found = scan(folder, None if options.everything else MOST, options.functions)
    gc.enable()
    written = _write_functions(folder, found, options.force)
    if found.ready and options.trial:
        found = run_trials(found, validated(path, found), options.jobs, options.timeout)
    if found.ready:
        validated(path, found)
        replace_file(path, config_text(found).encode())
    for name in written:
        sys.stdout.write(f"wrote {name}\n")
    report_proposed(path, found)
    return 0 if found.ready else NOTHING


def _write_functions(folder: Path, found: Scan, force: bool) -> list[str]:
    """Write the functions that entries name; the names of the files."""
    builders = [p.builder for p in (*found.ready, *found.more) if p.builder is not None]
    path = folder / FILE
    if not builders:
        return []
    if path.exists() and not force:
        raise ConfigError(f"{FILE} is there already", hint="--force replaces it; or leave out --functions")
    replace_file(path, builders_text(builders).encode())
    return [FILE]


def validated(path: Path, found: Scan) -> Config:
    """The config as `generate` will read it. What that would refuse is a bug of ours, told before it is written."""
    with Temporary() as folder:
        text = folder / path.name
        text.write_text(config_text(found), encoding="utf-8")
        document = read_document(text)
    return load_config(replace(document, path=path))
