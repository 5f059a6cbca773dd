"""`make onnx-suite`: every model of ONNX's own test suite that its checker takes, read and laid out.

Usage: python bench/onnx_suite.py [--only SUBSTRING] [--pictures FOLDER]

The models are those of the node tests, which are generated, and the files in the data of the installed `onnx`.
Each goes the way of an `onnx:` entry: adopted, read back, drawn, laid out. What is written must pass the checker, too.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import onnx
from onnx import ModelProto

from nnviz_action.drawing import forward
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.fold import BUDGET
from nnviz_action.graph.digest import digest
from nnviz_action.graph.numbers import count
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.onnx_file.foreign import adopt
from nnviz_action.graph.values import Graph
from nnviz_action.render.headline import headline
from nnviz_action.render.picture import draw_sheet, paint
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading

BAR = 99.5  # per cent drawn
DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"


@dataclass
class Outcome:
    """What came of one model: why it was not drawn, and what is wrong with what was."""

    failure: str = ""
    unchecked: str = ""
    flaws: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shaped: tuple[int, int] = (0, 0)


def main() -> int:
    """Draw all, print the counts and what fails; 1 where fewer are drawn than the bar asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="part of the names of the models")
    parser.add_argument("--pictures", type=Path, help="a folder to paint them into")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    start = time.monotonic()
    taken = [(name, model) for name, model in models() if options.only in name and _passes(model)]
    with tempfile.TemporaryDirectory() as folder:
        done = {name: _outcome(name, model, Path(folder), options.pictures) for name, model in taken}
    return _report(done, time.monotonic() - start)


def models() -> Iterator[tuple[str, ModelProto]]:
    """All models of the suite by name; those of one name are numbered."""
    from onnx.backend.test.case import model as whole
    from onnx.backend.test.case import node as nodes

    for case in (*nodes.collect_testcases(None), *whole.collect_testcases()):
        if case.model is not None:
            yield case.name, case.model
    for path in sorted(DATA.rglob("*.onnx")):
        yield str(path.relative_to(DATA)), onnx.load(path)


def _passes(model: ModelProto) -> bool:
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError:
        return False
    return True


def _outcome(name: str, model: ModelProto, folder: Path, pictures: Path | None) -> Outcome:
    source, target = folder / "theirs.onnx", folder / "model.onnx"
    onnx.save(model, source)
    try:
        adopted = adopt(source, target)
        graph = read_graph(target)
        digest(graph)
        drawing = forward.draw(graph)
        forward.draw(graph, "operators")
        numbers = count(graph, graph, drawing.numbers.activations)
        drawn = draw_sheet(drawing, Heading(name, headline(graph, numbers, "")))
    except Exception as error:
        return Outcome(f"{type(error).__name__}: {error}".replace("\n", " "))
    if pictures:
        pictures.mkdir(exist_ok=True)
        for data in paint(drawn, "forward", "", ("light",), ("png",)).values():
            (pictures / f"{name.replace('/', '-')}.png").write_bytes(data)
    found, notes = [*flaws(drawn.sheet, BUDGET), *_loose(drawing, graph)], [*adopted.notes, *drawn.notes]
    unchecked = "" if _unchecked(source) else _unchecked(target)
    return Outcome("", unchecked, found, notes, (numbers["shaped"], numbers["values"]))


def _unchecked(path: Path) -> str:
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    except Exception as error:
        return f"{error}".replace("\n", " ")
    return ""


def _loose(drawing: Drawing, graph: Graph) -> Iterator[str]:
    """Boxes from which nothing comes and to which nothing goes, but for inputs that nobody uses."""
    ends = {key for arrow in drawing.arrows for key in (arrow.source, arrow.target)}
    ends |= {f"in {name}" for name in graph.inputs} - {f"in {i}" for node in graph.walk() for i in node.inputs}
    yield from (f"{box.title!r} stands alone" for box in drawing.boxes if box.key not in ends)


def _report(done: dict[str, Outcome], seconds: float) -> int:
    drawn = {name: outcome for name, outcome in done.items() if not outcome.failure}
    share = 100 * len(drawn) / max(len(done), 1)
    shaped = [sum(column) for column in zip(*(outcome.shaped for outcome in drawn.values()), strict=True)] or [0, 0]
    print(f"drawn: {len(drawn)} of {len(done)} ({share:.2f} %, bar {BAR} %) in {seconds:.0f} s")
    print(f"values with a full shape: {shaped[0]} of {shaped[1]}")
    _list("not drawn", {name: outcome.failure for name, outcome in done.items()})
    _list("written, but the checker refuses", {name: outcome.unchecked for name, outcome in drawn.items()})
    _list("drawn with a note", {name: "; ".join(outcome.notes) for name, outcome in drawn.items()})
    _list("drawn with a flaw", {name: "; ".join(outcome.flaws) for name, outcome in drawn.items()})
    return 0 if share >= BAR else 1


def _list(what: str, found: dict[str, str]) -> None:
    told = {name: text for name, text in found.items() if text}
    print(f"{what}: {len(told)}", *(f"  {name}: {text[:300]}" for name, text in told.items()), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
