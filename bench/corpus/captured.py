"""What the capture of each model leaves, kept in a folder: pictures can then be drawn again in seconds.

Usage: python bench/corpus/captured.py [--second] [--only SUBSTRING] [--jobs N]

For bench/corpus/pictures.py. The second corpus needs the environment of `make corpus2`.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import control_flow
import yaml
from entries import entries

from nnviz_action.capture.worker import Workers, needed_ahead
from nnviz_action.config import Config, ModelSpec, read_document
from nnviz_action.config.load import load_config
from nnviz_action.errors import NnvizError

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "examples"))  # torchvision's operators, where it is another build than torch
KEPT = HERE / "work" / "captured"
PATIENCE = 300.0  # seconds that one model may take
FILES = ("graph.json", "autograd.json", "model.onnx")


def main() -> None:
    """Capture all models of one corpus, without exports."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--second", action="store_true")
    parser.add_argument("--only", default="", help="part of the names of the models")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    config = _config(options.second)
    specs = [replace(spec, timeout=PATIENCE, export="never") for spec in config.models if options.only in spec.name]
    with Workers(options.jobs, needed_ahead(specs)) as workers:
        workers.expect(specs)
        workers.map(lambda spec: _keep(workers, spec, config, KEPT / spec.name), specs)


def _config(second: bool) -> Config:
    if second:
        os.chdir(HERE / "second")
        return load_config(read_document(HERE / "second" / "nnviz.yaml"))
    (HERE / "work").mkdir(exist_ok=True)
    control_flow.main(HERE / "work" / "control_flow.onnx")
    config = {"defaults": {"pythonpath": [".", "../../examples"], "output": "work/diagrams"}, "models": entries()}
    path = HERE / "corpus.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return load_config(read_document(path))


def _keep(workers: Workers, spec: ModelSpec, config: Config, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as out:
        try:
            captured = workers.capture(spec, config, Path(out), lambda: None, lambda *_: None)
        except NnvizError as error:
            print(f"{spec.name}: {error}", file=sys.stderr)
            return
        folder.mkdir(parents=True, exist_ok=True)
        for path in Path(out).iterdir():
            if path.name in FILES:
                shutil.copy(path, folder)
    views = {"views": spec.views, "mode": dict(spec.mode), "onnx": spec.onnx is not None}
    text = json.dumps(views | {"failed": dict(captured.failed), "seconds": dict(captured.seconds)}, indent=1)
    (folder / "capture.json").write_text(text)
    print(spec.name, {k: round(v, 1) for k, v in captured.seconds.items()}, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
