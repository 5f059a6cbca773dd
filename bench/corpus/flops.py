"""torch's own count of each model's work and parameters: what `nnviz_action.graph.numbers` is held against.

Usage: python bench/corpus/flops.py [--second] [--only SUBSTRING]
prints {name: {way, macs, parameters, uncounted}} as JSON, of the first corpus or the second

`macs` is half of what `torch.utils.flop_counter` counts in one eager forward pass, on fake tensors where the model
takes them, as the capture has it. What would hide work from the counter:

- Attention on the CPU runs as one operator that the counter has no formula for: the plain one, of two products, is
  asked for (`SDPBackend.MATH`), and MultiheadAttention's own fast path is off.
- oneDNN runs a recurrent layer as one operator without a formula: without oneDNN it is a product per step and gate.
- Vector products (mv, dot) and the grouped products of a mixture of experts have no formula: they get one here.
- Whatever else multiplies matrices out of the counter's sight is listed under `uncounted`, and the exit code is 1.
"""

import argparse
import gc
import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import torch
import yaml
from entries import entries
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from nnviz_action.capture.build import build
from nnviz_action.capture.built import Built
from nnviz_action.capture.worker import WAYS, request
from nnviz_action.config import Config, read_document
from nnviz_action.config.load import load_config

HERE = Path(__file__).resolve().parent
aten = torch.ops.aten
# Parts of the names of operators that multiply matrices or vectors inside.
SUSPICIOUS = (
    "mm", "mv", "dot", "matmul", "linear", "conv", "attention", "lstm", "gru", "rnn", "einsum", "bilinear",
    "transformer", "multi_head", "cdist", "addr", "outer", "tensordot",
)  # fmt: skip
HARMLESS = ("upsample_", "_backward", "comm", "index", "interpolate")  # no products of matrices, whatever their names


def _vector_flop(first: torch.Size, second: torch.Size, *_: Any, out_shape: Any = None, **__: Any) -> int:
    """mv and dot: all elements of the first factor are multiplied once."""
    return 2 * prod(first)


def _grouped_flop(rows: torch.Size, *_: Any, out_shape: Any = None, **__: Any) -> int:
    """Each row is multiplied with the matrix of its group: rows × in × out."""
    return 2 * prod(out_shape) * rows[-1]


FORMULAS = {aten.mv: _vector_flop, aten.dot: _vector_flop, aten._grouped_mm: _grouped_flop}


class Uncounted(TorchDispatchMode):
    """Notes the operators that reach the kernels by a name that smells of a product and have no formula."""

    def __init__(self, counted: Mapping[Any, Any]) -> None:
        super().__init__()
        self.counted, self.names = counted, set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.name().partition("::")[2].partition(".")[0]
        harmless = any(part in name for part in HARMLESS)
        if func.overloadpacket not in self.counted and not harmless and any(part in name for part in SUSPICIOUS):
            self.names.add(name)
        return func(*args, **(kwargs or {}))


@contextmanager
def in_plain_sight() -> Iterator[None]:
    """Attention and recurrent layers as products that the counter knows."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False), torch.no_grad():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def count(built: Built) -> dict[str, Any]:
    """The work of one forward pass and the number of parameters, tied ones once."""
    built.module.requires_grad_(
        False
    )  # the counter follows gradients, and fails where a view of a parameter has none
    counter = FlopCounterMode(display=False, custom_mapping=FORMULAS)
    uncounted = Uncounted(counter.flop_registry)
    with in_plain_sight(), built.active(), uncounted, counter:
        built.module(*built.inputs.args, **built.inputs.kwargs)
    flops = int(counter.get_total_flops())
    assert flops % 2 == 0
    parameters = sum(p.numel() for p in built.module.parameters())
    return {"macs": flops // 2, "parameters": parameters, "uncounted": sorted(uncounted.names)}


def _count_first_way(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The count by the cheapest way to build the model that works, as the capture goes about it."""
    ways = WAYS[asked["fake"]]
    for way in ways:
        try:
            return {"way": way, **count(build(asked, way, asked["mode"]["forward"] == "train"))}
        except Exception as error:
            if way == ways[-1]:
                return {"way": way, "error": f"{type(error).__name__}: {error}"[:300]}
    raise AssertionError("unreachable")


def flops(config: Config) -> dict[str, dict[str, Any]]:
    """The counts of all models of the config that torch builds."""
    found = {}
    for spec in config.models:
        if spec.model:
            asked = request(spec, config, HERE / "work") | {"folder": config.folder}
            found[spec.name] = _count_first_way(asked)
            print(spec.name, found[spec.name], file=sys.stderr, flush=True)
            gc.collect()
    return found


def read_corpus(only: str = "") -> Config:
    """The corpus as a checked config, as if it lay in this folder."""
    chosen = {name: entry for name, entry in entries().items() if only in name}
    data = {"defaults": {"pythonpath": [".", "../../examples"], "output": "work/diagrams"}, "models": chosen}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=HERE) as file:
        yaml.safe_dump(data, file, sort_keys=False)
        file.flush()
        return load_config(read_document(Path(file.name)))


def read_second(only: str = "") -> Config:
    """The second corpus, as a checked config."""
    config = load_config(read_document(HERE / "second" / "nnviz.yaml"))
    return replace(config, models=tuple(spec for spec in config.models if only in spec.name))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch._logging.set_logs(all=logging.CRITICAL)  # a way that fails is followed by the next
    sys.path.insert(0, str(HERE.parents[1] / "examples"))
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--second", action="store_true")
    options = parser.parse_args()
    if options.second:
        sys.path.insert(0, str(HERE / "second"))
    os.chdir(HERE / "second" if options.second else HERE)
    with redirect_stdout(sys.stderr):  # libraries that greet
        counts = flops(read_second(options.only) if options.second else read_corpus(options.only))
    print(json.dumps(counts, indent=1))
    sys.exit(any(row.get("error") or row["uncounted"] for row in counts.values()))
