"""Drawing → PNG within a time limit: where a layout takes too long, a coarser one is drawn."""

from nnviz_action.drawing import Drawing
from nnviz_action.fold import BUDGET, fold
from nnviz_action.render.dot import to_dot
from nnviz_action.render.layout import LayoutTimeoutError, render_png
from nnviz_action.render.png import finish
from nnviz_action.repeats import fold_repeats

SECONDS = 10.0
COARSEST = 12
MOST_ARROWS = 140  # beyond this neither dot nor a reader follows them


def picture(drawing: Drawing, title: str, facts: str, digest: str, budget: int = BUDGET) -> bytes:
    """The PNG of a drawing, with as many boxes as the budget and the time for its layout admit."""
    short = fold_repeats(drawing)
    while True:
        folded = fold(short, budget)
        while len(folded.arrows) > MOST_ARROWS and budget > COARSEST:
            budget = max(COARSEST, budget * 2 // 3)
            folded = fold(short, budget)
        shown = facts if len(folded.boxes) == len(drawing.boxes) else f"{facts} · folded"
        try:
            return finish(render_png(to_dot(folded, title, shown), SECONDS), digest)
        except LayoutTimeoutError:
            if budget <= COARSEST:
                raise
            budget = max(COARSEST, budget // 3)
