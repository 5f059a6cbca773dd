"""The recording of the author's calls beside the export, what training saves beside a real run, and sizes of files."""

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
import yaml

from nnviz_action.capture.build import build
from nnviz_action.capture.forward import exported
from nnviz_action.capture.recorder import record
from nnviz_action.capture.rehearsal import rehearse
from nnviz_action.capture.saved import saved_bytes
from nnviz_action.capture.worker import request
from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.system.clock import Clock

CORPUS = Path(__file__).resolve().parent / "corpus"
sys.path[:0] = [str(CORPUS), str(CORPUS.parent.parent / "examples")]
SAVED = """timm-densenet121 timm-efficientnet_b0 timm-lcnet_035 timm-mobilevit_xxs timm-regnetx_002 timm-ghostnet_050
timm-selecsls42 timm-repvit_m1 timm-tiny_vit_5m_224 timm-swiftformer_xs tv-resnet18 tv-mobilenet_v3_small tv-googlenet
tv-swin_t tv-vit_b_16 tv-vgg16 tv-convnext_tiny hf-bert hf-gpt2 hf-t5 hf-llama_small hf-whisper hf-vit""".split()
MOST_PARAMETERS = 2e9  # of a model that is exported here
Request = dict[str, Any]


def rows() -> list[tuple[str, str, str]]:
    """All rows."""
    asked = _requests()
    return [_against_export(asked), _saved({name: asked[name] for name in SAVED})]


def _requests() -> dict[str, Request]:
    """What a capture of each model of the corpus is asked."""
    from entries import entries  # torchvision must find its stand-in first

    models = {name: entry for name, entry in entries().items() if "onnx" not in entry}
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({"models": models}), encoding="utf-8")
    config = load_config(read_document(folder / "nnviz.yaml"))
    own = {"folder": config.folder, "way": "meta"}
    return {spec.name: request(spec, config, folder) | own for spec in config.models}


def _against_export(asked: dict[str, Request]) -> tuple[str, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        rehearse(Path(folder), exports=True)
    ratios = []
    for name, one in asked.items():
        try:
            seconds = [_seconds(work, one) for work in (_recorded, exported)]
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {str(error)[:80]}", file=sys.stderr)
            continue
        ratios.append(seconds[0] / seconds[1])
        print(f"{name}: {seconds[0]:.2f} s, {seconds[1]:.2f} s", file=sys.stderr, flush=True)
    what = (
        f"recording against `torch.export` and the translation to ONNX, median of {len(ratios)} models of the corpus"
    )
    return what, "≤ 0.25 ×", f"{median(ratios):.2f} × ({min(ratios):.2f} to {max(ratios):.2f})"


def _recorded(built: Any, asked: Request, _: Clock) -> None:
    record(built, asked)


def _seconds(work: Callable[..., Any], asked: Request) -> float:
    built = build(asked, "meta", training=False)
    if sum(p.numel() for p in built.module.parameters()) > MOST_PARAMETERS:
        raise ValueError("too large to be exported here")
    gc.collect()
    start = time.perf_counter()
    work(built, asked, Clock())
    return time.perf_counter() - start


def _saved(asked: dict[str, Request]) -> tuple[str, str, str]:
    equal = []
    for name, one in asked.items():
        try:
            real = _really_saved(one)
        except ValueError as error:  # BatchNorm on one value per channel
            print(f"{name}: {error}", file=sys.stderr)
            continue
        ours = sum(saved_bytes(build(one, "meta", training=True)).values())
        equal.append(ours == real)
        print(f"{name}: {ours:,} {real:,}", file=sys.stderr, flush=True)
    what = "bytes kept for backward, against the hooks of a real run"
    return what, "equal", f"{sum(equal)} of {len(equal)} models"


def _really_saved(asked: Request) -> int:
    """The memory of the distinct tensors that a run with real weights saves, but for that of the model's own."""
    built = build(asked, "real", training=True)
    own = {tensor.untyped_storage().data_ptr() for tensor in (*built.module.parameters(), *built.module.buffers())}
    found: dict[int, int] = {}
    held = []

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            held.append(storage)
            found[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        built.module(*built.inputs.args, **built.inputs.kwargs)
    return sum(found.values())
