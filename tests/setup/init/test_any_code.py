"""Whatever the code is, `init` gets to an end, and what it writes is a valid config that says what the code says."""

import ast
import tempfile
from pathlib import Path
from typing import Any

import yaml
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz_action.project.init import validated
from nnviz_action.setup.init.entries import Entry, static_entry
from nnviz_action.setup.init.scan import scan
from nnviz_action.setup.init.write import config_text

SOURCES = [
    path.read_text()
    for path in (*sorted((ROOT / "examples").glob("*.py")), *Path(__file__).parent.rglob("projects/**/*.py"))
]
NAMES = st.from_regex(r"[A-Za-zÄé_][A-Za-z0-9Äé_]{0,8}", fullmatch=True).filter(
    lambda n: n.isidentifier() and n.isascii()
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e6, 1e6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
SHAPES = st.lists(st.integers(0, 300), min_size=1, max_size=5)
CLASS = """
from torch import nn

class Net(nn.Module):
    def __init__(self, first, {name}):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(1, 1), nn.Linear(1, 1), nn.Linear(1, 1)

    def forward(self, x):
        return self.a(x)
"""
SCRIPT = """
import torch
from net import Net

model = Net({first!r}, {name}={value!r})
model(torch.randint(0, 9, {shape}))
"""


def scanned(files: dict[str, str]) -> tuple[list[Entry], Path]:
    folder = Path(tempfile.mkdtemp())
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", errors="replace")
    plans = scan(folder).plans
    for way in (way for plan in plans for way in plan.ways):
        ast.parse(way.question()["code"])
        ast.parse(way.question()["inputs"])
    return list(map(static_entry, plans)), folder


@given(first=PLAIN, name=NAMES, value=PLAIN, shape=SHAPES)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_arguments_arrive_as_they_are_written(first: Any, name: str, value: Any, shape: list[int]) -> None:
    try:
        ast.parse(CLASS.format(name=name))
    except SyntaxError:
        return  # a keyword, or the same parameter twice
    if name in ("first", "self") or name.endswith(("weights", "pretrained", "checkpoint", "ckpt")):
        return  # a diagram needs no weights
    files = {
        "net.py": CLASS.format(name=name),
        "run.py": SCRIPT.format(first=first, name=name, value=value, shape=shape),
    }
    found, folder = scanned(files)
    assert validated(folder / "nnviz.yaml", found)
    entry = yaml.safe_load(config_text(found, ()))["models"]["Net"]
    assert entry["args"] == [first] and entry["kwargs"] == {name: value}
    assert entry["inputs"] == [{"shape": shape, "dtype": "int64", "high": 9}]


@given(st.sampled_from(SOURCES), st.data())
@settings(max_examples=120, deadline=None, derandomize=True)
def test_code_with_lines_missing(source: str, data: st.DataObject) -> None:
    lines = source.split("\n")
    gone = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=6))
    text = "\n".join(line for number, line in enumerate(lines) if number not in gone)
    _holds({"net.py": text})


@given(st.lists(st.sampled_from(SOURCES), min_size=2, max_size=3), st.data())
@settings(max_examples=120, deadline=None, derandomize=True)
def test_code_with_parts_of_other_code(sources: list[str], data: st.DataObject) -> None:
    lines = [line for source in sources for line in source.split("\n")]
    nodes = [
        ast.unparse(n)
        for s in sources
        for n in ast.walk(ast.parse(s))
        if isinstance(n, (ast.Call, ast.Name, ast.Constant))
    ]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        old, new = (data.draw(st.sampled_from(nodes)) for _ in "ab")
        lines[at] = lines[at].replace(old, new)
    _holds({"net.py": "\n".join(lines), "train.py": sources[-1]})


def _holds(files: dict[str, str]) -> None:
    found, folder = scanned(files)
    ready = {entry.name for entry in found if not entry.failure}
    if ready:
        assert {m.name for m in validated(folder / "nnviz.yaml", found).models} == ready
