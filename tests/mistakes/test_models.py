"""What is printed of models as people get them wrong: see models.yaml."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Project
from filelock import FileLock

pytestmark = pytest.mark.torch
ROWS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "models.yaml").read_text(encoding="utf-8"))
PRELUDE = "import torch\nfrom torch import nn\n\n"
GOOD = "\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 2)\n    def forward(self, x):\n        return self.fc(x)\n"


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """What one run over all rows prints, however many processes the tests run in."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    output = shared / "mistakes.txt"
    with FileLock(f"{output}.lock"):
        if not output.exists():
            output.write_text(_run(Project(shared / "mistakes")), encoding="utf-8")
    return output.read_text(encoding="utf-8")


def _run(project: Project) -> str:
    entries = {name: row["entry"] for name, row in ROWS.items()} | {"last": {"model": "good:Net", "inputs": [[2, 4]]}}
    lines = [
        yaml.safe_dump({name: entry}, default_flow_style=True, width=1000)[1:-2] for name, entry in entries.items()
    ]
    config = "\n".join(["defaults: {views: [forward]}", "models:", *(f"  {line}" for line in lines)])
    files = {"good.py": PRELUDE + GOOD, "nnviz.yaml": config}
    for name, row in ROWS.items():
        files |= row.get("files", {}) | ({f"{name}.py": PRELUDE + row["code"]} if "code" in row else {})
    done = project.write(files).run("generate", "--jobs", "2")
    assert done.returncode == 3
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ROWS)
def test_a_mistake_is_told_with_its_cause_its_place_and_its_cure(name: str, said: str) -> None:
    row = ROWS[name]
    if row.get("needs") == "no GPU":
        import torch

        if torch.cuda.is_available():
            pytest.skip("there is a GPU here")
    found = re.search(rf"^error: {name}: .*?(?=^error: |\Z)", said, re.S | re.M)
    assert found, said[-2000:]
    place = f"\n    nnviz.yaml:{[*ROWS].index(name) + 3}: {name}\n"
    for phrase in [*row["says"], place]:
        assert phrase in found[0]
    assert len(found[0].splitlines()) < 12, "nobody reads more"


def test_no_message_shows_our_own_code_and_none_hides_the_models_that_are_right(said: str) -> None:
    for words in ("Traceback", "nnviz_action/", "this is a bug", "site-packages"):
        assert words not in said
    assert re.search(r"^last .* written", said, re.M)
