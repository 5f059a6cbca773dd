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


RUN = "import torch\nfrom {} import {}\n\nmodel = {}()\nmodel(torch.zeros(1, 4))\n"


def used(name: str, net: str = "Net") -> dict[str, str]:
    """A file with a model, and a script that calls it, so that nothing need be run."""
    return {f"{name}.py": NET.replace("Net", net), f"run_{name}.py": RUN.format(name, net, net)}


def test_a_config_is_never_overwritten(project: Project, cli: Cli) -> None:
    project.write({**used("net"), "nnviz.yaml": "# mine\n"})
    code, _, err = cli(project, "init", "--static")
    assert code == 2 and "nnviz.yaml is there already\n" in err and "--force" in err
    assert project.read("nnviz.yaml") == "# mine\n"
    assert cli(project, "init", "--static", "--force")[0] == 0
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


def test_static_needs_no_torch_and_says_how_to_get_it(project: Project) -> None:
    project.write(used("net"))
    program = (
        "import sys; sys.modules['torch'] = None; from nnviz_action.cli.main import main; code = main({});"
        "assert 'onnx' not in sys.modules; sys.exit(code)"
    )

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", program.format(list(arguments))]
        return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)

    done = run("init", "--static")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("next:\n  pip install 'nnviz-action[torch]'\n  nnviz-action generate\n")
    done = run("init", "--force")
    assert done.returncode == 4 and "pip install 'nnviz-action[torch]'" in done.stderr
    assert "nnviz-action init --static  runs nothing" in done.stderr


@pytest.mark.parametrize("files", [{}, {"a.py": "import torch\n"}, {"broken.py": "class (\n"}, {"a.py": "\0"}])
def test_nothing_found(files: dict[str, str], project: Project, cli: Cli) -> None:
    project.write(files)
    code, out, _ = cli(project, "init", "--static")
    assert code == 1 and "models of packages are named by hand" in out and "models:" in out
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"] == {}


def test_code_that_is_not_the_projects_own(project: Project, cli: Cli) -> None:
    paths = ["tests/test_net.py", "third_party/net.py", ".venv/lib/net.py", "build/lib/net.py", "net.py"]
    project.write({path: NET.replace("Net", f"Net{index}") for index, path in enumerate(paths)})
    project.write({"run.py": RUN.format("net", "Net4", "Net4")})
    assert cli(project, "init", "--static")[0] == 0
    assert list(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == ["Net4"]


def test_what_git_ignores_is_no_model(tmp_path: Path, cli: Cli) -> None:
    project = Project(tmp_path)
    shutil.rmtree(tmp_path / ".git")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    project.write({".gitignore": "runs/\n", "runs/copy.py": NET.replace("Net", "Copy"), **used("net")})
    assert cli(project, "init", "--static")[0] == 0
    assert list(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == ["Net"]


def test_names_that_no_folder_can_have(project: Project, cli: Cli) -> None:
    for index, name in enumerate(("Aux", "Con", "Größe", "größe")):
        project.write(used(f"net{index}", name))
    assert cli(project, "init", "--static")[0] == 0
    names = {"net0.Aux", "net1.Con", "Größe", "net3.größe"}
    assert set(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == names


@pytest.mark.torch
def test_at_most_fifty(project: Project, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz_action.project.init.MOST", 2)
    project.write({f"net{index}.py": NET.replace("Net", f"Net{index}") for index in range(3)})
    code, out, _ = cli(project, "init", "--config", "other.yaml")
    assert (
        code == 0
        and "1 more were not asked; to ask all: nnviz-action init --all --force --config other.yaml\n" in out
    )
    assert "  # 1 more were not asked; nnviz-action init --all --force  does: Net2\n" in project.read("other.yaml")
    assert len(yaml.safe_load(project.read("other.yaml"))["models"]) == 2
    assert cli(project, "init", "--all")[0] == 0
    assert len(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == 3


@pytest.mark.torch
def test_a_tuple_that_must_be_one_is_left_to_a_function(project: Project, cli: Cli) -> None:
    net = NET.replace("__init__(self)", "__init__(self, size)").replace(
        "super()", "assert isinstance(size, tuple)\n        super()"
    )
    project.write({"net.py": net, "run.py": "from net import Net\nmodel = Net(size=(4, 3))\n"})
    code, out, _ = cli(project, "init")
    assert code == 0 and "wrote nnviz_models.py: functions for models that take more than plain values\n" in out
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"]["Net"]["model"] == "nnviz_models:make_net"
    assert cli(project, "generate")[0] == 0
    # Where the code does not ask, the list of a config will do.
    (project.folder / "nnviz_models.py").unlink()
    project.write({"net.py": net.replace("assert isinstance(size, tuple)", "pass")})
    assert cli(project, "init", "--force")[0] == 0
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"]["Net"]["kwargs"] == {"size": [4, 3]}


@pytest.mark.torch
def test_functions_replace_no_file(project: Project, cli: Cli) -> None:
    language = Path(__file__).parent / "projects" / "language"
    project.write({name: (language / name).read_text() for name in ("model.py", "train.py")})
    project.write({"nnviz_models.py": "mine = 1\n"})
    for force in ((), ("--force",)):
        code, _, err = cli(project, "init", *force)
        assert code == 2 and "nnviz_models.py is there, and init did not write it" in err
        assert project.read("nnviz_models.py") == "mine = 1\n" and not (project.folder / "nnviz.yaml").exists()
    (project.folder / "nnviz_models.py").unlink()
    assert cli(project, "init")[0] == 0
    (project.folder / "nnviz.yaml").unlink()
    code, _, err = cli(project, "init")
    assert code == 2 and "nnviz_models.py is there already" in err and "--force replaces it" in err


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
    project.write(used("net"))
    assert cli(project, "init", "--static")[0] == 0
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
    project.write({**used("net"), "setup.py": "raise SystemExit('run')\n"})
    project.write({"net.py": f"open('touched', 'w')\n{NET}"})
    names = [".git", "net.py", "nnviz.yaml", "run_net.py", "setup.py"]
    assert cli(project, "init", "--static")[0] == 0
    assert sorted(path.name for path in project.folder.iterdir()) == names


@pytest.mark.torch
def test_asking_writes_nothing_either(project: Project, cli: Cli) -> None:
    project.write({"net.py": f"open('touched', 'w')\n{NET}", "good.py": NET.replace("Net", "Good")})
    code, out, _ = cli(project, "init")
    assert code == 0 and "2 models found, 1 drawn" in out
    assert "the model's code writes touched" in project.read("nnviz.yaml")
    assert not (project.folder / "touched").exists()


@pytest.mark.torch
def test_a_model_that_takes_too_long(project: Project, cli: Cli) -> None:
    project.write({"net.py": f"import time\ntime.sleep(60)\n{NET}", "good.py": NET.replace("Net", "Good")})
    code, _, err = cli(project, "init", "--timeout", "5", "--jobs", "2")
    assert code == 0 and "Net: not drawn: stopped after 5 s" in err
    assert list(yaml.safe_load(project.read("nnviz.yaml"))["models"]) == ["Good"]


@pytest.mark.torch
def test_paths_count_from_the_config(project: Project, cli: Cli) -> None:
    net = NET.replace("__init__(self)", "__init__(self, sizes)").replace(
        "super()", "open(sizes).read()\n        super()"
    )
    run = 'import os\nfrom net import Net\n\nmodel = Net(os.path.abspath("net.txt"))\n'
    project.write({"net.py": net, "run.py": run, "net.txt": "4 3\n"})
    assert cli(project, "init")[0] == 0
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"]["Net"]["args"] == ["net.txt"]
