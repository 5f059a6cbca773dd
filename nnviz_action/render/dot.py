"""Drawing → DOT text. Pure: no Graphviz, no disk."""

from collections.abc import Iterator, Mapping
from html import escape

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.graph import Module, own_name
from nnviz_action.render import style
from nnviz_action.render.numbers import short

Attributes = Mapping[str, str | int | float]


def to_dot(drawing: Drawing, title: str, facts: str) -> str:
    """The picture as DOT, under a heading of the title and a line of facts."""
    ids = {box.key: f"n{i}" for i, box in enumerate(drawing.boxes)}
    lines = [
        f"digraph G {{ {_attributes(_graph(title, facts, _legend(drawing)))}",
        f'node [fontname="{style.FONT}"]; edge {_bracket(_EDGE)};',
        *_tree(drawing.boxes, ids),
        *(_arrow(arrow, ids) for arrow in drawing.arrows),
        "}",
    ]
    return "\n".join(lines)


_EDGE: Attributes = {
    "fontname": style.FONT, "fontsize": style.SMALL_SIZE, "color": style.ARROW, "fontcolor": style.SOFT_INK,
    "arrowsize": 0.6, "penwidth": 1.2,
}  # fmt: skip


def _graph(title: str, facts: str, legend: str) -> Attributes:
    heading = (
        '<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">'
        f'<TR><TD ALIGN="LEFT">{_font(title, style.TITLE_SIZE, style.INK, bold=True)}</TD></TR>'
        f'<TR><TD ALIGN="LEFT">{_font(facts, style.TEXT_SIZE, style.SOFT_INK)}</TD></TR>'
        f"{legend}"
        '<TR><TD HEIGHT="10"></TD></TR></TABLE>'
    )
    return {
        "bgcolor": style.PAPER, "rankdir": "TB", "nodesep": 0.35, "ranksep": 0.34, "pad": 0.3, "labelloc": "t",
        "labeljust": "l", "fontname": style.FONT, "label": f"<{heading}>",
    }  # fmt: skip


def _legend(drawing: Drawing) -> str:
    kinds = [kind for kind in style.LEGEND if any(box.kind == kind for box in drawing.boxes)]
    cells = "".join(
        f'<TD WIDTH="12" HEIGHT="12" FIXEDSIZE="TRUE" BORDER="1" COLOR="{style.KINDS[kind].line}" '
        f'BGCOLOR="{style.KINDS[kind].fill}"></TD>'
        f'<TD ALIGN="LEFT">{_font(style.LEGEND[kind] + "   ", style.SMALL_SIZE, style.SOFT_INK)}</TD>'
        for kind in kinds
    )
    table = f'<TABLE BORDER="0" CELLSPACING="4" CELLPADDING="0"><TR>{cells}</TR></TABLE>'
    return f'<TR><TD ALIGN="LEFT">{table}</TD></TR>' if cells else ""


def _tree(boxes: tuple[Box, ...], ids: Mapping[str, str]) -> Iterator[str]:
    """Boxes inside nested clusters, one a module, each module once even where its boxes are scattered."""
    members: dict[tuple[Module, ...], list[Box]] = {(): []}
    for box in boxes:
        for depth in range(len(box.modules) + 1):
            members.setdefault(box.modules[:depth], [])
        members[box.modules].append(box)
    serial = {path: i for i, path in enumerate(members)}

    def walk(path: tuple[Module, ...]) -> Iterator[str]:
        yield from (_box(box, ids[box.key]) for box in members[path])
        for child in members:
            if len(child) == len(path) + 1 and child[:-1] == path:
                yield f"subgraph cluster_{serial[child]} {{ {_attributes(_cluster(child))}"
                yield from walk(child)
                yield "}"

    return walk(())


def _cluster(path: tuple[Module, ...]) -> Attributes:
    module = path[-1]
    name = _font(own_name(path), style.TEXT_SIZE, style.SOFT_INK, bold=True)
    label = f"<{name}{_font('  ' + module.short_kind, style.TEXT_SIZE, style.SOFT_INK)}>"
    return {
        "style": "rounded,filled", "fillcolor": style.CLUSTER_FILLS[len(path) % 2], "color": style.CLUSTER_LINE,
        "margin": 10, "labeljust": "l", "label": label,
    }  # fmt: skip


def _box(box: Box, name: str) -> str:
    kind = style.KINDS[box.kind]
    attributes: dict[str, str | int | float] = {
        "shape": "box", "style": "rounded,filled", "fillcolor": kind.fill, "color": kind.line, "penwidth": 1.2,
        "margin": "0.08,0.03", "height": 0.28, "label": _card(box, kind),
    }  # fmt: skip
    attributes |= dict(kind.extra)
    return f"{name} {_bracket(attributes)};"


def _card(box: Box, kind: style.Kind) -> str:
    count = short(box.parameters) if box.parameters else ""
    right = _cell(_font(box.subtitle, style.SMALL_SIZE, kind.line), "RIGHT") if box.subtitle else ""
    rows = [f"<TR>{_cell(_font(box.title, style.TEXT_SIZE, style.INK, bold=True))}{right}</TR>"]
    for index, row in enumerate(box.rows):
        last = count if index == len(box.rows) - 1 else ""
        cells = _cell(_font(row, style.SMALL_SIZE, style.INK))
        cells += _cell(_font(last, style.SMALL_SIZE, style.SOFT_INK), "RIGHT") if last or right else ""
        rows.append(f"<TR>{cells}</TR>")
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>>'


def _cell(content: str, align: str = "LEFT") -> str:
    return f'<TD ALIGN="{align}">{content}</TD>'


def _font(text: str, size: int, color: str, bold: bool = False) -> str:
    inner = _html(text) or " "
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{f"<B>{inner}</B>" if bold else inner}</FONT>'


def _arrow(arrow: Arrow, ids: Mapping[str, str]) -> str:
    attributes: dict[str, str | int | float] = dict(style.ARROWS[arrow.style])
    if arrow.label:
        rows = "".join(f'<TR><TD ALIGN="LEFT">  {_html(line)}</TD></TR>' for line in arrow.label.split("\n"))
        attributes["label"] = f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>'
    return f"{ids[arrow.source]} -> {ids[arrow.target]} {_bracket(attributes)};"


def _html(text: str) -> str:
    """Text as Graphviz's HTML-like labels take it; control characters have no picture."""
    return escape("".join(c if c.isprintable() else "�" for c in text), quote=True)


def _bracket(attributes: Attributes) -> str:
    return f"[{_attributes(attributes, ',')}]"


def _attributes(attributes: Attributes, separator: str = ";") -> str:
    return separator.join(f"{key}={_value(value)}" for key, value in attributes.items())


def _value(value: str | int | float) -> str:
    if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
        return value
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
