"""What of torch is not public is used in one file alone, which says what for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "nnviz_action"
ONE = ROOT / "capture" / "private.py"
OTHERS = {"os._exit", "sys._getframe", "value._fields"}  # of Python itself


def private_uses(path: Path) -> Iterator[str]:
    """Attributes of other objects, and imports from torch, that begin with an underscore."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("torch"):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from (f"{node.module}: {name}" for name in names if name.startswith("_"))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "capture").rglob("*.py")), ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_private_names_stand_in_one_file(path: Path) -> None:
    found = set(private_uses(path)) - OTHERS
    assert (found != set()) == (path == ONE), found
