"""Configs that would take minutes to be read, or to be looked through: a clear error, within two seconds."""

import json
from pathlib import Path

import pytest
from faulty import Ground, tried

SECONDS = 2.0  # of CPU
ABSURD = {
    "two hundred folders of any depth": (
        json.dumps({"models": {"m": {"onnx": "a.onnx", "sources": ["**/" * 200 + "x"]}}}),
        ["nnviz.yaml:1:", "has more than 4 ** in it", "for example  data/*.json"],
    ),
    "a hundred thousand models, one a line": (
        "models:\n" + "".join(f"  m{number}: {{onnx: a.onnx}}\n" for number in range(100_000)),
        ["nnviz.yaml:1:1: too large: more than 60,000 keys", "split it: --config names another"],
    ),
    "a hundred thousand models in blocks": (
        "models:\n" + "".join(f"  m{number}:\n    onnx: a.onnx\n" for number in range(100_000)),
        ["nnviz.yaml:1:1: too large: more than 60,000 keys"],
    ),
}


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.chdir(tmp_path)
    return Ground(tmp_path)


@pytest.mark.parametrize("command", ["check", "generate"])
@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_config_ends_at_once(name: str, command: str, ground: Ground) -> None:
    text, says = ABSURD[name]
    for depth in range(1, 8):
        ground.write("/".join("abcdefg"[:depth]) + "/x", "")
    ground.write("a.onnx", b"")
    ground.write("nnviz.yaml", text)
    found = tried(command)
    assert found.code == 2 and all(phrase in found.said for phrase in says), found.said
    assert found.seconds < SECONDS
