"""ONNX files: reading one as a `Graph`, and writing one without weights, the same bytes everywhere."""

from nnviz_action.graph.onnx_file.read import parse_graph, read_graph

__all__ = ["parse_graph", "read_graph"]
