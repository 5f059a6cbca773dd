"""Inputs and outputs: each is there, some of them in one box."""

from collections.abc import Iterable

from nnviz_action.drawing.stages.web import ENDS, Near, Part, Web

MOST_ENDS = 5  # boxes of inputs, and of outputs


def merge_ends(web: Web) -> None:
    """Inputs that go to the same parts are one, outputs of the same parts too; all, where there are too many."""
    for ends, near in _sides(web):
        groups: dict[object, list[Part]] = {}
        for part in ends:
            groups.setdefault(frozenset(near[part]), []).append(part)
        for group in [ends] if len(groups) > MOST_ENDS else groups.values():
            merge_all(web, group)


def gather_ends(web: Web, most: int) -> None:
    """All outputs become one box, or all inputs, or both, where no more parts than `most` are left then."""
    inputs, outputs = (ends for ends, _ in _sides(web))
    for rows in ([outputs], [inputs], [outputs, inputs]):
        saved = sum(len(row) - 1 for row in rows if row)
        if len(web.parts) > most >= len(web.parts) - saved:
            for row in rows:
                merge_all(web, row)


def _sides(web: Web) -> list[tuple[list[Part], dict[Part, Near]]]:
    """The inputs with what is behind them, the outputs with what is before them; what is both or neither is an
    input."""
    ends = [part for part in web.in_order() if part.rank == ENDS]
    outputs = [part for part in ends if web.before[part]]
    return [([part for part in ends if not web.before[part]], web.after), (outputs, web.before)]


def merge_all(web: Web, parts: Iterable[Part]) -> None:
    """One part of all of these."""
    row = list(parts)
    for part in row[1:]:
        web.merge(row[0], part)
