"""Diagrams of PyTorch models that stay true: generated, committed, checked.

In Python, `draw(model, x)` gives a picture of a live model, and `diff(before, after, x)` what is different between
two.

The rooms, each of which calls only those after it: `cli`, `live`; `project`; `report`; `capture`, `comparison`,
`github`, `setup`; `render`; `drawing`, `freshness`; `config`, `graph`; `system`, and `errors` with their exit codes.
The `__init__` of each says what lives there; docs/design.md walks through them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnviz_action.live.difference import ModelComparison
    from nnviz_action.live.models import diff, draw
    from nnviz_action.live.options import Options
    from nnviz_action.live.picture import ModelPicture

__version__ = "0.1.0"
__all__ = ["ModelComparison", "ModelPicture", "Options", "diff", "draw"]


def __getattr__(name: str) -> Any:
    """What draws is imported when it is asked for: a hook that finds all fresh needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'nnviz_action' has no attribute {name!r}")
    return getattr(import_module("nnviz_action.live"), name)
