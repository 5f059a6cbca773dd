"""torchview's picture of densenet201, as its documentation shows it: what ours is timed against.

Usage: python bench/rival.py FOLDER
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

import pygraphviz
import vision  # noqa: F401  # torchvision imports beside any build of torch after it
from torchview import draw_graph
from torchvision.models import densenet201

# With its default depth of 3 the layout did not end within 400 s; all the way down, with nested frames, it does.
drawn = draw_graph(
    densenet201(weights=None), input_size=(1, 3, 224, 224), device="meta", depth=10, expand_nested=True
)
# The Graphviz that we use too: torchview's own call wants one on PATH.
pygraphviz.AGraph(string=drawn.visual_graph.source).draw(f"{sys.argv[1]}/rival.png", prog="dot", format="png")
