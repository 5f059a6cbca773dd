"""`generate` while git switches branches under it: what is said to be fresh then is so."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from repository import Repository

pytestmark = pytest.mark.torch
NET = "from torch import nn\n\n\ndef Net():\n    return nn.Sequential(nn.Linear(4, {0}), nn.ReLU(), nn.Linear({0}, 2))\n"
FILES = ("here.py", "there.py")  # what one process imports for both of its models
MODELS = {
    f"{file[:-3]}{batch}": f"{{model: '{file}:Net', inputs: [[{batch}, 4]]}}" for file in FILES for batch in (1, 2)
}
# Without ONNX: of a run's time most is the import of torch, in which no branch matters, and half of the rest is its export.
CONFIG = "defaults: {export: never}\nmodels:\n" + "".join(f"  {name}: {entry}\n" for name, entry in MODELS.items())
WIDTHS = {"main": 3, "wide": 7}
RUNS = 3


def test_a_branch_that_is_switched_gets_no_diagram_of_the_other(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r").write({"nnviz.yaml": CONFIG, ".gitignore": "diagrams/\n__pycache__/\n"})
    for branch, width in WIDTHS.items():
        if branch != "main":
            repository.git("switch", "-q", "-c", branch)
        repository.write(dict.fromkeys(FILES, NET.format(width)))
        repository.commit(branch)
    rng = random.Random(1)
    for _ in range(RUNS):
        _generate_amid_switches(repository, rng)
        for branch in WIDTHS:
            repository.git("switch", "-q", branch)
            assert not _fresh(repository) - _fresh(repository, "--full"), branch
    assert repository.here("generate")[0] == 0
    assert _fresh(repository) == _fresh(repository, "--full") == MODELS.keys()
    repository.git("switch", "-q", "main")
    assert _fresh(repository) == set(), "those of the other branch"


def _generate_amid_switches(repository: Repository, rng: random.Random) -> None:
    command = [sys.executable, "-m", "nnviz_action", "generate", "--force"]
    run = subprocess.Popen(
        command, cwd=repository.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while run.poll() is None:
        time.sleep(rng.choice((0.1, 0.5, 3)) * rng.random())
        repository.git("switch", "-q", rng.choice(list(WIDTHS)))
    said = run.communicate()[0]
    assert run.returncode in (0, 3) and "Traceback" not in said, said


def _fresh(repository: Repository, *options: str) -> set[str]:
    code, said = repository.here("check", "-q", "--report", "../report.json", *options)
    assert code in (0, 1, 3), said
    rows = json.loads((repository.folder.parent / "report.json").read_text())["models"]
    return {row["model"] for row in rows if row["status"] == "fresh"}
