"""The floor under `generate`: torch is imported once, then each core exports models of a config, and that is all.

Usage: python bench/exports.py CONFIG CORES

Weights are real, as in the documentation of `torch.onnx.export`; what builds them is not counted, as it is none of the
export. Prints the seconds: of the import, and of the exports on the core that is done last.
"""

import sys
import time

start = time.perf_counter()
import torch  # noqa: E402  # what is measured

IMPORT = time.perf_counter() - start

import os  # noqa: E402
import warnings  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from nnviz_action.capture.build import build  # noqa: E402
from nnviz_action.capture.worker import request  # noqa: E402
from nnviz_action.config import read_document  # noqa: E402
from nnviz_action.config.load import load_config  # noqa: E402


def main() -> None:
    """Fork a process for each core; each takes the next model as soon as it is done with one."""
    config = load_config(read_document(Path(sys.argv[1])))
    sys.path[:0] = [str(config.folder / path) for path in config.models[0].pythonpath]
    queue, taker = os.pipe()
    os.write(taker, bytes(range(len(config.models))))
    os.close(taker)
    asked = [{**request(spec, config, config.folder), "folder": config.folder} for spec in config.models]
    cores = [_fork(queue, asked) for _ in range(int(sys.argv[2]))]
    print(f"{IMPORT} {max(_seconds(core) for core in cores)}")


def _fork(queue: int, asked: list[dict[str, Any]]) -> int:
    told, tells = os.pipe()
    if os.fork() == 0:
        spent = 0.0
        while taken := os.read(queue, 1):
            spent += _export(asked[taken[0]])
        os.write(tells, str(spent).encode())
        os._exit(0)
    os.close(tells)
    return told


def _seconds(told: int) -> float:
    with os.fdopen(told) as file:
        return float(file.read())


def _export(asked: dict[str, Any]) -> float:
    built = build(asked, "real", training=False)
    warnings.simplefilter("ignore")
    axes = {t: dict.fromkeys(named, torch.export.Dim.DYNAMIC) for t, named in built.inputs.axes}
    shapes = None
    if axes:
        collection = torch.export.ShapesCollection()
        for tensor, named in axes.items():
            collection[tensor] = named
        shapes = collection.dynamic_shapes(built.module, built.inputs.args, built.inputs.kwargs)
    start = time.perf_counter()
    with torch.no_grad():
        program = torch.export.export(
            built.module, built.inputs.args, built.inputs.kwargs, dynamic_shapes=shapes, strict=False
        )
        torch.onnx.export(program, dynamo=True, optimize=False, opset_version=20, verbose=False)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
