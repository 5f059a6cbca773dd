"""Where a long row of children parts: at the borders of stages, where the size of the feature maps changes."""

from collections.abc import Sequence

from nnviz_action.drawing.boxes import Drawing

_IMAGE = 4  # axes from which on those behind the first two are places: batch, channels, height, width


def cuts(drawing: Drawing, children: Sequence[Sequence[str]], most: int) -> list[int]:
    """The places before which a row of children, told by the keys of their boxes, is cut into 2 … `most` groups.

    Without such borders, or with too many, the groups have one length.
    """
    sizes = [_places(drawing, set(keys)) for keys in children]
    known = [next((size for size in sizes[i::-1] if size), "") for i in range(len(sizes))]
    borders = [i for i in range(1, len(known)) if known[i] != known[i - 1] and known[i - 1]]
    longest = max(b - a for a, b in zip([0, *borders], [*borders, len(children)], strict=True))
    if borders and len(borders) < most and longest <= 2 * most:
        return borders
    size = max(2, -(-len(children) // most))
    return list(range(size, len(children), size))


def _places(drawing: Drawing, keys: set[str]) -> str:
    """Height and width of what a child gives to others: `56×56`; empty where that is no feature map."""
    for key in keys:
        for arrow in drawing.leaving(key):
            axes = arrow.label.partition(" ")[0].split("×")
            if arrow.target not in keys and len(axes) >= _IMAGE and axes[-1].isdecimal():
                return "×".join(axes[2:])
    return ""
