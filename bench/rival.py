"""torchview's picture of densenet201, nested modules expanded: what ours is timed against.

Usage: python bench/rival.py FOLDER
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

import vision  # noqa: F401  # torchvision imports beside any build of torch after it
from torchview import draw_graph
from torchvision.models import densenet201

drawn = draw_graph(densenet201(weights=None), input_size=(1, 3, 224, 224), expand_nested=True)
if shutil.which("dot"):
    drawn.visual_graph.render("rival", directory=sys.argv[1], format="png")
else:  # torchview's own call wants Graphviz on PATH; the one in the wheel takes no less time
    import pygraphviz

    pygraphviz.AGraph(string=drawn.visual_graph.source).draw(f"{sys.argv[1]}/rival.png", prog="dot", format="png")
