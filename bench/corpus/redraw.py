"""What a capture left in a folder → the picture that `generate` draws of it, without the model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnviz_action.drawing import boxes, forward
from nnviz_action.drawing.backward_layers import join_layers
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.fold import BUDGET
from nnviz_action.freshness.hashes import AUTOGRAD
from nnviz_action.freshness.outputs import GRAPH, MODEL
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.graph.numbers import count
from nnviz_action.graph.onnx_file import parse_graph
from nnviz_action.graph.values import Graph
from nnviz_action.render.headline import headline, weight_line
from nnviz_action.render.overview import draw_overview
from nnviz_action.render.picture import Drawn, draw_sheet, paint
from nnviz_action.render.sheet import Heading

FORMATS = ("png", "svg")
DOWN = "down"


@dataclass(frozen=True)
class Picture:
    """One view of a model: what is drawn, and the files."""

    name: str
    view: str
    direction: str
    drawn: Drawn
    png: bytes
    svg: bytes


def captured(folder: Path, only: str = "") -> list[Path]:
    """The folders of the models of which a capture is kept, if they have one of the parts `only` in their names."""
    found = sorted(path.parent for path in folder.glob("*/capture.json"))
    return [path for path in found if any(part in path.name for part in only.split(","))]


def views(folder: Path, autograd: bool) -> tuple[str, ...]:
    """The view that is wanted, if there is one."""
    told = _json(folder / "capture.json")
    if not autograd:
        return ("forward",)
    return ("autograd",) if "autograd" in told["views"] and (folder / AUTOGRAD).exists() else ()


def redraw(folder: Path, view: str, direction: str = DOWN) -> Picture:
    """The picture in the light theme. Raises whatever the code under it raises."""
    whole, heading = read(folder, view)
    drawn, files = render(whole, heading, view, direction)
    return Picture(folder.name, view, direction, drawn, files[f"{view}.png"], files[f"{view}.svg"])


def overview(folder: Path) -> tuple[Drawn, bytes]:
    """The stages of a model, and their picture in the light theme."""
    drawing, numbers = _modules(folder)
    drawn = draw_overview(drawing, Heading(folder.name, (weight_line(_graph(folder), numbers),)))
    return drawn, paint(drawn, "overview", "0" * 64, ("light",), ("png",))["overview.png"]


def read(folder: Path, view: str) -> tuple[Drawing, Heading]:
    """The drawing of a view, and what stands above it."""
    return _forward(folder) if view == "forward" else _autograd(folder)


def render(whole: Drawing, heading: Heading, view: str, direction: str = DOWN) -> tuple[Drawn, Mapping[str, bytes]]:
    """Folded, laid out and painted, as where a config says nothing of a direction that is down."""
    drawn = draw_sheet(whole, heading, BUDGET, direction=None if direction == DOWN else direction)
    return drawn, paint(drawn, view, "0" * 64, ("light",), FORMATS)


def _forward(folder: Path) -> tuple[Drawing, Heading]:
    told, graph = _json(folder / "capture.json"), _graph(folder)
    drawing, numbers = _modules(folder)
    mode = "" if told["onnx"] else told["mode"]["forward"]
    return drawing, Heading(folder.name, headline(graph, numbers, mode))


def _modules(folder: Path) -> tuple[Drawing, dict[str, int]]:
    """The drawing of the forward graph, and what was counted in it."""
    graph = _graph(folder)
    kept = (_json(folder / AUTOGRAD)["kept"] if (folder / AUTOGRAD).exists() else None) or {}
    drawing = forward.draw(graph, saved=kept.get("saved", {}))
    numbers = count(graph, graph, drawing.numbers.activations)
    if kept.get("gradients") is not None:
        numbers |= {"saved": sum(kept["saved"].values()), "gradients": kept["gradients"]}
    return drawing, numbers


def _graph(folder: Path) -> Graph:
    if (folder / GRAPH).exists():
        return parse_graph_file((folder / GRAPH).read_bytes(), GRAPH)
    return parse_graph((folder / MODEL).read_bytes(), MODEL)


def _autograd(folder: Path) -> tuple[Drawing, Heading]:
    recorded = boxes.from_json(_json(folder / AUTOGRAD)["drawing"])
    functions = sum(box.kind == "function" for box in recorded.boxes)
    mode = _json(folder / "capture.json")["mode"]["autograd"]
    return join_layers(recorded), Heading(folder.name, (f"autograd · {functions} backward functions · {mode}",))


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
