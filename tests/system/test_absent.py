"""A file that is not there: git may know why."""

import subprocess
from pathlib import Path

import pytest

from nnviz_action.system.absent import why_absent


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "r"
    (folder / "nets").mkdir(parents=True)
    (folder / "nets" / "unet.py").write_text("class UNet: ...\n" * 20)
    (folder / "other.py").write_text("x = 1\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


def test_a_sparse_checkout(repository: Path) -> None:
    git(repository, "sparse-checkout", "set", "elsewhere")
    assert not (repository / "nets").exists()
    cure = why_absent(repository / "nets" / "unet.py")
    assert cure == "the sparse checkout leaves it out:  git sparse-checkout add nets"
    git(repository, "sparse-checkout", "add", "nets")
    assert (repository / "nets" / "unet.py").exists()


def test_a_submodule_that_is_not_checked_out(repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "add", "-q", str(repository), "lib")
    git(outer, "commit", "-qm", "with it")
    git(tmp_path, "clone", "-q", str(outer), "clone")
    wanted = tmp_path / "clone" / "lib" / "nets" / "unet.py"
    assert why_absent(wanted) == "its submodule is not checked out:  git submodule update --init lib"
    git(tmp_path / "clone", "submodule", "update", "-q", "--init", "lib")
    assert wanted.exists()


def test_a_file_that_was_renamed_twice(repository: Path) -> None:
    git(repository, "mv", "nets", "models")
    git(repository, "commit", "-qm", "moved")
    assert why_absent(repository / "nets" / "unet.py") == "git knows it as models/unet.py now: name that"
    git(repository, "mv", "models/unet.py", "unet.py")  # and not yet committed
    assert why_absent(repository / "nets" / "unet.py") == "git knows it as unet.py now: name that"


def test_what_git_does_not_know(repository: Path, tmp_path: Path) -> None:
    assert why_absent(repository / "nets" / "never.py") is None
    assert why_absent(tmp_path / "nowhere" / "net.py") is None
