"""A model of a running program, drawn in three lines: no config, no repository, no process of its own.

`draw` records a model and gives a `ModelPicture`, `compare` says what is different between two. The model is left as
it was: `capture/live`. It is the only public API beside the command line, and `nnviz_action` itself offers it. Begin
with `draw`.
"""

from nnviz_action.live.compare import ModelComparison, diff
from nnviz_action.live.draw import draw
from nnviz_action.live.options import Options
from nnviz_action.live.picture import ModelPicture

__all__ = ["ModelComparison", "ModelPicture", "Options", "diff", "draw"]
