"""`make matrix`: the same models under each torch and each Python, and what is other there, to bench/matrix.md.

Usage: python bench/matrix.py [--quick] [TORCH:PYTHON …]     2.13.0:3.11 …; nothing is written where some are named

`--quick` leaves out the models of the corpus.

Each environment is built with uv from public packages, and removed again: 6 GB, and some minutes each. Digests and
files are held against those of the first environment. The exit code is 1 where one could not be built, a model was
not drawn, a forward digest or graph.json is another one, an ONNX file is refused, or, from torch 2.9 on, an autograd
digest is another one or an ONNX file was not written.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ENVIRONMENTS = """2.13.0:3.11 2.7.1:3.11 2.8.0:3.11 2.9.1:3.11 2.10.0:3.11 2.11.0:3.11 2.12.1:3.11 2.14.1:3.12 2.15.0:3.13
2.13.0:3.10 2.13.0:3.12 2.13.0:3.13""".split()
WRITTEN = """timm-efficientnet_b0 timm-vgg11 timm-resnest14d timm-lcnet_035 timm-mambaout_femto timm-cspnext_tiny
timm-densenet121 timm-ghostnet_050 timm-regnetx_002 timm-mobilevit_xxs timm-swiftformer_xs timm-tiny_vit_5m_224
timm-levit_128s timm-nest_tiny timm-test_vit_relpos timm-ese_vovnet19b_slim_dw tv-resnet18 tv-mobilenet_v3_small
tv-vit_b_16 tv-convnext_tiny tv-vgg16 tv-swin_t tv-googlenet tv-efficientnet_b0 hf-bert hf-distilbert hf-gpt2 hf-vit
hf-t5 hf-llama_small hf-whisper own-net own-lstm_tagger own-unet own-siamese own-gru_tagger timm-repvit_m1
timm-hgnetv2_b0 tv-densenet201 hf-convnext""".split()
CHECK = """
import sys, onnx, onnxruntime
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
for path in sys.argv[1:]:
    try:
        onnx.checker.check_model(path)
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        print(path, type(error).__name__, str(error)[:200], flush=True)
"""


@dataclass
class Outcome:
    """What one environment made: the lock of each model, the ONNX files that are refused, the bytes of graph.json."""

    locks: dict[str, dict[str, object]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    graphs: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    why: str = ""


def main() -> None:
    """All environments, one after the other."""
    chosen = [argument for argument in sys.argv[1:] if argument != "--quick"] or ENVIRONMENTS
    models = _models("--quick" in sys.argv)
    made: dict[str, Outcome] = {}
    for name in chosen:
        made[name] = _outcome(name, models)
        print(_row(name, made[name], made[chosen[0]], len(models)), flush=True)
        text = "\n".join([*_lines(made, len(models)), *_left(chosen, made)]) + "\n"
        if not sys.argv[1:]:  # after each, as a run of hours may be stopped
            (HERE / "matrix.md").write_text(text, encoding="utf-8")
    print(text)
    sys.exit(any(_falls_short(name, one, made[chosen[0]], len(models)) for name, one in made.items()))


def _left(chosen: Sequence[str], made: Mapping[str, Outcome]) -> Iterator[str]:
    left = [name for name in chosen if name not in made]
    if left:
        yield from ("", f"Not run: {', '.join(left)}.")


def _models(quick: bool) -> dict[str, object]:
    """The examples, the models of the written cases, and those of the corpus that are named above."""
    sys.path[:0] = [str(HERE / "corpus"), str(ROOT / "examples")]
    from entries import entries

    examples = yaml.safe_load((ROOT / "examples" / "nnviz.yaml").read_text())["models"]
    cases = yaml.safe_load((ROOT / "tests/cases/written/nnviz.yaml").read_text())["models"]
    corpus = entries()
    found = {f"example-{name}": {**entry, "theme": "light"} for name, entry in examples.items()}
    # Some of the cases are those that ONNX has no words for.
    found |= {f"case-{name}": {**entry, "theme": "light", "export": "never"} for name, entry in cases.items()}
    return found if quick else found | {name: corpus[name] for name in WRITTEN}


def _outcome(name: str, models: Mapping[str, object]) -> Outcome:
    torch, _, python = name.partition(":")
    with tempfile.TemporaryDirectory(prefix="nnviz-matrix-") as folder:
        try:
            interpreter = _environment(Path(folder) / "env", torch, python)
        except subprocess.CalledProcessError as error:
            return Outcome(why=(error.stderr or "").strip().splitlines()[-1][:200] if error.stderr else str(error))
        return _drawn(interpreter, Path(folder) / "work", models)


def _environment(folder: Path, torch: str, python: str) -> str:
    """The interpreter of a new environment with this torch."""
    _run("uv", "venv", "--quiet", "--python", python, str(folder))
    interpreter = str(folder / "bin" / "python")
    install = ("uv", "pip", "install", "--quiet", "--python", interpreter)
    # torchvision 0.22 is for torch 2.7, and so on; the newest may come later than its torch.
    after = int(torch.split(".")[1]) + 16
    _run(*install, f"torch=={torch}")
    _run(*install, "-e", f"{ROOT}[torch]", "onnxruntime>=1.22")
    _run(*install, "--no-deps", f"torchvision<0.{after}", "timm==1.0.31")
    _run(*install, "transformers==5.17.0", "safetensors", "huggingface_hub")
    # What was installed after torch must have left it as it was.
    _run(interpreter, "-c", f"import torch; assert torch.__version__.startswith('{torch}'), torch.__version__")
    return interpreter


def _run(command: str, *arguments: str) -> None:
    path = Path(sys.executable).parent / command
    subprocess.run([str(path), *arguments], check=True, capture_output=True, text=True)


def _drawn(interpreter: str, work: Path, models: Mapping[str, object]) -> Outcome:
    work.mkdir()
    (work / ".git").mkdir()
    for source in (HERE / "corpus", ROOT / "examples", ROOT / "tests/cases/written"):
        for path in source.glob("*.py"):
            shutil.copy(path, work)
    (work / "nnviz.yaml").write_text(yaml.safe_dump({"models": dict(models)}, sort_keys=False))
    start = time.monotonic()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [interpreter, "-m", "nnviz_action", "generate", "--force", "--jobs", "2"]
    done = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, check=False)
    found = Outcome(seconds=time.monotonic() - start)
    for lock in sorted((work / "diagrams").glob("*/lock.json")):
        found.locks[lock.parent.name] = json.loads(lock.read_text())
        graph = lock.parent / "graph.json"
        found.graphs[lock.parent.name] = graph.read_bytes() if graph.is_file() else b""
    files = [str(path) for path in sorted((work / "diagrams").glob("*/model.onnx"))]
    checked = subprocess.run([interpreter, "-c", CHECK, *files], capture_output=True, text=True, check=False)
    found.refused = checked.stdout.splitlines()
    if checked.returncode:
        found.refused.append(f"the check itself: {checked.stderr.strip().splitlines()[-1]}")
    print(done.stderr[-4000:], *found.refused, sep="\n", file=sys.stderr, flush=True)
    return found


def _row(name: str, one: Outcome, first: Outcome, models: int) -> str:
    torch, _, python = name.partition(":")
    if one.why:
        return f"| {torch} | {python} | {one.why} |"
    numbers = [len(list(_differing(one, first, view))) for view in ("forward", "autograd")]
    numbers += [len(_other_graphs(one, first)), len(list(_other_files(one, first)))]
    numbers += [_written(one), len(one.refused), round(one.seconds)]
    return f"| {' | '.join([torch, python, f'{_drawn_whole(one)} of {models}', *map(str, numbers)])} |"


def _falls_short(name: str, one: Outcome, first: Outcome, models: int) -> bool:
    """Whether an environment is not what is promised; see above."""
    lost = one.why or _drawn_whole(one) < models or any(_differing(one, first, "forward"))
    if lost or _other_graphs(one, first) or one.refused:
        return True
    is_held = int(name.partition(":")[0].split(".")[1]) >= 9
    return is_held and (any(_differing(one, first, "autograd")) or _written(one) < _written(first))


def _drawn_whole(one: Outcome) -> int:
    """How many models have all their views."""
    return sum(not {"graph", "autograd"} & {*_failed(lock)} for lock in one.locks.values())


def _written(one: Outcome) -> int:
    """How many models have an ONNX file."""
    return sum("model.onnx" in str(lock.get("outputs", "")) for lock in one.locks.values())


def _other_graphs(one: Outcome, first: Outcome) -> list[str]:
    return [model for model, graph in one.graphs.items() if graph != first.graphs.get(model)]


def _other_files(one: Outcome, first: Outcome) -> Iterator[str]:
    """Models of which any file but the lock has other bytes: pictures, summary, graph.json, ONNX."""
    for model, lock in one.locks.items():
        if lock.get("outputs") != first.locks.get(model, {}).get("outputs"):
            yield model


def _failed(lock: Mapping[str, object]) -> Mapping[str, str]:
    failed = lock.get("failed", {})
    return failed if isinstance(failed, dict) else {}


def _differing(one: Outcome, first: Outcome, view: str) -> Iterator[str]:
    for model, lock in one.locks.items():
        digests, others = (found.get("digests", {}) for found in (lock, first.locks.get(model, {})))
        if isinstance(digests, dict) and isinstance(others, dict) and digests.get(view) != others.get(view):
            yield model


def _lines(made: Mapping[str, Outcome], models: int) -> Iterator[str]:
    first = next(iter(made.values()))
    yield from ("# Each torch, each Python", "", f"By `make matrix`: {models} models in each environment.", "")
    yield "| torch | Python | drawn in all views | other forward digests | other autograd digests | other `graph.json` | other files in all | ONNX written | refused by checker or ONNX Runtime | s |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    yield from (_row(name, one, first, models) for name, one in made.items())
    yield ""
    for name, one in made.items():
        for view in ("forward", "autograd"):
            differing = list(_differing(one, first, view))
            if differing:
                yield f"- {name}: other {view} digests: {', '.join(differing)}"
        others = list(_other_files(one, first))
        if others:
            yield f"- {name}: other files: {', '.join(others)}"
        for model, lock in one.locks.items():
            yield from (f"- {name}: {model} without {part}: {why}" for part, why in _failed(lock).items())
        yield from (f"- {name}: refused: {line}" for line in one.refused)


if __name__ == "__main__":
    main()
