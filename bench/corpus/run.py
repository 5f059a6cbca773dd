"""`make corpus`: the whole tool on real models, and what came of it as a table.

Usage: python bench/corpus/run.py [--only SUBSTRING] [--jobs N]
"""

import argparse
import io
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import comparisons
import control_flow
import counted
import yaml
from entries import entries
from PIL import Image

from nnviz_action.capture.worker import Workers, needed_ahead
from nnviz_action.config import Config, ModelSpec, read_document
from nnviz_action.config.load import load_config
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.outputs import write_diagram
from nnviz_action.project.diagram import Diagram, make_diagram
from nnviz_action.render.review import faint

HERE = Path(__file__).resolve().parent
WORK = HERE / "work"
DIAGRAMS = WORK / "diagrams"


def main() -> int:
    """Run, print the tables, exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="part of the names of the models to run; nothing is written then")
    parser.add_argument("--jobs", type=int, default=1, help="with more, drawing waits for the exports of others")
    options = parser.parse_args()
    shutil.rmtree(DIAGRAMS, ignore_errors=True)
    DIAGRAMS.mkdir(parents=True)
    control_flow.main(WORK / "control_flow.onnx")
    chosen = {name: entry for name, entry in entries().items() if options.only in name}
    config = _config(chosen)
    start = time.monotonic()
    with Workers(options.jobs, needed_ahead(config.models)) as workers:
        workers.expect(config.models)
        made = dict(zip(chosen, workers.map(lambda spec: _make(workers, spec, config), config.models), strict=True))
    took = f"{len(chosen)} models in {time.monotonic() - start:.0f} s, {options.jobs} at a time"
    counts = counted.lines(_done(made), counted.torch_counts("--only", options.only))
    told = (*_health(made), *_readability(made), *_speed(made), *counts, *comparisons.lines(DIAGRAMS))
    lines = [f"- {line}" for line in told]
    text = "\n".join(["# The corpus, measured", "", f"By `make corpus`. {took}.", "", *lines, "", _table(made), ""])
    print(text)
    if not options.only:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    return 0 if sum(isinstance(d, Diagram) for d in made.values()) >= 0.98 * len(made) else 1


Made = dict[str, Diagram | Exception]


def _config(chosen: dict[str, dict[str, object]]) -> Config:
    config = {"defaults": {"pythonpath": [".", "../../examples"], "output": "work/diagrams"}, "models": chosen}
    path = HERE / "corpus.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return load_config(read_document(path))


def _make(workers: Workers, spec: ModelSpec, config: Config) -> Diagram | Exception:
    try:
        diagram = make_diagram(workers, spec, config, Hasher())
    except Exception as error:
        print(f"{spec.name}: {error}", file=sys.stderr)
        return error
    write_diagram(spec.folder, diagram.files, diagram.lock)
    print(
        spec.name, {k: round(v, 1) for k, v in diagram.seconds.items()}, *diagram.flaws, file=sys.stderr, flush=True
    )
    return diagram


def _done(made: Made) -> dict[str, Diagram]:
    return {name: diagram for name, diagram in made.items() if isinstance(diagram, Diagram)}


def _health(made: Made) -> list[str]:
    done = _done(made)
    locks = {name: diagram.lock for name, diagram in done.items()}
    shaped, values = (sum(lock.numbers[key] for lock in locks.values()) for key in ("shaped", "values"))
    real = [name for name, lock in locks.items() if "real" in lock.weights.values()]
    opaque = [f"{name} ({', '.join(lock.opaque)})" for name, lock in locks.items() if lock.opaque]
    without = [f"{name} ({lock.failed['onnx']})" for name, lock in locks.items() if "onnx" in lock.failed]
    return [
        f"All views: {len(done)} of {len(made)} ({100 * len(done) / len(made):.1f} %)",
        f"Failed: {', '.join(sorted(made.keys() - done.keys())) or 'none'}",
        f"Values with a full shape: {shaped} of {values} ({100 * shaped / max(values, 1):.2f} %)",
        f"Needed real weights: {', '.join(real) or 'none'}",
        f"Without ONNX: {', '.join(without) or 'none'}",
        f"Drawn with opaque operators: {', '.join(opaque) or 'none'}",
    ]


def _readability(made: Made) -> list[str]:
    """What `nnviz_action.render.review` finds on the coordinates of every picture."""
    done = _done(made)
    flawed = [f"{name}: {flaw}" for name, diagram in done.items() for flaw in diagram.flaws]
    pictures = sum(name.endswith(".png") for diagram in done.values() for name in diagram.files)
    without = [name for name, diagram in done.items() if not any(file.endswith(".png") for file in diagram.files)]
    return [
        f"Pictures with a flaw: {len({f.partition(':')[0] for f in flawed})} models of {len(done)}, {pictures} pictures"
        + "".join(f"\n  - {flaw}" for flaw in flawed),
        f"Texts of too little contrast: {', '.join(faint()) or 'none'}",
        f"Without pictures: {', '.join(without) or 'none'}",
    ]


def _speed(made: Made) -> list[str]:
    """What follows the export in time, and all drawing: the autograd picture is made while the export runs."""
    times = [d.seconds for d in _done(made).values() if "export" in d.seconds]
    follows = ("clean", "draw forward")
    rows = {"What follows the export (clean-up, fold, layout, painting)": follows,
            "The same with the autograd picture, which is drawn meanwhile": (*follows, "draw autograd")}  # fmt: skip
    lines = []
    for what, stages in rows.items() if times else ():
        ratios = [sum(seconds.get(stage, 0) for stage in stages) / seconds["export"] for seconds in times]
        lines.append(
            f"{what}, against the export: median {median(ratios):.2f} ×, most {max(ratios):.2f} ×, {len(ratios)} models"
        )
    return lines


def _table(made: Made) -> str:
    rows = [
        "| model | parameters | MACs | operators | ONNX, kB | forward, px | autograd, px | export, s | after, s |"
    ]
    rows.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, diagram in _done(made).items():
        numbers, files = diagram.lock.numbers, diagram.files
        seconds = diagram.seconds
        after = sum(seconds.get(stage, 0) for stage in ("clean", "draw forward", "draw autograd"))
        cells = [name, f"{numbers['parameters']:,}", f"{numbers['macs']:,}", str(numbers["nodes"])]
        cells += [
            f"{len(files['model.onnx']) / 1000:.0f}" if "model.onnx" in files else "",
            _pixels(files, "forward.png"),
            _pixels(files, "autograd.png"),
        ]
        cells += [f"{seconds.get('export', 0):.1f}", f"{after:.1f}"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _pixels(files: Mapping[str, bytes], name: str) -> str:
    return "×".join(map(str, Image.open(io.BytesIO(files[name])).size)) if name in files else ""


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1] / "examples"))
    sys.exit(main())
