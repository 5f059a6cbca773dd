"""A model that was recorded, as a value that draws itself: in a notebook, into a file, as text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from nnviz_action.drawing import forward
from nnviz_action.drawing.backward_layers import shown
from nnviz_action.drawing.backward_names import digest_of
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.focus import focus, why_unfocused
from nnviz_action.freshness.outputs import replace as write
from nnviz_action.graph.digest import digest
from nnviz_action.graph.graph_file import graph_bytes
from nnviz_action.graph.numbers import NOTHING_KEPT, Kept, count
from nnviz_action.graph.values import Graph
from nnviz_action.live.options import Options
from nnviz_action.render.headline import backward_line, headline, weight_line
from nnviz_action.render.overview import draw_overview
from nnviz_action.render.picture import Drawn, draw_sheet
from nnviz_action.render.png import to_png
from nnviz_action.render.shades import cost_of
from nnviz_action.render.sheet import Heading
from nnviz_action.render.style import THEMES
from nnviz_action.render.svg import to_svg
from nnviz_action.report.summary import summary

Theme = Literal["light", "dark"]
RECORDED = {"mode", "show_saved", "show_attrs"}  # options that were settled when the model ran


class Painted:
    """A picture that shows itself in a notebook, and is saved by the ending of a file's name."""

    @property
    def drawn(self) -> Drawn:
        """What is painted."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """Of what the picture shows."""
        raise NotImplementedError

    def svg(self, theme: Theme = "light") -> str:
        """The picture as SVG text."""
        return to_svg(self.drawn.sheet, THEMES[theme], self.digest, self.drawn.source)

    def png(self, theme: Theme = "light") -> bytes:
        """The picture as PNG, the same bytes on every machine."""
        return to_png(self.svg(theme), THEMES[theme], self.digest, self.drawn.source)

    def save(self, path: str | Path, theme: Theme = "light") -> Path:
        """Write `net.png` or `net.svg`. Raises `ValueError` for another ending, `OSError` where it cannot."""
        path = Path(path)
        kinds = self.files(theme)
        if path.suffix not in kinds:
            raise ValueError(f"{path.name}: a picture ends with {', '.join(kinds)}")
        write(path, kinds[path.suffix]())
        return path

    def files(self, theme: Theme) -> Mapping[str, Any]:
        """What makes the bytes of a file, by the ending of its name."""
        return {".png": lambda: self.png(theme), ".svg": lambda: self.svg(theme).encode()}

    def _repr_svg_(self) -> str:
        return self.svg()


@dataclass(frozen=True, eq=False)
class ModelPicture(Painted):
    """One view of a model. `graph` is what its forward pass calls, `notes` are what to know of the picture."""

    graph: Graph
    notes: tuple[str, ...]
    options: Options
    kept: Kept = NOTHING_KEPT
    backward: Drawing | None = None  # of the autograd view

    def with_options(self, **changes: Any) -> "ModelPicture":
        """The same recording, drawn otherwise. Raises `ValueError` where the model has to run again for it."""
        options = Options(**{**self.options.model_dump(), **changes})
        if "autograd" in {options.view, self.options.view} and options.view != self.options.view:
            raise ValueError(f"view={options.view!r} needs another run of the model: draw it again")
        again = [name for name in sorted(RECORDED & changes.keys()) if changes[name] != getattr(self.options, name)]
        if again:
            raise ValueError(f"{again[0]}={changes[again[0]]!r} needs another run of the model: draw it again")
        return replace(self, options=options)

    def summary(self) -> str:
        """The model in words and numbers, as Markdown: a row for each layer, with output, parameters, MACs."""
        return summary(self.options.name, self.graph, self._modules, self.numbers, notes=self.notes)

    @cached_property
    def drawn(self) -> Drawn:  # noqa: D102
        options = self.options
        if options.view == "overview":
            heading = Heading(options.name, (weight_line(self.graph, self.numbers),))
            return draw_overview(self._modules, heading, options.direction, cost_of(self._modules, options.color))
        if self.backward is not None:
            return self._backward(self.backward)
        return self._forward()

    @cached_property
    def digest(self) -> str:  # noqa: D102
        return digest(self.graph) if self.backward is None else digest_of(self.backward)

    def files(self, theme: Theme) -> Mapping[str, Any]:  # noqa: D102
        return {**super().files(theme), ".json": lambda: graph_bytes(self.graph)}

    def __repr__(self) -> str:
        return f"<{self.options.view} of {self.options.name}: {weight_line(self.graph, self.numbers)}>"

    @cached_property
    def _modules(self) -> Drawing:
        return forward.draw(self.graph, saved=self.kept.saved)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Parameters, MACs, bytes of activations and of what training keeps, by their names in the lock."""
        return count(self.graph, self.graph, self._modules.numbers.activations) | self.kept.numbers()

    def _forward(self) -> Drawn:
        options, name = self.options, self.options.name
        whole = forward.draw(self.graph, options.detail, self.kept.saved)
        cost = cost_of(whole, options.color)
        heading = Heading(name, headline(self.graph, self.numbers, "train" if options.trains("forward") else "eval"))
        drawing = whole
        if options.focus:
            drawing, heading = focus(whole, options.focus), Heading(options.focus, (f"{options.focus} of {name}",))
            if not drawing.boxes:
                why, hint = why_unfocused(whole, options.focus)
                raise ValueError(f"focus={options.focus!r} {why}; {hint}")
        return draw_sheet(drawing, heading, options.max_nodes, options.opening, options.direction, cost)

    def _backward(self, recorded: Drawing) -> Drawn:
        options = self.options
        mode = "train" if options.trains("autograd") else "eval"
        heading = Heading(options.name, (backward_line(recorded, mode),))
        drawing = shown(recorded, options.show_saved or options.show_attrs)
        return draw_sheet(drawing, heading, options.max_nodes, options.opening, options.direction)
