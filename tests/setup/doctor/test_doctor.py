"""`doctor` in environments that are really broken."""

import json
import os
import shutil
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Project
from repository import IDENTITY, Repository, chain

from nnviz_action.setup.doctor.probe import imports
from nnviz_action.system.installed import older, version

BASE = "click yaml _yaml pydantic pydantic_core annotated_types typing_extensions typing_inspection".split()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Repository(tmp_path / "r").write({"nnviz.yaml": "models:\n  net: {onnx: net.onnx}\n"})
    (project.folder / "net.onnx").write_bytes(chain("Relu"))
    return project


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with what every installation has, and no extra."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for name in BASE:
        spec = find_spec(name)
        if spec and spec.origin:
            path = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
            (packages / path.name).symlink_to(path)
    (packages / "nnviz_action").symlink_to(ROOT / "nnviz_action")
    return folder / "bin" / "python"


def doctor(
    project: Project, *args: str, python: Path | str = sys.executable, **env: str
) -> tuple[int, dict[str, Any]]:
    """The exit code, and what was found by name."""
    command = [str(python), "-m", "nnviz_action", "doctor", "--format", "json", *args]
    done = subprocess.run(
        command, cwd=project.folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.stdout and "Traceback" not in done.stderr, done.stderr
    return done.returncode, {row["name"]: row for row in json.loads(done.stdout)}


def distribution(folder: Path, name: str, version: str, requires: str = "", record: str = "") -> None:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    needed = f"Requires-Dist: {requires}\n" if requires else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}")
    (info / "RECORD").write_text(record)


