"""Twenty mixed models in one config: against single runs of each, and against torch's import and exports alone."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml
from measure import peak_memory

HERE = Path(__file__).resolve().parent
TOOL = [sys.executable, "-m", "nnviz_action", "generate", "--force"]
ROUNDS = 5
MODELS = """timm-efficientnet_b0 timm-vgg11 timm-mambaout_femto timm-resnest14d timm-lcnet_035 timm-cspnext_tiny tv-resnet18
tv-mobilenet_v3_small tv-vit_b_16 tv-convnext_tiny tv-vgg16 hf-bert hf-distilbert hf-gpt2 hf-vit own-net own-lstm_tagger
own-unet own-siamese own-gru_tagger""".split()


def rows() -> list[tuple[str, str, str]]:
    """Seconds of all three sides, which take turns, and the memory that the one config takes with two jobs."""
    folder = workspace()
    cores = os.cpu_count() or 1
    rounds = [(_all(folder), _singles(folder), _floor(folder, cores)) for _ in range(ROUNDS)]
    ours, singles, floor = (statistics.median(side) for side in zip(*rounds, strict=True))
    of_singles = statistics.median(one / other for one, other, _ in rounds)
    of_floor = statistics.median(one / other for one, _, other in rounds)
    _, peak = peak_memory([*TOOL, "--jobs", "2"], folder)
    shutil.rmtree(folder)
    return [
        ("20 mixed models in one config, against 20 single runs", "≤ 0.6 ×",
         f"{of_singles:.2f} × ({ours:.1f} s against {singles:.1f} s, median of {ROUNDS})"),
        (f"the same against one import of torch and the exports alone, on {cores} cores", "≤ 1.3 ×",
         f"{of_floor:.2f} × ({ours:.1f} s against {floor:.1f} s)"),
        ("peak memory of the same with two jobs", "≤ 2 GB", f"{peak:.2f} GB"),
    ]  # fmt: skip


def spawn_rows() -> list[tuple[str, str, str]]:
    """The same models where processes cannot be forked."""
    folder = workspace()
    rounds = [(_all(folder, START_METHOD="spawn"), _all(folder)) for _ in range(ROUNDS)]
    shutil.rmtree(folder)
    spawned, forked = (statistics.median(side) for side in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    what = "20 mixed models in one config, each in a process that is started anew, against forks"
    return [(what, "≤ 2 ×", f"{ratio:.2f} × ({spawned:.1f} s against {forked:.1f} s, median of {ROUNDS})")]


def workspace(everything: bool = False) -> Path:
    """A repository of the models, in which nothing is drawn yet."""
    sys.path[:0] = [str(HERE / "corpus"), str(HERE.parent / "examples")]
    import control_flow
    from entries import entries

    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    (folder / ".git").mkdir()
    for source in (HERE / "corpus", HERE.parent / "examples"):
        for path in source.glob("*.py"):
            shutil.copy(path, folder)
    found = entries()
    (folder / "work").mkdir()
    control_flow.main(folder / "work" / "control_flow.onnx")
    models = found if everything else {name: found[name] for name in MODELS}
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({"models": models}, sort_keys=False))
    return folder


def _all(folder: Path, **settings: str) -> float:
    return _timed(TOOL, folder, {f"NNVIZ_ACTION_{name}": value for name, value in settings.items()})


def _singles(folder: Path) -> float:
    return sum(_timed([*TOOL, name], folder) for name in MODELS)


def _timed(command: list[str], folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, **settings})
    return time.perf_counter() - start


def _floor(folder: Path, cores: int) -> float:
    command = [sys.executable, str(HERE / "exports.py"), "nnviz.yaml", str(cores)]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return sum(map(float, done.stdout.split()))


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
