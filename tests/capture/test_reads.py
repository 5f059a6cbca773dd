"""What is noted of the files that a model reads."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nnviz_action.capture.reads import Reads
from nnviz_action.system.distributions import versions

PROGRAM = """
import sys
from pathlib import Path
from nnviz_action.capture.reads import Reads
root = Path(sys.argv[1])
reads = Reads()
sys.path.insert(0, str(root))
import used
open(root / "read.json").read()
open(root / "written.txt", "w").write("x")
open(root / "written.txt").read()
(root / "sub" / "data.bin").read_bytes()
try:
    open(root / "missing.txt")
except FileNotFoundError:
    pass
print([p.relative_to(root).as_posix() for p in reads.files(root, [root / "diagrams"])])
"""


def test_imported_and_opened_files_below_the_root(tmp_path: Path) -> None:
    for name in ("used.py", "unused.py", "read.json", "sub/data.bin", "diagrams/a.png", "venv/site-packages/lib.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    (tmp_path / "used.py").write_text(
        "import sys; sys.path.insert(0, __file__ + '/../venv/site-packages'); import lib\nopen(__file__ + '/../diagrams/a.png')\n".replace(
            "__file__ + '/..", "__file__[:-8] + '/"
        )
    )
    for _ in range(2):  # the second time from byte code
        command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "['read.json', 'sub/data.bin', 'used.py']", done.stderr


@pytest.mark.torch
def test_versions_come_without_their_local_part() -> None:
    found = versions(["torch", "no-such-package"])
    assert list(found) == ["torch"] and "+" not in found["torch"]


class Late(ModuleType):
    def __getattr__(self, name: str) -> Any:
        raise ImportError(f"{name} would import a package that is not there")


def test_a_module_that_imports_late_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "late", Late("late"))
    monkeypatch.setitem(sys.modules, "no_module", object())
    assert Reads().files(tmp_path, []) == []
