"""A model of a running program, drawn in three lines: no config, no repository, no process of its own.

`models` records them: `draw` gives a `ModelPicture`, `diff` a `ModelComparison`. The models are left as they were
(`capture/live`). It is the only public API beside the command line, and `nnviz_action` itself offers it. Begin with
`models`.
"""

from nnviz_action.live.difference import ModelComparison
from nnviz_action.live.models import diff, draw
from nnviz_action.live.options import Options
from nnviz_action.live.picture import ModelPicture

__all__ = ["ModelComparison", "ModelPicture", "Options", "diff", "draw"]
