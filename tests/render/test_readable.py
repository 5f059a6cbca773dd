"""The pictures of the committed examples, judged by their coordinates: nothing overlaps, nothing is cut or too large."""

from pathlib import Path

import pytest
from conftest import ROOT

from nnviz_action.drawing.fold import BUDGET, Opening
from nnviz_action.drawing.forward import draw
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.render.picture import draw_sheet
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading

EXAMPLES = sorted((ROOT / "examples" / "diagrams").glob("*/model.onnx"))
DEEPER = Opening(depth=2)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize("detail", ["modules", "operators"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_a_picture_of_an_example_has_no_flaw(path: Path, detail: str) -> None:
    drawn = draw_sheet(draw(read_graph(path), detail), Heading(path.parent.name, ("facts",)))
    assert flaws(drawn.sheet, BUDGET) == []
    assert drawn.notes == ()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_nor_where_its_modules_are_open(path: Path) -> None:
    drawn = draw_sheet(draw(read_graph(path)), Heading(path.parent.name, ("facts",)), 200, DEEPER)
    assert [flaw for flaw in flaws(drawn.sheet, 200) if "px" not in flaw] == []
