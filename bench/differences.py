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


DEEP = """
from torch import nn


class Block(nn.Module):
    def __init__(self, width, kernel=3):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, kernel, padding=kernel // 2)
        self.norm2 = nn.BatchNorm2d(width)

    def forward(self, x):
        return (x + self.norm2(self.conv2(self.norm1(self.conv1(x)).relu()))).relu()


def make():
    return nn.Sequential(nn.Conv2d(3, 16, 1), *(Block(16) for _ in range(330)))


def edited():
    model = make()
    model[100] = Block(16, 5)
    del model[200]
    return model
"""


def rows() -> list[tuple[str, str, str]]:
    """The medians of the rounds, and what the diffs say."""
    zoo = (HERE / "corpus" / "zoo_transformers.py").read_text()
    llama = {"args": ["Llama", "ForCausalLM"], "kwargs": SIZE}
    llama["inputs"] = {"input_ids": {"shape": [1, 128], "dtype": "int64", "high": 100}}
    return [
        ("`diff` of two 70 B Llamas, 80 layers, one changed, without torch", "≤ 2 s", _measured(zoo, zoo + EDIT, llama)),
        (
            "`diff` of two nets of 330 blocks, one changed and one gone, without torch", "≤ 2 s",
            _measured(DEEP, DEEP, {"inputs": [[1, 3, 32, 32]]}),
        ),
    ]  # fmt: skip


def _measured(before: str, after: str, entry: dict[str, object]) -> str:
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    shutil.copy(HERE.parent / "examples" / "vision.py", folder)
    _generate(folder, before, {**entry, "model": "zoo:make"})
    subprocess.run([*GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "-qm", "before"], cwd=folder, check=True)
    _generate(folder, after, {**{key: entry[key] for key in entry if key != "args"}, "model": "zoo:edited"})
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_TORCH, "diff"], cwd=folder, capture_output=True, text=True, check=False
        )
        times.append(time.perf_counter() - start)
    shutil.rmtree(folder)
    said = [line.strip() for line in done.stdout.splitlines() if line.strip()[:1] in tuple("~+-")]
    return f"{statistics.median(times[1:]):.2f} s, median of {ROUNDS}; it says `{'`, `'.join(said) or done.stderr}`"


def _generate(folder: Path, zoo: str, entry: dict[str, object]) -> None:
    (folder / "zoo.py").write_text(zoo)
    how = {"views": ["forward"], "export": "never", "theme": "light"}
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({"models": {"net": {**entry, **how}}}))
    subprocess.run([*TOOL, "generate"], cwd=folder, check=True, capture_output=True)
