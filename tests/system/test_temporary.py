"""Temporary folders: those of living processes stay, those of killed ones go."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnviz_action.system.temporary import Temporary, sweep_temporary

CODE = """
import sys, time
from nnviz_action.system.temporary import Temporary
print(Temporary().path, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    tempfile.tempdir = None


def aged(path: Path) -> Path:
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def started() -> tuple["subprocess.Popen[str]", Path]:
    process = subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    path = Path(process.stdout.readline().strip())
    (path / "left").write_text("", encoding="utf-8")
    return process, aged(path)


def test_a_folder_goes_with_all_that_is_in_it() -> None:
    with Temporary() as path:
        (path / "inner").mkdir()
        (path / "inner" / "file").write_text("", encoding="utf-8")
    assert not path.exists()


def test_that_of_a_killed_process_goes_and_that_of_a_living_one_stays() -> None:
    (killed, gone), (living, stays) = started(), started()
    killed.kill()
    killed.wait()
    sweep_temporary()
    assert not gone.exists()
    assert (stays / "left").exists()
    living.kill()
    living.wait()


def test_what_is_new_or_not_ours_stays(folder: Path) -> None:
    (folder / "nnviz-run-new").mkdir()
    aged(folder / "nnviz-run-new").touch()
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("", encoding="utf-8")
    (folder / "nnviz-run-link").symlink_to(aged(elsewhere))
    aged(folder / "nnviz-run-link")
    (folder / "nnviz-run-file").write_text("", encoding="utf-8")
    aged(folder / "nnviz-run-file")
    (folder / "other").mkdir()
    aged(folder / "other")
    sweep_temporary()
    assert {path.name for path in folder.iterdir()} == {
        "nnviz-run-new", "nnviz-run-link", "nnviz-run-file", "elsewhere", "other",
    }  # fmt: skip
    assert (elsewhere / "kept").exists()
