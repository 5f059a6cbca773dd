"""`graph.json`: a graph as text that people read in a git diff, and that is read back with suspicion.

`write` and `read` turn a graph into rows (`write_rows`) and back (`read_rows`); both build on `names` (how a row
calls a value), `modules` (where it lies), `entries` and `texts` (how one is written). `fold` writes rows that
repeat once, `unfold` repeats them; `layout` makes the text, `document` reads it, `limits` says how much a file may
hold. docs/graph-format.md tells the format. Begin with `write`.
"""

from nnviz_action.graph.graph_file.read import parse_graph_file
from nnviz_action.graph.graph_file.write import graph_bytes

__all__ = ["graph_bytes", "parse_graph_file"]
