"""Diffs over the corpus: of each model with itself, which must be empty, and with the next one, which must be readable.

Usage, after run.py: python bench/corpus/comparisons.py [FOLDER]
"""

import sys
import time
from itertools import pairwise
from pathlib import Path

from nnviz_action.comparison import GraphDiff, diff
from nnviz_action.comparison.model_diffs import ModelDiff, State
from nnviz_action.drawing.fold import BUDGET
from nnviz_action.freshness.outputs import GRAPH
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.project.change_pictures import draw_changes
from nnviz_action.render.mermaid import to_mermaid
from nnviz_action.render.review import flaws


def lines(folder: Path) -> list[str]:
    """What to report of all graphs below a folder."""
    files = sorted(folder.glob(f"*/{GRAPH}"))
    graphs = {path.parent.name: parse_graph_file(path.read_bytes(), GRAPH) for path in files}
    full = [name for name, graph in graphs.items() if not diff(graph, graph).is_empty]
    flawed, unfair, slowest, flowcharts = [], [], 0.0, 0
    for (one, old), (other, new) in pairwise(graphs.items()):
        start = time.perf_counter()
        found = diff(old, new)
        slowest = max(slowest, time.perf_counter() - start)
        drawn = draw_changes(_model(other, found), f"{one} → {other}")
        flawed += [f"{one} → {other}: {flaw}" for flaw in flaws(drawn.sheet, BUDGET, labelled=True)]
        flowcharts += bool(to_mermaid(drawn.drawing))
        unfair += [f"{one} → {other}"] if _sides(found) != _sides(diff(new, old))[::-1] else []
    pairs = len(graphs) - 1
    return [
        f"`diff(g, g)` empty: {len(graphs) - len(full)} of {len(graphs)}{_listed(full)}",
        f"Each with the next, altogether other model: {pairs - len(unfair)} of {pairs} diffs swap added and removed "
        f"when reversed, the slowest takes {slowest:.1f} s{_listed(unfair)}",
        f"Flaws in the {pairs} pictures of these: {len(flawed)}; {flowcharts} fit GitHub's Mermaid{_listed(flawed)}",
    ]


def _model(name: str, found: GraphDiff) -> ModelDiff:
    return ModelDiff(name, State.CHANGED, found)


def _sides(found: GraphDiff) -> tuple[list[str], list[str]]:
    """The paths that came and those that went."""
    return tuple(  # type: ignore[return-value]
        sorted(path for c in found.changes if c.kind == kind for path in c.places or (c.path,))
        for kind in ("added", "removed")
    )


def _listed(items: list[str]) -> str:
    more = [f"and {len(items) - 20} more"] if len(items) > 20 else []
    return "".join(f"\n  - {item}" for item in [*items[:20], *more])


if __name__ == "__main__":
    print("\n".join(lines(Path(sys.argv[1] if sys.argv[1:] else Path(__file__).resolve().parent / "work/diagrams"))))
