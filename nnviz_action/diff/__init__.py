"""Two graphs → what happened between them, as a reviewer would say it: `diff(old, new)`.

Both are put into one order (`execution_order`) and become trees of `parts` (`tree`), paired by likeness and order
(`similarity`, `alignment`, `matching`) and then across the tree (`moves`). Only then are `facts` compared and worded
(`details`, `wiring`, `renames`), and told as `changes` that say each thing once (`change_list`, `grouping`). It calls
`drawing` and `graph`, and knows no commits and no files. Begin with `compare`.
"""

from nnviz_action.diff.changes import Change, GraphDiff
from nnviz_action.diff.compare import diff

__all__ = ["Change", "GraphDiff", "diff"]
