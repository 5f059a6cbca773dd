"""What a picture of a live model shows; the names are those of `nnviz.yaml`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from nnviz_action.config.schema import Mode, View
from nnviz_action.drawing.fold import BUDGET, Opening


class Options(BaseModel):
    """What is drawn, and how. `docs/config.md` tells of each key that the config has too."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: View = "forward"
    mode: Mode | None = None
    """eval, but train for the autograd view"""
    name: str = ""
    """the picture's title; the class of the model where nothing is said"""
    detail: Literal["modules", "operators"] = "modules"
    max_nodes: Annotated[int, Field(ge=8)] = BUDGET
    depth: Annotated[int, Field(ge=0)] | None = None
    expand: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()
    focus: str = ""
    """the path of a module that is drawn alone"""
    direction: Literal["down", "right"] | None = None
    color: Literal["kind", "parameters", "macs", "activations"] = "kind"
    show_saved: bool = False
    show_attrs: bool = False

    @property
    def opening(self) -> Opening:
        """Which modules are open."""
        return Opening(self.depth, self.expand, self.collapse)

    def trains(self, view: View) -> bool:
        """Whether the model runs in train mode for this view."""
        return (self.mode or ("train" if view == "autograd" else "eval")) == "train"
