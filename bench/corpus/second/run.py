"""`make corpus2`: the whole tool on models of 31 further libraries, and what came of it as a table.

Usage: python bench/corpus/second/run.py [--only SUBSTRING] [--jobs N] [--without-export]
"""

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from nnviz_action.capture.worker import Workers, needed_ahead
from nnviz_action.config import Config, ModelSpec, read_document
from nnviz_action.config.load import load_config
from nnviz_action.errors import NnvizError
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.outputs import write_diagram
from nnviz_action.project.diagram import Diagram, make_diagram

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import counted  # noqa: E402

PATIENCE = 300.0  # seconds that one model may take
BAR = 0.98
PARTS = {
    "graph": "with the author's calls",
    "onnx": "with an ONNX file",
    "autograd": "with an autograd graph, or asked for none",
}
Made = dict[str, Diagram | str]


def main() -> int:
    """Run, print the table, exit 1 where fewer models are drawn than the bar asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="part of the names of the models to run; nothing is written then")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--without-export", action="store_true", help="graphs and pictures alone: minutes for an hour"
    )
    options = parser.parse_args()
    os.chdir(HERE)
    config = load_config(read_document(HERE / "nnviz.yaml"))
    export = {"export": "never"} if options.without_export else {}
    specs = [replace(spec, timeout=PATIENCE, **export) for spec in config.models if options.only in spec.name]
    start = time.monotonic()
    with Workers(options.jobs, needed_ahead(specs)) as workers:
        workers.expect(specs)
        made = dict(
            zip(
                [spec.name for spec in specs],
                workers.map(lambda spec: _make(workers, spec, config), specs),
                strict=True,
            )
        )
    took = time.monotonic() - start
    counts = counted.lines(_drawn(made), counted.torch_counts("--second", "--only", options.only))
    parts = PARTS if not options.without_export else {part: what for part, what in PARTS.items() if part != "onnx"}
    text = "\n".join(_lines(made, took, list(counts), parts)) + "\n"
    print(text)
    if not options.only:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    return 0 if len(_drawn(made)) >= BAR * len(made) else 1


def _make(workers: Workers, spec: ModelSpec, config: Config) -> Diagram | str:
    try:
        diagram = make_diagram(workers, spec, config, Hasher())
    except NnvizError as error:
        print(f"{spec.name}: {error}", file=sys.stderr, flush=True)
        return error.message.splitlines()[0]
    write_diagram(spec.folder, diagram.files, diagram.lock)
    print(spec.name, dict(diagram.lock.failed), file=sys.stderr, flush=True)
    return diagram


def _drawn(made: Made) -> dict[str, Diagram]:
    return {name: diagram for name, diagram in made.items() if isinstance(diagram, Diagram)}


def _lines(made: Made, seconds: float, counts: list[str], parts: dict[str, str]) -> list[str]:
    drawn = _drawn(made)
    missing = {part: {n: d.lock.failed[part] for n, d in drawn.items() if part in d.lock.failed} for part in parts}
    return [
        "# The second corpus, measured",
        "",
        f"By `make corpus2`: {len(made)} models in {seconds:.0f} s{'' if 'onnx' in parts else ', without their exports'}.",
        "",
        f"- drawn: {len(drawn)} of {len(made)} ({100 * len(drawn) / max(1, len(made)):.1f} %)",
        *(f"- {what}: {len(drawn) - len(missing[part])}" for part, what in parts.items()),
        *(f"- {line}" for line in counts),
        "",
        "| model | what is missing | why |",
        "|---|---|---|",
        *(f"| {name} | all | {_cell(why)} |" for name, why in made.items() if isinstance(why, str)),
        *(f"| {name} | {part} | {_cell(why)} |" for part, found in missing.items() for name, why in found.items()),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")[:200]


if __name__ == "__main__":
    sys.exit(main())
