"""Python in the documentation runs, and what it shows of written code is what is written."""

import subprocess
import sys
from pathlib import Path

import pytest
from doc_blocks import Block, of

from nnviz_action.comparison.checkpoint import Checkpoint, KeyChange
from nnviz_action.graph.values import TensorType
from nnviz_action.report.checkpoint_code import mapping_code


@pytest.mark.torch
@pytest.mark.parametrize("block", of("python"), ids=str)
def test_it_runs(block: Block, tmp_path: Path) -> None:
    command = [sys.executable, "-c", block.text]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_function_is_one_that_is_written() -> None:
    kinds = {"weight": TensorType("f32", (2, 8)), "bias": TensorType("f32", (2,))}
    renamed = (KeyChange("renamed", f"fc.{own}", f"head.{own}", kind, kind) for own, kind in kinds.items())
    found = Checkpoint(("stem.weight", "stem.bias"), tuple(renamed), loads=False)
    assert any(mapping_code("map_net", found) in block.text for block in of("python"))
