"""What happened between two graphs: `diff(old, new)`."""

from nnviz_action.diff.changes import Change, GraphDiff
from nnviz_action.diff.compare import diff

__all__ = ["Change", "GraphDiff", "diff"]