def test_an_environment_for_checks_alone_is_fine_and_names_what_would_bring_the_rest(
    project: Project, bare: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    (path / "git").symlink_to(str(shutil.which("git")))
    code, found = doctor(project, python=bare, PATH=str(path))
    assert code == 0, found
    assert {found[name]["state"] for name in ("torch", "onnx", "torchviz", "netron", "resvg")} == {"optional"}
    for name, extra in {"torch": "torch", "onnx": "render", "netron": "netron"}.items():
        assert found[name]["cure"] == f"{bare} -m pip install 'nnviz-action[{extra}]'", "no pip is on the PATH"
    assert found["fonts"]["state"] == "ok"


def test_torch_without_the_rest_is_broken(project: Project, bare: Path, tmp_path: Path) -> None:
    """With a torch that is built for CUDA, where there is no GPU: that alone is only a hint."""
    fake = tmp_path / "fake"
    distribution(fake, "torch", "2.13.0+cu126")
    distribution(
        fake, "nvidia-cublas-cu12", "12.6", record="nvidia/libcublas.so,,1900000000\nnvidia/more.so,,100000000\n"
    )
    (fake / "torch").mkdir()
    (fake / "torch" / "__init__.py").write_text(
        "class version: cuda = '12.6'\nclass cuda: is_available = lambda: False\n"
    )
    code, found = doctor(project, python=bare, PYTHONPATH=str(fake))
    assert code == 4
    assert found["torch"]["state"] == "ok" and found["torchviz"]["state"] == found["onnx"]["state"] == "broken"
    assert found["CUDA"]["state"] == "optional" and "2.0 GB less" in found["CUDA"]["said"]


@pytest.mark.torch
@pytest.mark.parametrize(
    ("torch", "torchvision", "requires", "said"),
    [
        ("2.13.0+cpu", "0.28.0+cu126", "", "0.28.0+cu126 and torch 2.13.0+cpu are of different builds"),
        ("2.13.0+cpu", "0.27.0", "torch==2.12.0", "0.27.0 was built for torch 2.12.0, and this is 2.13.0+cpu"),
    ],
)
def test_torch_and_torchvision_that_do_not_fit(
    torch: str, torchvision: str, requires: str, said: str, project: Project, tmp_path: Path
) -> None:
    distribution(tmp_path / "fake", "torch", torch)
    distribution(tmp_path / "fake", "torchvision", torchvision, requires)
    code, found = doctor(project, PYTHONPATH=str(tmp_path / "fake"))
    assert code == 4 and found["torchvision"]["state"] == "broken"
    assert found["torchvision"]["said"] == said
    index = "https://download.pytorch.org/whl/cpu"
    assert found["torchvision"]["cure"] == f"pip install --force-reinstall torch torchvision --index-url {index}"
    assert found["torch"]["state"] == found["torchviz"]["state"] == "ok"


@pytest.mark.torch
def test_what_is_too_old_or_cannot_be_imported_is_named(project: Project, tmp_path: Path) -> None:
    distribution(tmp_path, "torch", "2.4.1")
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text("raise ImportError('libcudart.so.12: cannot open')\n")
    distribution(tmp_path, "torchvision", "0.28.0")
    code, found = doctor(project, PYTHONPATH=str(tmp_path))
    assert code == 4
    assert found["torch"]["said"] == "2.4.1 is older than 2.7"
    assert found["torch"]["cure"] == "pip install 'torch>=2.7' torchvision"
    assert found["torchvision"]["said"].endswith("ImportError: libcudart.so.12: cannot open")
    assert found["torchvision"]["cure"] == found["torch"]["cure"], "one command for both"


@pytest.mark.torch
def test_a_torchvision_whose_version_tells_no_build_is_known_by_what_its_import_says(
    project: Project, tmp_path: Path
) -> None:
    """As PyPI's is, beside a torch from the index for CPUs."""
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(
        "import torch\ntorch.library.register_fake('torchvision::of_another_build')(print)\n"
    )
    distribution(tmp_path, "torchvision", "0.28.0", f"torch=={version('torch').partition('+')[0]}")
    code, found = doctor(project, PYTHONPATH=str(tmp_path))
    assert (
        code == 4 and f"0.28.0 and torch {version('torch')} are of different builds: " in found["torchvision"]["said"]
    )
    assert found["torchvision"]["cure"].startswith("pip install --force-reinstall torch torchvision")


def test_an_import_that_crashes_or_hangs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "fine": "print('hello')",
        "crash": "import os; os.abort()",
        "hang": "while True: pass",
    }.items():
        (tmp_path / f"{name}.py").write_text(f"{text}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = imports(["fine", "crash", "fine2"])
    assert found["fine"].error == "" and "exit code -6" in found["crash"].error and "fine2" not in found
    assert imports(["fine", "hang"], seconds=3)["hang"].error == "the import did not end within 3 s"


def test_a_shallow_clone_is_told(project: Project, bare: Path, tmp_path: Path) -> None:
    assert isinstance(project, Repository)
    project.commit()
    project.commit()
    subprocess.run(
        ["git", *IDENTITY, "clone", "-q", "--depth=1", f"file://{project.folder}", str(tmp_path / "c")], check=True
    )
    found = doctor(Project(tmp_path / "c"), python=bare)[1]
    assert found["clone"]["cure"] == "git fetch --unshallow"
    assert "clone" not in doctor(project, python=bare)[1]


def test_lfs_matters_only_where_attributes_ask_for_it(project: Project, bare: Path, tmp_path: Path) -> None:
    assert "Git LFS" not in doctor(project, python=bare)[1]
    project.write({".gitattributes": "diagrams/**/*.png filter=lfs diff=lfs merge=lfs -text\n"})
    without = tmp_path / "bin"
    without.mkdir()
    (without / "git").symlink_to(str(shutil.which("git")))
    nowhere = {
        "PATH": str(without),
        "GIT_EXEC_PATH": subprocess.check_output(["git", "--exec-path"], text=True).strip(),
    }
    code, found = doctor(project, python=bare, **nowhere, HOME=str(tmp_path), GIT_CONFIG_NOSYSTEM="1")
    assert code == 4 and found["Git LFS"]["cure"] in ("apt-get install git-lfs", "git lfs install")


def test_hook_and_workflow(project: Project, bare: Path) -> None:
    found = doctor(project, python=bare)[1]
    assert (
        found["hook"]["cure"] == "nnviz-action init --hook"
        and found["workflow"]["cure"] == "nnviz-action init --workflow"
    )
    hook = "repos:\n- repo: https://github.com/o/nnviz-action\n  rev: v0.1.0\n  hooks:\n  - id: nnviz-check\n"
    project.write({".pre-commit-config.yaml": hook, ".github/workflows/d.yml": "steps:\n- uses: o/nnviz-action@v1\n"})
    found = doctor(project, python=bare)[1]
    assert found["hook"]["said"] == "nnviz-check in the config, and not installed in this clone"
    assert found["hook"]["cure"].endswith(" install")
    assert found["workflow"]["said"] == "d.yml (v1): a tag or branch can be moved"
    zeros = "0" * 40
    project.write({".github/workflows/d.yml": f"steps:\n- uses: o/nnviz-action@{zeros} # v0.1.0\n"})
    found = doctor(project, python=bare)[1]
    assert found["workflow"]["state"] == "broken" and found["workflow"]["said"].startswith("d.yml: the commit behind")
    commit = "0123456789" * 4
    project.write({".git/hooks/pre-commit": "#!/bin/sh\n# File generated by pre-commit\n"})
    project.write({".github/workflows/d.yml": f"steps:\n  - uses: o/nnviz-action@{commit} # v1\n"})
    found = doctor(project, python=bare)[1]
    assert found["hook"] | {"state": "ok", "said": "nnviz-check", "cure": ""} == found["hook"]
    assert found["workflow"]["said"] == "d.yml (012345678901), pinned"


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("models:\n  net: {onnx: gone.onnx}\n", "nnviz.yaml: net: there is no gone.onnx"),
        ("models:\n  net: {model: gone:Net, inputs: [[1]]}\n", "nnviz.yaml: net: there is no module gone"),
        ("models:\n  net: {model: src/gone.py:Net, inputs: [[1]]}\n", "nnviz.yaml: net: there is no src/gone.py"),
        ("models:\n  net: {onx: net.onnx}\n", "unknown key 'onx'"),
    ],
)
def test_the_config_and_the_files_of_its_models(config: str, said: str, project: Project, bare: Path) -> None:
    assert doctor(project, python=bare)[1]["config"]["state"] == "ok"
    code, found = doctor(project.write({"nnviz.yaml": config}), python=bare)
    assert code == 4 and said in found["config"]["said"] and found["config"]["cure"]


def test_a_person_reads_signs_and_commands(project: Project, bare: Path) -> None:
    done = subprocess.run(
        [str(bare), "-m", "nnviz_action", "doctor"], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert "✓ config       nnviz.yaml is valid, the files of 1 model are there\n" in done.stdout
    assert "– torch        not installed: generate needs it, and check where a source changed\n" in done.stdout
    assert f"               → {bare} -m pip install 'nnviz-action[torch]'\n" in done.stdout


@pytest.mark.parametrize(
    ("one", "other", "is_older"), [("2.9", "2.13", True), ("2.13.0+cpu", "2.13", False), ("1.0", "", False)]
)
def test_versions_compare_by_numbers(one: str, other: str, is_older: bool) -> None:
    assert older(one, other) == is_older
