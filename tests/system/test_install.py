"""The command that installs something is one that works in the environment at hand."""

import sys
from pathlib import Path

import pytest

from nnviz_action.system.install import install_command, newer_command, reinstall_command, torch_command

WHAT = "'nnviz-action[torch]'"
UV = "uv = 0.13.9\n"
VARIABLES = (
    "POETRY_ACTIVE", "PIPENV_ACTIVE", "UV_PROJECT_ENVIRONMENT", "UV_RUN_RECURSION_DEPTH", "VIRTUAL_ENV", "CONDA_PREFIX",
)  # fmt: skip


def environment(
    folder: Path,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    pip: bool = True,
    cfg: str = "",
    torch: str = "2.13.0",
) -> Path:
    """A folder with a `bin`, in place of this environment; its `bin` comes first on the PATH. We are in `folder`."""
    path = folder / prefix
    (path / "bin").mkdir(parents=True)
    (path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{cfg}")
    if pip:
        (path / "bin" / "pip").touch()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "prefix", str(path))
    monkeypatch.setattr(sys, "executable", str(path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(path / "bin"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("nnviz_action.system.install.version", {"torch": torch}.get)
    monkeypatch.setattr("nnviz_action.system.environment.find_spec", lambda _: object() if pip else None)
    return path


def test_pip_where_the_shell_finds_that_of_this_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = environment(tmp_path, "venv", monkeypatch)
    assert install_command("nnviz-action[torch]") == f"pip install {WHAT}"
    assert reinstall_command("torch") == "pip install --force-reinstall torch"
    assert install_command("torch>=2.7", "torchvision") == "pip install 'torch>=2.7' torchvision"
    other = tmp_path / "other"
    other.mkdir()
    (other / "pip").touch()
    monkeypatch.setenv("PATH", f"{other}:{path / 'bin'}")
    assert install_command("nnviz-action[torch]") == f"{path}/bin/python -m pip install {WHAT}"


def test_uv_where_it_made_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = environment(tmp_path, ".venv", monkeypatch, pip=False, cfg=UV)
    assert install_command("nnviz-action[torch]") == f"uv pip install {WHAT}", "the nearest .venv is taken"
    assert reinstall_command("torch") == "uv pip install --reinstall torch"
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    assert install_command("nnviz-action[torch]") == f"uv pip install {WHAT}", "that of a folder above, too"
    monkeypatch.chdir("/")
    assert install_command("nnviz-action[torch]") == f"uv pip install --python {path} {WHAT}"
    assert reinstall_command("torch") == f"uv pip install --python {path} --reinstall torch"
    monkeypatch.setenv("VIRTUAL_ENV", str(path))
    assert install_command("nnviz-action[torch]") == f"uv pip install {WHAT}", "the active one is taken"
    monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert install_command("nnviz-action[torch]") == f"uv pip install --python {path} {WHAT}", "uv run activated it"
    monkeypatch.setattr("nnviz_action.system.environment.find_spec", lambda _: object())  # with --seed
    assert install_command("nnviz-action[torch]") == f"{path}/bin/python -m pip install {WHAT}", "none is on the PATH"


@pytest.mark.parametrize("prefix", ["share/uv/tools/nnviz-action", "pipx/venvs/nnviz-action"])
def test_an_environment_of_this_tool_alone_is_named(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(tmp_path / "home", prefix, monkeypatch, pip=False, cfg=UV)
    (tmp_path / "work" / ".venv").mkdir(parents=True)
    (tmp_path / "work" / ".venv" / "pyvenv.cfg").touch()
    monkeypatch.chdir(tmp_path / "work")
    assert install_command("nnviz-action[torch]") == f"uv pip install --python {tmp_path}/home/{prefix} {WHAT}"


@pytest.mark.parametrize(
    ("prefix", "cfg"),
    [("cache/archive-v0/W7AFcWFXmktdpgI", ""), ("cache/builds-v0/.tmpEeyK5y", "extends-environment = /usr\n")],
)
def test_an_environment_for_one_command_gets_more_with_that_command(
    prefix: str, cfg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(tmp_path, prefix, monkeypatch, pip=False, cfg=UV + cfg)
    assert install_command("nnviz-action[torch]") == f"uv run --with {WHAT} nnviz-action"


@pytest.mark.parametrize(
    ("lock", "pip", "told", "keeps"),
    [
        ("uv.lock", False, "uv add --dev", "uv pip install"),
        ("uv.lock", True, "uv add --dev", "pip install"),
        ("poetry.lock", True, "poetry add --group dev", "poetry run pip install"),
        ("pdm.lock", True, "pdm add --dev", "pip install"),
    ],
)
def test_a_project_is_known_by_its_lock(
    lock: str, pip: bool, told: str, keeps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(tmp_path, ".venv", monkeypatch, pip=pip, cfg=UV)
    (tmp_path / lock).write_text('name = "torch"\nversion = "2.13.0"\n')
    assert install_command("nnviz-action[torch]") == f"{told} {WHAT}"
    monkeypatch.setattr("nnviz_action.system.install.version", {"torch": "2.13.0+cpu"}.get)
    assert install_command("nnviz-action[torch]") == f"{keeps} {WHAT}", "which leaves that build as it is"
    (tmp_path / lock).write_text('name = "torch"\nversion = "2.13.0+cpu"\n')
    assert install_command("nnviz-action[torch]") == f"{told} {WHAT}", "the project has that build"


def test_a_project_of_uv_with_its_environment_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = environment(tmp_path, "opt/venv", monkeypatch, pip=False, cfg=UV)
    project = tmp_path / "project"
    (project / "package").mkdir(parents=True)
    (project / "uv.lock").touch()
    monkeypatch.chdir(project / "package")
    assert install_command("nnviz-action[torch]") == f"uv pip install --python {path} {WHAT}"
    for place in (str(path), "../opt/venv"):
        monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", place)
        assert install_command("nnviz-action[torch]") == f"uv add --dev {WHAT}", place


@pytest.mark.parametrize(
    ("prefix", "told", "keeps"),
    [
        (".pixi/envs/default", "pixi add --pypi", "pip install"),
        ("cache/pypoetry/virtualenvs/net-py3.11", "poetry add --group dev", "poetry run pip install"),
        ("conda/envs/net", "pip install", "pip install"),
    ],
)
def test_a_project_s_own_tool(
    prefix: str, told: str, keeps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(tmp_path, prefix, monkeypatch)
    assert install_command("nnviz-action[torch]") == f"{told} {WHAT}"
    monkeypatch.setattr("nnviz_action.system.install.version", {"torch": "2.13.0+cpu"}.get)
    assert install_command("nnviz-action[torch]") == f"{keeps} {WHAT}", "which leaves that build as it is"


def test_pixi_keeps_the_build_that_its_lock_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(tmp_path, ".pixi/envs/default", monkeypatch, pip=False, torch="2.13.0+cpu")
    (tmp_path / "pixi.lock").write_text("- pypi: https://example.org/torch.whl\n  version: 2.13.0+cpu\n")
    assert install_command("nnviz-action[torch]") == f"pixi add --pypi {WHAT}"


def test_pixi_and_pipenv_by_what_they_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = environment(tmp_path, "cache/detached/default", monkeypatch)
    (path / "conda-meta").mkdir()
    (path / "conda-meta" / "pixi").touch()
    assert install_command("nnviz-action[torch]") == f"pixi add --pypi {WHAT}"
    environment(tmp_path, "virtualenvs/net-Xy", monkeypatch)
    monkeypatch.setenv("PIPENV_ACTIVE", "1")
    assert install_command("nnviz-action[torch]") == f"pipenv install --dev {WHAT}"


INDEX = "--index-url https://download.pytorch.org/whl/"


@pytest.mark.parametrize(
    ("torch", "newer", "anew"),
    [
        ("2.6.0", "pip install 'torch>=2.7'{}", "pip install --force-reinstall torch{}"),
        (
            "2.6.0+cpu",
            f"pip install 'torch>=2.7'{{}} {INDEX}cpu",
            f"pip install --force-reinstall torch{{}} {INDEX}cpu",
        ),
        ("2.6.0+cu124", "pip install 'torch>=2.7'{}", f"pip install --force-reinstall torch{{}} {INDEX}cu124"),
        ("2.6.0+git1a2b", "pip install 'torch>=2.7'{}", "see https://pytorch.org/get-started/locally"),
    ],
)
def test_torch_is_replaced_in_its_build_with_a_torchvision_that_fits(
    torch: str, newer: str, anew: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(tmp_path, "venv", monkeypatch, torch=torch)
    for there in (object(), None):
        monkeypatch.setattr("nnviz_action.system.install.find_spec", lambda _, there=there: there)
        beside = " torchvision" if there else ""
        assert newer_command("torch", "2.7") == newer.format(beside)
        assert torch_command() == anew.format(beside)
    assert newer_command("onnxscript", "0.7") == "pip install 'onnxscript>=0.7'"


def test_a_path_with_blanks_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = environment(tmp_path, "my projects", monkeypatch, pip=False)
    assert install_command("torch") == f"'{path}/bin/python' -m pip install torch"
