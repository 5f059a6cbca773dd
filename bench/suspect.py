"""`check` of one model whose source changed without effect, beside the commit before the author's graph was the waist."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "4336e48"
TOOL = [sys.executable, "-m", "nnviz_action"]
GIT = ["git", "worktree"]
ROUNDS = 7


def rows() -> list[tuple[str, str, str]]:
    """One row; the two sides take turns, each in a folder and with diagrams of its own."""
    what = "`check` of one suspect resnet18, whole process, against the same before the author's graph was the waist"
    with tempfile.TemporaryDirectory(prefix="nnviz-bench-") as folder:
        before = Path(folder) / "before"
        if subprocess.run(
            [*GIT, "add", "--detach", str(before), BEFORE], cwd=ROOT, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            return [(what, "≤ 0.5 ×", "not measured: the history is not here")]
        try:
            sides = [
                (ROOT, _suspect(Path(folder) / "ours", ROOT)),
                (before, _suspect(Path(folder) / "theirs", before)),
            ]
            pairs = [tuple(_seconds(*side) for side in sides) for _ in range(ROUNDS + 1)][1:]
        finally:
            subprocess.run([*GIT, "remove", "--force", str(before)], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    return [(what, "≤ 0.5 ×", f"{ratio:.2f} × ({ours:.2f} s against {theirs:.2f} s, median of {ROUNDS})")]


def _suspect(folder: Path, root: Path) -> Path:
    """A repository with a fresh diagram, and then another class in the file of its model."""
    folder.mkdir()
    (folder / ".git").mkdir()
    shutil.copy(ROOT / "examples" / "vision.py", folder)
    entry = {"model": "vision:resnet18", "inputs": [[5, 3, 40, 40]]}
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({"models": {"resnet18": entry}}))
    _run("generate", root, folder)
    with (folder / "vision.py").open("a") as file:
        file.write("\n\nclass Unrelated:\n    size = 3\n")
    return folder


def _seconds(root: Path, folder: Path) -> float:
    start = time.perf_counter()
    _run("check", root, folder)
    return time.perf_counter() - start


def _run(command: str, root: Path, folder: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([*TOOL, command], cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{root} {command}: exit {done.returncode}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
