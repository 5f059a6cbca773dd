"""The command that installs something is one that works in the environment at hand."""

import sys
from pathlib import Path

import pytest

from nnviz_action.system.install import install_command, reinstall_command

WHAT = "'nnviz-action[torch]'"


def environment(
    folder: Path, prefix: str, monkeypatch: pytest.MonkeyPatch, *, pip: bool = True, cfg: str = ""
) -> Path:
    """A folder with a `bin`, in place of this environment; its `bin` comes first on the PATH."""
    path = folder / prefix
    (path / "bin").mkdir(parents=True)
    (path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{cfg}")
    if pip:
        (path / "bin" / "pip").touch()
    monkeypatch.setattr(sys, "prefix", str(path))
    monkeypatch.setattr(sys, "executable", str(path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(path / "bin"))
    monkeypatch.delenv("POETRY_ACTIVE", raising=False)
    monkeypatch.setattr("nnviz_action.system.install.version", {"torch": "2.13.0"}.get)
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
    path = environment(tmp_path, ".venv", monkeypatch, pip=False, cfg="uv = 0.9.1\n")
    monkeypatch.setattr("nnviz_action.system.install.find_spec", lambda _: None)
    assert install_command("nnviz-action[torch]") == f"uv pip install {WHAT}"
    assert reinstall_command("torch") == "uv pip install --reinstall torch"
    (path.parent / "uv.lock").touch()
    assert install_command("nnviz-action[torch]") == f"uv add --dev {WHAT}"
    monkeypatch.setattr("nnviz_action.system.install.find_spec", lambda _: object())  # with --seed
    assert install_command("nnviz-action[torch]") == f"{path}/bin/python -m pip install {WHAT}", "none is on the PATH"


@pytest.mark.parametrize(
    ("prefix", "told"),
    [
        (".pixi/envs/default", "pixi add --pypi"),
        ("cache/pypoetry/virtualenvs/net-py3.11", "poetry add --group dev"),
        ("conda/envs/net", "pip install"),
    ],
)
def test_a_project_s_own_tool(prefix: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(tmp_path, prefix, monkeypatch)
    assert install_command("nnviz-action[torch]") == f"{told} {WHAT}"
    monkeypatch.setattr("nnviz_action.system.install.version", {"torch": "2.13.0+cpu"}.get)
    assert install_command("nnviz-action[torch]") == f"pip install {WHAT}", "which leaves that build as it is"


def test_a_path_with_blanks_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = environment(tmp_path, "my projects", monkeypatch, pip=False)
    assert install_command("torch") == f"'{path}/bin/python' -m pip install torch"
