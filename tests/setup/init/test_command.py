"""The command `init`: what it writes, what it leaves alone, what it tells."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Project

from nnviz_action.setup.init.workflow import workflow_text

Cli = Callable[..., tuple[int, str, str]]
NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 3), nn.Linear(3, 2), nn.ReLU()

    def forward(self, x):
        return self.c(self.b(self.a(x)))
"""


def test_a_config_is_never_overwritten(project: Project, cli: Cli) -> None:
    project.write({"net.py": NET, "nnviz.yaml": "# mine\n"})
    code, _, err = cli(project, "init")
    assert code == 2 and "nnviz.yaml is there already\n" in err and "--force" in err
    assert project.read("nnviz.yaml") == "# mine\n"
    assert cli(project, "init", "--force")[0] == 0
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"]["Net"]["inputs"] == [[1, 4]]


@pytest.mark.torch
def test_every_command_tells_the_next(project: Project, cli: Cli) -> None:
    project.write({"net.py": NET})
    code, _, err = cli(project, "generate")
    assert code == 2 and "nnviz-action init writes one" in err
    code, out, _ = cli(project, "init")
    assert code == 0 and out.endswith("next:\n  nnviz-action generate\n")
    code, out, _ = cli(project, "generate")
    assert code == 0 and "diagrams/<model>/" in out


