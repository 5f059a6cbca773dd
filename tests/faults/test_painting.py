"""While we draw: the time limit holds, an interrupt ends everything at once, and a text of any length is drawn."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Project
from repository import chain

from nnviz_action.render import text

# A picture that is never done, in Python's code that catches whatever is an `Exception`.
ENDLESS = """
import sys, time
from pathlib import Path
from nnviz_action.project import diagram

def endless(*args):
    Path("drawing").touch()
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass

diagram.draw_view = endless
from nnviz_action.cli.entry import main
sys.exit(main())
"""
LETTERS = {"Latin": "a", "Arabic": "ش", "Devanagari": "क", "Han": "漢", "flags": "🇩🇪", "marks": "a\u0301"}


def start(project: Project, timeout: float) -> "subprocess.Popen[str]":
    """A `generate` that comes to draw, and to no end of it."""
    (project.folder / "net.onnx").write_bytes(chain("Relu > Relu"))
    project.write({"nnviz.yaml": json.dumps({"models": {"net": {"onnx": "net.onnx", "timeout": timeout}}})})
    temporary = project.folder.parent / "tmp"
    temporary.mkdir()
    return subprocess.Popen(
        [sys.executable, "-c", ENDLESS, "generate"], cwd=project.folder, env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def until_it_draws(project: Project) -> float:
    """The moment at which it does."""
    while not (project.folder / "drawing").exists():
        time.sleep(0.02)
    return time.monotonic()


def test_drawing_takes_no_longer_than_the_model_may(project: Project) -> None:
    run = start(project, 4)
    begun = until_it_draws(project)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 3
    assert "error: net: stopped after 4 s, while its pictures were drawn" in said and "longer  timeout:" in said
    assert time.monotonic() - begun < 4 + 2


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_no_picture(number: signal.Signals, project: Project) -> None:
    run = start(project, 600)
    until_it_draws(project)
    begun = time.monotonic()
    run.send_signal(number)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 130 and "error: interrupted" in said and "Traceback" not in said
    assert time.monotonic() - begun < 2
    assert list((project.folder.parent / "tmp").iterdir()) == []


@pytest.mark.parametrize("letter", LETTERS)
def test_a_text_of_any_length_is_measured_and_cut_at_once(letter: str) -> None:
    begun = time.process_time()
    short = text.clean(LETTERS[letter] * 300_000)
    assert len(short) <= text.LONGEST and short.endswith("…")
    assert 0 < text.width(text.shorten(short, 200, 12), 12) <= 200
    assert time.process_time() - begun < 5


@pytest.mark.torch
def test_a_class_of_300_000_letters_is_drawn(project: Project) -> None:
    code = "from torch import nn\n\n\ndef net():\n    return type('ش' * 300_000, (nn.Linear,), {})(4, 2)\n"
    entry = {"model": "net.py:net", "inputs": [[2, 4]], "views": ["forward"], "timeout": 60}
    project.write({"net.py": code, "nnviz.yaml": json.dumps({"models": {"net": entry}})})
    done = project.run("generate")
    assert done.returncode == 0, done.stderr[-2000:]
    assert Path(project.folder, "diagrams/net/forward.png").exists()
