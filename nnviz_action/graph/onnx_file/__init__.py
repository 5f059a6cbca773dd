"""ONNX files: reading one as a `Graph`, and writing one without weights, the same bytes everywhere.

`sound` refuses what holds no graph, `foreign` takes a file of any framework, `shapes` completes what inference left
open, `names` and `write` make the file canonical. Begin with `read`.
"""

from nnviz_action.graph.onnx_file.read import parse_graph, read_graph

__all__ = ["parse_graph", "read_graph"]
