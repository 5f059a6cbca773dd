"""The line of code that a change is about, found in the sources by class and name."""

from collections.abc import Sequence

import pytest

from nnviz_action.comparison.changes import Change
from nnviz_action.project.code_lines import CodeLines

SOURCE = """from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm: nn.Module = nn.LayerNorm(width)
        self.fc = nn.Linear(width, width)
        self.add_module("gate", nn.Sigmoid())

    def forward(self, x):
        y = self.fc(self.norm(x)).relu()
        return x + torch.cat([y, y])[0] + torch.cat([x, y])[0]


class Net(nn.Module):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(8, 4)

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(Block(8) for _ in range(3))
        self.head = Net.Head()
"""
CLASSES = {
    "blocks.0": "models.net.Block", "blocks.0.norm": "torch.nn.modules.normalization.LayerNorm",
    "blocks.0.fc": "torch.nn.modules.linear.Linear", "head": "models.net.Net.Head",
}  # fmt: skip
FILES = {"src/models/net.py": SOURCE, "src/models/other.py": "x = 1\n", "src/broken.py": "def ("}


def line(path: str, *details: str, files: dict[str, str] = FILES, kind: str = "changed") -> str:
    lines = CodeLines(CLASSES, [*files], lambda names: {name: files[name] for name in names if name in files})
    return lines.of(Change(kind, path, "", details))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("blocks.0.norm", 7),
        ("blocks.0.fc", 8),
        ("blocks.0.gate", 9),
        ("blocks.0.relu()", 12),
        ("blocks.0.relu()#2", 12),
        ("blocks.0.cat()", 4),  # called twice: the class
        ("blocks.0.unknown", 4),
        ("blocks.0", 24),
        ("head.out", 20),
        ("head", 25),
    ],
)
def test_a_layer_is_where_it_is_made_and_a_function_where_it_is_called(path: str, number: int) -> None:
    assert line(path) == f"src/models/net.py:{number}"


def test_a_function_in_place_of_another_is_where_it_is_called() -> None:
    assert line("blocks.0", "gelu() → relu()") == "src/models/net.py:12"


def test_of_several_places_it_is_the_first() -> None:
    lines = CodeLines(CLASSES, [*FILES], lambda names: {name: FILES[name] for name in names})
    change = Change("changed", "blocks.0.fc", "Linear", places=("blocks.0.fc", "blocks.1.fc"))
    assert lines.of(change) == "src/models/net.py:8"


@pytest.mark.parametrize("files", [{}, {"net.py": "class Block: ("}, {"models/net.py": ""}])
def test_what_is_not_found_has_none(files: dict[str, str]) -> None:
    assert line("blocks.0.fc", files=files) == ""


def test_two_classes_that_may_be_the_model_are_none() -> None:
    twice = SOURCE + SOURCE[SOURCE.index("class Net") :].replace("class Net", "class Copy")
    assert line("head", files={"src/models/net.py": twice}) == ""
    assert line("", files=FILES) == ""


@pytest.mark.parametrize(
    "text", ["-" * 7000 + "1", "class A:\n  x = '\\d'\n", "[" + "1, " * 1000 + "]", "\0", "\ud800"]
)
def test_an_odd_source_is_none(text: str, recwarn: pytest.WarningsRecorder) -> None:
    assert line("blocks.0.fc", files={"models/net.py": text}) == ""
    assert not recwarn.list


def test_of_two_files_that_may_have_the_class_the_one_that_has_it_counts() -> None:
    assert (
        line("blocks.0.fc", files={"legacy/models/net.py": "x = 1\n", "models/net.py": SOURCE}) == "models/net.py:8"
    )
    assert line("blocks.0.fc", files={"legacy/models/net.py": SOURCE, "models/net.py": SOURCE}) == ""


def test_what_is_no_python_is_not_read() -> None:
    def read(names: Sequence[str]) -> dict[str, str]:
        assert list(names) == ["models/net.py"]
        return {}

    CodeLines(CLASSES, ["data.json", "models/net.py"], read).of(Change("changed", "blocks.0.fc", ""))
