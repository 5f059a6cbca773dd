"""ONNX files: reading one as a `Graph`, and writing one without weights, the same bytes everywhere.

`sound` refuses what holds no graph. `foreign` takes a file of any framework: `functions` opens what it calls,
`emptying` says what in it is a weight, `contradictions` what cannot be true; `namespace` says which module an
operator is in. `shapes` completes what inference left open, with rules for names (`named_…`, `held_values`) and for
what ONNX Runtime fuses (`fused…`). `weight_nodes` stand for weights, `names` and `write` make the file canonical.
Begin with `read`.
"""

from nnviz_action.graph.onnx_file.read import parse_graph, read_graph

__all__ = ["parse_graph", "read_graph"]