def test_it_needs_no_torch_and_says_how_to_get_it(project: Project) -> None:
    project.write({"net.py": NET})
    program = (
        "import sys; sys.modules['torch'] = None; from nnviz_action.cli.main import main; code = main(['init']);"
        "assert 'onnx' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("next:\n  pip install 'nnviz-action[torch]'\n  nnviz-action generate\n")
    program = program.replace("'init'", "'init', '--force', '--try'")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4 and "pip install 'nnviz-action[torch]'" in done.stderr


@pytest.mark.parametrize("files", [{}, {"a.py": "import torch\n"}, {"broken.py": "class (\n"}, {"a.py": "\0"}])
def test_nothing_found(files: dict[str, str], project: Project, cli: Cli) -> None:
    project.write(files)
    code, out, _ = cli(project, "init")
    assert code == 1 and "nnviz.yaml was not written" in out and "models:" in out
    assert not (project.folder / "nnviz.yaml").exists()


def test_code_that_is_not_the_projects_own(project: Project, cli: Cli) -> None:
    paths = ["tests/test_net.py", "third_party/net.py", ".venv/lib/net.py", "build/lib/net.py", "net.py"]
    project.write({path: NET.replace("Net", f"Net{index}") for index, path in enumerate(paths)})
    assert cli(project, "init")[0] == 0
    assert list(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == ["Net4"]


def test_what_git_ignores_is_no_model(tmp_path: Path, cli: Cli) -> None:
    project = Project(tmp_path)
    shutil.rmtree(tmp_path / ".git")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    project.write({".gitignore": "runs/\n", "runs/copy.py": NET.replace("Net", "Copy"), "net.py": NET})
    assert cli(project, "init")[0] == 0
    assert list(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == ["Net"]


def test_names_that_no_folder_can_have(project: Project, cli: Cli) -> None:
    files = {
        f"net{index}.py": NET.replace("Net", name) for index, name in enumerate(("Aux", "Con", "Größe", "größe"))
    }
    project.write(files)
    assert cli(project, "init")[0] == 0
    names = {"net0.Aux", "net1.Con", "Größe", "net3.größe"}
    assert set(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == names


def test_at_most_twenty(project: Project, cli: Cli) -> None:
    project.write({f"net{index}.py": NET.replace("Net", f"Net{index}") for index in range(23)})
    code, out, _ = cli(project, "init", "--config", "other.yaml")
    assert (
        code == 0
        and "3 more are in the file, commented out; to list all: nnviz-action init --all --force --config other.yaml"
        in out
    )
    code, out, _ = cli(project, "init")
    assert (
        code == 0 and "3 more are in the file, commented out; to list all: nnviz-action init --all --force\n" in out
    )
    assert len(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == 20
    assert cli(project, "init", "--all", "--force")[0] == 0
    assert len(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == 23


@pytest.mark.torch
def test_a_tuple_that_must_be_one_is_left_to_a_function(project: Project, cli: Cli) -> None:
    net = NET.replace("__init__(self)", "__init__(self, size)").replace(
        "super()", "assert isinstance(size, tuple)\n        super()"
    )
    project.write({"net.py": net, "run.py": "from net import Net\nmodel = Net(size=(4, 3))\n"})
    code, out, _ = cli(project, "init")
    assert code == 1 and "Net: no config can hold its arguments: size is a tuple (run.py:2)" in out
    assert "nnviz-action init --functions writes them" in out
    assert cli(project, "init", "--functions")[0] == 0
    assert cli(project, "generate")[0] == 0
    # Where the code does not ask, the list of a config will do.
    (project.folder / "nnviz_models.py").unlink()
    project.write({"net.py": net.replace("assert isinstance(size, tuple)", "pass")})
    assert cli(project, "init", "--force")[0] == 0
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"]["Net"]["kwargs"] == {"size": [4, 3]}


def test_functions_replace_no_file(project: Project, cli: Cli) -> None:
    language = Path(__file__).parent / "projects" / "language"
    project.write({name: (language / name).read_text() for name in ("model.py", "train.py")})
    project.write({"nnviz_models.py": "mine = 1\n"})
    code, _, err = cli(project, "init", "--functions")
    assert code == 2 and "nnviz_models.py is there already" in err
    assert project.read("nnviz_models.py") == "mine = 1\n" and not (project.folder / "nnviz.yaml").exists()


@pytest.mark.torch
def test_another_folder(project: Project, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"a/net.py": NET, "b/other.py": NET.replace("Net", "Other")})
    code, out, _ = cli(project, "init", "--config", "a/nnviz.yaml", "--hook", "--workflow")
    assert code == 0 and out.endswith("next:\n  nnviz-action generate --config a/nnviz.yaml\n")
    assert "wrote .github/workflows/diagrams.yml; replace the zeros in it by the commit of the release\n" in out
    assert list(yaml.safe_load(project.read("a/nnviz.yaml"))["models"]) == ["Net"]
    hook = yaml.safe_load(project.read(".pre-commit-config.yaml"))["repos"][0]["hooks"][0]
    assert hook == {"id": "nnviz-check", "args": ["--config", "a/nnviz.yaml"]}
    steps = yaml.safe_load(project.read(".github/workflows/diagrams.yml"))["jobs"]["diagrams"]["steps"]
    assert steps[-1]["with"] == {"config": "a/nnviz.yaml"}


def test_the_hook_and_the_workflow_come_later_too(project: Project, cli: Cli) -> None:
    project.write({"net.py": NET})
    assert cli(project, "init")[0] == 0
    before = project.read("nnviz.yaml")
    code, out, _ = cli(project, "init", "--hook", "--workflow")
    assert code == 0 and out.count("wrote") == 2
    assert project.read("nnviz.yaml") == before
    code, out, _ = cli(project, "init", "--hook")
    assert code == 0 and "has the hook already" in out
    project.write({".github/workflows/diagrams.yml": "name: mine\n"})
    code, _, err = cli(project, "init", "--workflow")
    assert code == 2 and "there already" in err and project.read(".github/workflows/diagrams.yml") == "name: mine\n"


def test_the_workflow_is_the_one_of_the_examples(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    assert workflow_text(tmp_path, "nnviz.yaml") == (ROOT / "examples/workflows/pull-request.yml").read_text()
    (tmp_path / "requirements.txt").unlink()
    assert "pip install" not in workflow_text(tmp_path, "nnviz.yaml")
    (tmp_path / "setup.py").touch()
    assert "- run: python -m pip install .\n" in workflow_text(tmp_path, "nnviz.yaml")


def test_the_disk_is_only_read(project: Project, cli: Cli) -> None:
    project.write({"net.py": f"open('touched', 'w')\n{NET}", "setup.py": "raise SystemExit('run')\n"})
    assert cli(project, "init")[0] == 0
    assert sorted(path.name for path in project.folder.iterdir()) == [".git", "net.py", "nnviz.yaml", "setup.py"]
