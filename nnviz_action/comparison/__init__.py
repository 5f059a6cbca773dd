"""Two graphs → what happened between them, as a reviewer would say it: `diff(old, new)`.

Both are put into one order (`execution_order`) and become trees of `parts` (`tree`). `similarity` scores whether
two layers or modules are one, names included; `alignment` and `matching` pair them by it, `moves` across the tree.
Only then are pairs compared (`facts`) and worded: `details`, `wiring`, and `renames`, which says which of the pairs
count as renamed. `change_list` and `grouping` tell it as `changes` that say each thing once, `picture` draws both
graphs as one. It calls `drawing` and `graph`, and knows no commits and no files. Begin with `compare`.
"""

from nnviz_action.comparison.changes import Change, GraphDiff
from nnviz_action.comparison.compare import diff

__all__ = ["Change", "GraphDiff", "diff"]
