"""Cards and arrows → DOT that holds nothing but sizes: Graphviz places, it does not paint. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from nnviz_action.drawing.boxes import Arrow
from nnviz_action.graph.values import Module
from nnviz_action.render import style
from nnviz_action.render.card import Card

Modules = tuple[Module, ...]
Size = tuple[float, float]
INCH = 72  # Graphviz's points: one is a pixel here


def to_dot(cards: Sequence[Card], arrows: Sequence[tuple[Arrow, Size]], titles: Mapping[Modules, float]) -> str:
    """Nodes `n0`, `n1` … in the order of the cards, arrows with the sizes of their labels, clusters `cluster_0` …
    in the order of `titles`, which gives the width of each title."""
    ids = {card.box.key: f"n{i}" for i, card in enumerate(cards)}
    lines = [
        f"digraph G {{ nodesep={style.NODE_GAP / INCH:.4f}; ranksep={style.RANK_GAP / INCH:.4f};",
        'node [shape=box,fixedsize=true,label=""]; edge [arrowsize=0.6];',
        *_tree(cards, ids, titles),
        *(_arrow(index, arrow, size, ids) for index, (arrow, size) in enumerate(arrows)),
        "}",
    ]
    return "\n".join(lines)


def _tree(cards: Sequence[Card], ids: Mapping[str, str], titles: Mapping[Modules, float]) -> Iterator[str]:
    """Nodes inside nested clusters, one a module, each module once even where its boxes are scattered."""
    serial = {path: i for i, path in enumerate(titles)}
    members: dict[Modules, list[Card]] = {(): [], **{path: [] for path in titles}}
    for card in cards:
        members[card.box.modules].append(card)

    def walk(path: Modules) -> Iterator[str]:
        yield from (_node(card, ids[card.box.key]) for card in members[path])
        for child in titles:
            if len(child) == len(path) + 1 and child[:-1] == path:
                label = _room(titles[child] + 2, style.CLUSTER_TITLE)
                yield f"subgraph cluster_{serial[child]} {{ labeljust=l; label={label};"
                yield f"margin={style.CLUSTER_MARGIN};"
                yield from walk(child)
                yield "}"

    return walk(())


def _node(card: Card, name: str) -> str:
    return f"{name} [width={card.width / INCH:.4f},height={card.height / INCH:.4f}];"


def _arrow(index: int, arrow: Arrow, size: Size, ids: Mapping[str, str]) -> str:
    label = f",label={_room(*size)}" if size[0] else ""
    head = "" if style.ARROWS[arrow.style][1] else ",dir=none"
    loose = ",weight=0" if arrow.style == "removed" else ""  # what is gone must not bend what is there
    return f"{ids[arrow.source]} -> {ids[arrow.target]} [id={index}{label}{head}{loose}];"


def _room(width: float, height: float) -> str:
    """A label of this size."""
    cell = f'<TD FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{round(height)}"></TD>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cell}</TR></TABLE>>'
