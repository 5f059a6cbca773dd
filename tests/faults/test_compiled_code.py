"""Compiled code in a repository that says that it is of the source beside it, and is not."""

import json
import py_compile

import pytest
from conftest import Project

pytestmark = pytest.mark.torch
NET = "from torch import nn\n\n\ndef net():\n    return nn.Linear(4, {})\n"


def test_a_diagram_is_of_the_source(project: Project) -> None:
    entry = {"model": "net:net", "inputs": [[2, 4]], "views": ["forward"], "export": "never"}
    project.write({"net.py": NET.format(7), "nnviz.yaml": json.dumps({"models": {"net": entry}})})
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(project.folder / "net.py"), doraise=True, invalidation_mode=unchecked)
    project.write({"net.py": NET.format(2)})
    assert project.run("generate").returncode == 0
    assert json.loads(project.read("diagrams/net/lock.json"))["numbers"]["parameters"] == 4 * 2 + 2
