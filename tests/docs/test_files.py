"""Pieces of other files that the documentation shows: pyproject.toml, .gitattributes, a picture in a README."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from doc_blocks import Block, of
from repository import Repository


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_pytest_takes_its_options(block: Block, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r").models("models/nnviz.yaml", net="Relu")
    repository.write({"pyproject.toml": block.text, "test_own.py": "def test_own(): pass\n"})
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=repository.folder, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("block", of("gitattributes"), ids=str)
def test_git_takes_the_attributes(block: Block, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r").write({".gitattributes": block.text})
    said = repository.git("check-attr", "-a", "--", "diagrams/net/model.onnx", "net.py").splitlines()
    assert said == [
        "diagrams/net/model.onnx: text: unset",
        "diagrams/net/model.onnx: linguist-generated: set",
    ]


class Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.named += [value or "" for name, value in attrs if name in ("src", "srcset")]


@pytest.mark.parametrize("block", of("html"), ids=str)
def test_the_pictures_are_those_that_are_written(block: Block, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r").models(resnet18="Relu")
    repository.write({"nnviz.yaml": "models: {resnet18: {onnx: resnet18.onnx, theme: both}}\n"})
    assert repository.run("generate").returncode == 0
    pictures = Pictures()
    pictures.feed(block.text)
    assert len(pictures.named) == 2
    assert all((repository.folder / name).is_file() for name in pictures.named)
