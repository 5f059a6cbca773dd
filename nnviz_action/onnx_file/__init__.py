"""ONNX files: reading one as a `Graph`, and writing one without weights, the same bytes everywhere."""

from nnviz_action.onnx_file.read import read_graph

__all__ = ["read_graph"]
