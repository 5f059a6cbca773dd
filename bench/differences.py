"""`diff` of two 70 B Llamas of which one layer is another, in a git repository, with torch out of reach."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
TOOL = [sys.executable, "-m", "nnviz_action"]
GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
ROUNDS = 7
SIZE = {
    "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
    "intermediate_size": 28672, "vocab_size": 128256,
}  # fmt: skip
EDIT = """

def edited(**config):
    from torch import nn

    model = make("Llama", "ForCausalLM", **config)
    model.model.layers[40].mlp.act_fn = nn.GELU()
    return model
"""
WITHOUT_TORCH = (
    "import sys; sys.modules['torch'] = None; from nnviz_action.cli.main import main; sys.exit(main(sys.argv[1:]))"
)


def rows() -> list[tuple[str, str, str]]:
    """The median of the rounds, and what the diff says."""
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    shutil.copy(HERE.parent / "examples" / "vision.py", folder)
    zoo = (HERE / "corpus" / "zoo_transformers.py").read_text()
    _commit(folder, zoo, {"model": "zoo_transformers:make", "args": ["Llama", "ForCausalLM"]})
    _generate(folder, zoo + EDIT, {"model": "zoo_transformers:edited"})
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_TORCH, "diff"], cwd=folder, capture_output=True, text=True, check=False
        )
        times.append(time.perf_counter() - start)
    shutil.rmtree(folder)
    said = next((line.strip() for line in done.stdout.splitlines() if line.strip().startswith("~")), done.stderr)
    measured = f"{statistics.median(times[1:]):.2f} s, median of {ROUNDS}; it says `{said}`"
    return [("`diff` of two 70 B Llamas, 80 layers, one changed, without torch", "≤ 3 s", measured)]


def _commit(folder: Path, zoo: str, entry: dict[str, object]) -> None:
    _generate(folder, zoo, entry)
    subprocess.run([*GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "-qm", "before"], cwd=folder, check=True)


def _generate(folder: Path, zoo: str, entry: dict[str, object]) -> None:
    (folder / "zoo_transformers.py").write_text(zoo)
    inputs = {"input_ids": {"shape": [1, 128], "dtype": "int64", "high": 100}}
    entry = {**entry, "kwargs": SIZE, "inputs": inputs, "views": ["forward"]}
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({"models": {"llama": entry}}))
    subprocess.run([*TOOL, "generate"], cwd=folder, check=True, capture_output=True)
