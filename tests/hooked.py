"""Real git repositories with real hooks: pre-commit's and prek's, of this project as it stands on disk."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import onnx
import pytest
import yaml
from conftest import ROOT, Project
from filelock import FileLock
from onnx import TensorProto, helper

from nnviz_action.config import read_document
from nnviz_action.project.gallery import find_pages, write_pages

SCRIPTS = Path(sys.executable).parent
RUNNERS = ("pre-commit", "prek")
PUBLISHED = ("nnviz_action", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
WHO = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", "test"), ("EMAIL", "test@localhost"))}  # fmt: skip
PLAIN = {**WHO, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_MERGE_AUTOEDIT": "no"}
FILE_PROTOCOL = ("-c", "protocol.file.allow=always")


def environment(shared: Path) -> dict[str, str]:
    """Nothing of the machine's own configuration of git; the environments of hooks in a folder that all tests share."""
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    homes = {
        "PRE_COMMIT_HOME": str(shared / "pre-commit"),
        "PREK_HOME": str(shared / "prek"),
        "DRAWN": str(shared / "drawn"),
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return {**inherited, **PLAIN, **homes, "PATH": path, "PRE_COMMIT_COLOR": "never"}


class Repository(Project):
    """A git repository; `git` and `run` give the exit code and all output."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        folder.mkdir(parents=True, exist_ok=True)

    def git(self, *args: str, fails: bool = False) -> str:
        return self.call(["git", *FILE_PROTOCOL, *args], fails)

    def call(self, command: Sequence[str], fails: bool = False) -> str:
        """The output of a command; it must fail, or must not."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    def nnviz(self, *args: str, fails: bool = False) -> str:
        return self.call([sys.executable, "-m", "nnviz_action", *args], fails)

    def init(self) -> "Repository":
        self.git("init", "--quiet", "--initial-branch=main")
        return self

    def commit(self, *args: str, fails: bool = False) -> str:
        return self.git("commit", "--quiet", "--message=change", *args, fails=fails)

    def model(self, name: str, *operators: str) -> "Repository":
        """An ONNX file of a chain of operators, which is drawn in a second."""
        names = ["x", *(f"h{i}" for i in range(1, len(operators))), "y"]
        ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", 4]) for n in ("x", "y")]
        nodes = [helper.make_node(op, [a], [b]) for op, a, b in zip(operators, names, names[1:], strict=False)]
        graph = helper.make_graph(nodes, "g", ends[:1], ends[1:])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), self.folder / name)
        return self

    def drawn(self, name: str, *operators: str) -> "Repository":
        """The model with its diagram, which is drawn once in a run of the tests: it takes two seconds."""
        made = Repository(Path(self.env["DRAWN"]) / "-".join((name, *operators)), self.env)
        with FileLock(f"{made.folder}.lock"):
            if not (made.folder / "diagrams" / name / "lock.json").exists():
                made.model(f"{name}.onnx", *operators).config(name).nnviz("generate")
        shutil.copy(made.folder / f"{name}.onnx", self.folder)
        shutil.copytree(made.folder / "diagrams" / name, self.folder / "diagrams" / name, dirs_exist_ok=True)
        return self.gallery()

    def gallery(self) -> "Repository":
        """The gallery as `generate` would leave it, where there is a config already."""
        config = self.folder / "nnviz.yaml"
        if config.exists():
            write_pages(find_pages(read_document(config), {}))
        return self

    def config(self, *models: str) -> "Repository":
        """An `nnviz.yaml` of ONNX files of these names."""
        self.write({"nnviz.yaml": yaml.safe_dump({"models": {m: {"onnx": f"{m}.onnx"} for m in models}})})
        return self.gallery()

    def hooks(self, source: "Source", *hooks: dict[str, object]) -> "Repository":
        """The config of the hooks, staged as pre-commit wants it."""
        entry = {"repo": str(source.folder), "rev": source.rev, "hooks": list(hooks)}
        self.write({".pre-commit-config.yaml": yaml.safe_dump({"repos": [entry]}, sort_keys=False)})
        self.git("add", ".pre-commit-config.yaml")
        return self

    def clone(self, folder: Path, *options: str) -> "Repository":
        """What everybody else gets."""
        self.git("clone", "--quiet", *options, str(self.folder), str(folder))
        return Repository(folder, self.env)

    def follow(self, output: str) -> None:
        """Run the commands that a message names, as a user would copy them."""
        steps = output.partition("to mend this:\n")[2] or output.partition("to mend this:")[2]
        commands = [line.strip() for line in steps.partition("then commit again")[0].splitlines() if line.strip()]
        assert commands, output
        for command in commands:
            self.call(["sh", "-c", command])


class Source:
    """This project as hooks come from it: a repository of its own, of the files on disk."""

    def __init__(self, folder: Path, rev: str) -> None:
        self.folder, self.rev = folder, rev


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def source(shared: Path) -> Source:
    folder = shared / "source"
    with FileLock(f"{folder}.lock"):
        repository = Repository(folder, environment(shared))
        if not (folder / ".git").exists():
            _publish(repository)
        return Source(folder, repository.git("rev-parse", "HEAD").strip())


def _publish(repository: Repository) -> None:
    for name in PUBLISHED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, repository.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, repository.folder / name)
    repository.init().git("add", "--all")
    repository.commit()


@pytest.fixture
def repository(tmp_path: Path, shared: Path) -> Repository:
    return Repository(tmp_path / "repository", environment(shared)).init()


@pytest.fixture
def begun(repository: Repository) -> Repository:
    """A repository with one model and its diagram, committed."""
    repository.drawn("one", "Relu").config("one").git("add", "--all")
    repository.commit()
    return repository


@pytest.fixture(params=RUNNERS)
def runner(request: pytest.FixtureRequest) -> str:
    return str(request.param)
