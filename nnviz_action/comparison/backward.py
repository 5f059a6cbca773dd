"""What autograd records, as counts that a lock can keep, and what is otherwise in them."""

from collections import Counter
from collections.abc import Iterator, Mapping

from nnviz_action.comparison.path_ranges import mask
from nnviz_action.drawing.backward_groups import function_name
from nnviz_action.drawing.backward_names import plain_name
from nnviz_action.drawing.boxes import Box, Drawing

GRADIENT = "gradient"  # of a parameter that the loss depends on
MOST = 8  # lines
Counts = Mapping[str, int]


def backward_counts(drawing: Drawing) -> dict[str, int]:
    """How often each function was recorded in modules of one path, numbers left out, and how many parameters of one
    name receive a gradient: `layer*.*.relu ReluBackward`, `layer*.*.conv*.weight gradient`."""
    counts = Counter(filter(None, map(_what, drawing.boxes)))
    return dict(sorted(counts.items()))


def _what(box: Box) -> str:
    if box.kind == "function":
        path = box.modules[-1].path if box.modules else ""
        return f"{mask(path)} {function_name(plain_name(box.title))}Backward"
    return f"{mask(box.title)} {GRADIENT}" if box.kind == "leaf" and box.numbers.parameters else ""


def backward_changes(old: Counts, new: Counts) -> tuple[str, ...]:
    """A line for each count that is another: gradients first, as training depends on them."""
    keys = [key for key in dict.fromkeys((*old, *new)) if old.get(key, 0) != new.get(key, 0)]
    lines = list(_gradients(keys, old, new))
    for key in keys:
        path, _, name = key.rpartition(" ")
        if name != GRADIENT:
            lines.append(_function(path or "the top", name, old.get(key, 0), new.get(key, 0)))
    more = [f"{len(lines) - MOST} more"] if len(lines) > MOST else []
    return (*lines[:MOST], *more) or ("the same functions, wired otherwise, or of other sizes",)


def _gradients(keys: list[str], old: Counts, new: Counts) -> Iterator[str]:
    for key in keys:
        name, _, kind = key.rpartition(" ")
        if kind != GRADIENT:
            continue
        before, after = old.get(key, 0), new.get(key, 0)
        if 0 in (before, after):
            times = f" ×{before or after}" if (before or after) > 1 else ""
            verb = "receives a gradient now" if after else "no longer receives a gradient"
            yield f"{'+' if after else '-'} {name}{times}: {verb}"
        else:
            yield f"~ {name}: {before} → {after} receive a gradient"


def _function(path: str, name: str, before: int, after: int) -> str:
    if 0 in (before, after):
        times = f" ×{before or after}" if (before or after) > 1 else ""
        return f"{'+' if after else '-'} {path}: {name}{times}"
    return f"~ {path}: {name} {before} → {after}"
