"""`history`: what a model weighed from commit to commit, told by the locks that git has."""

import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.history import History, read_history
from nnviz_action.freshness.outputs import replace
from nnviz_action.graph.number_text import percent, short, short_macs
from nnviz_action.project.selection import open_document, select
from nnviz_action.report.history import REPORTERS
from nnviz_action.system.repository import repository_root
from nnviz_action.system.revisions import Revisions

FORMATS = (".svg", ".png")


def history(model: str, config_path: str, style: str, plot: str | None) -> int:
    """The exit code: 0."""
    config = load_config(open_document(config_path))
    if repository_root(config.folder) is None:
        raise ConfigError(f"{config.path.name} is in no git repository", hint="git init, and commit your diagrams")
    spec = select(config, [model])[0]
    picture = _picture(plot) if plot is not None else None
    revisions = Revisions(config.root)
    folder = spec.folder.resolve().relative_to(config.root).as_posix()
    found = read_history(revisions, revisions.commit("HEAD"), folder)
    if not found.points:
        raise ConfigError(f"{model} has no history: no commit has its diagram", hint=f"git add {folder}, and commit")
    if picture is not None:
        _write(picture, _drawn(model, found, picture))
    REPORTERS[style](model, found)
    _warn(found)
    return 0


def _warn(found: History) -> None:
    if found.cut:
        sys.stderr.write(
            "note: this clone is shallow: what was before the first line is not here\n  git fetch --unshallow\n"
        )
    if found.unread:
        sys.stderr.write(f"note: {found.unread} locks are of another version of nnviz-action, or broken: left out\n")


def _picture(name: str) -> Path:
    if Path(name).suffix not in FORMATS:
        raise ConfigError(
            f"--plot {name}: the picture is written as {' or '.join(FORMATS)}", hint="--plot history.svg"
        )
    return Path(name)


def _write(path: Path, data: bytes) -> None:
    try:
        replace(path, data)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}", hint="--plot names a file") from None


def _drawn(model: str, found: History, path: Path) -> bytes:
    """The picture of parameters, MACs and nodes; the dark one where the file's name ends in `-dark`."""
    from nnviz_action.render.plot import Panel, Plot, to_plot  # noqa: PLC0415  # fonts and resvg: an extra
    from nnviz_action.render.png import to_png  # noqa: PLC0415
    from nnviz_action.render.style import THEMES  # noqa: PLC0415

    kinds: dict[str, tuple[str, str, Callable[[int], str]]] = {
        "parameters": ("parameters", "linear", short),
        "macs": ("MACs", "convolution", short_macs),
        "nodes": ("nodes", "normalisation", str),
    }
    panels = tuple(
        Panel(name, kind, tuple(point.numbers.get(key) for point in found.points), text)
        for key, (name, kind, text) in kinds.items()
        if any(key in point.numbers for point in found.points)
    )
    if not panels:
        raise ConfigError(f"{model} has no numbers to draw: they are of the forward graph", hint="leave out --plot")
    labels = tuple((point.commit[:8], point.date[:10]) for point in found.points)
    plot = Plot(model, _facts(found), labels, panels)
    theme = THEMES["dark" if path.stem.endswith("-dark") else "light"]
    digest = sha256(repr((model, found.points)).encode()).hexdigest()
    svg = to_plot(plot, theme, digest)
    return svg.encode() if path.suffix == ".svg" else to_png(svg, theme, digest)


def _facts(found: History) -> str:
    """How many commits changed it, when, and what became of its parameters."""
    first, last = found.points[0], found.points[-1]
    count = len(found.points)
    said = [f"{count} commit{'s' * (count != 1)}"]
    said += [f"{first.date[:10]} to {last.date[:10]}" if first.date[:10] != last.date[:10] else first.date[:10]]
    known = [point.numbers["parameters"] for point in found.points if "parameters" in point.numbers]
    change = percent(known[0], known[-1]) if known else ""
    said += [f"parameters {short(known[0])} → {short(known[-1])} ({change})"] if change else []
    return " · ".join([*said, *(["older commits are not here"] if found.cut else [])])
