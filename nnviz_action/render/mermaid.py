"""Drawing → Mermaid's flowchart, which GitHub draws by itself where there is no picture.

Limits are those of GitHub's Mermaid: 50,000 characters and 500 edges (https://mermaid.js.org/config/schema-docs/config.html:
`maxTextSize`, `maxEdges`).
"""

import re
from collections.abc import Iterator, Mapping

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.graph.values import Module, own_name
from nnviz_action.render import style
from nnviz_action.render.text import clean

MOST_CHARACTERS, MOST_EDGES = 50_000, 500
LONGEST = 120  # characters of a line
Modules = tuple[Module, ...]
_LINKS = {"solid": "-->", "saved": "-.-", "view": "-.->", "added": "==>", "removed": "-.->"}
_SHAPES = {"io": ('(["', '"])'), "module": ('[["', '"]]'), "entry": ('(("', '"))'), "port": ('(("', '"))')}
# Colours that can be read on GitHub's light and dark page alike: the fill is ours in both.
_CLASSES = {
    "added": "fill:#C9F0D3,stroke:#12612F,stroke-width:2px,color:#0B3A1C",
    "removed": "fill:#FFDCD9,stroke:#A1161F,stroke-width:2px,stroke-dasharray:5 3,color:#5C0C12",
    "changed": "fill:#FBE9B0,stroke:#7A5200,stroke-width:2px,color:#432D00",
}
_FRAME = "fill:transparent,stroke:#8C959F,stroke-width:1px"
# A comment is read on the way: Mermaid's own distances make a chart half as long again.
_SPACING = (
    '%%{init: {"flowchart": {"rankSpacing": 28, "nodeSpacing": 28, "padding": 9, "wrappingWidth": 320, '
    '"subGraphTitleMargin": {"top": 2, "bottom": 14}}}}%%'
)
_LINES = {"added": "#2DA44E", "removed": "#D1242F"}


def to_mermaid(drawing: Drawing) -> str:
    """The flowchart; empty where it would be more than GitHub draws."""
    ids = {box.key: f"n{index}" for index, box in enumerate(drawing.boxes)}
    tree = list(_tree(drawing, ids))
    lines = [_SPACING, "flowchart TD", *tree]
    for arrow in drawing.arrows:
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        lines.append(f"{ids[arrow.source]} {_LINKS.get(arrow.style, '-->')}{label} {ids[arrow.target]}")
    frames = [line.split(" ")[1] for line in tree if line.startswith("subgraph ")]
    lines += [f"classDef frame {_FRAME}", f"class {','.join(frames)} frame"] if frames else []
    present = {box.kind for box in drawing.boxes}
    lines += [f"classDef {name} {looks}" for name, looks in _CLASSES.items() if name in present]
    for kind, color in _LINES.items():
        numbers = [str(index) for index, arrow in enumerate(drawing.arrows) if arrow.style == kind]
        lines += [f"linkStyle {','.join(numbers)} stroke:{color},stroke-width:2px"] if numbers else []
    text = "\n".join(lines) + "\n"
    return text if len(text) <= MOST_CHARACTERS and len(drawing.arrows) <= MOST_EDGES else ""


def _tree(drawing: Drawing, ids: Mapping[str, str]) -> Iterator[str]:
    """Nodes in nested subgraphs, one a module, also where its boxes are scattered."""
    members: dict[Modules, list[Box]] = {(): []}
    children: dict[Modules, list[Modules]] = {(): []}
    for box in drawing.boxes:
        for depth in range(1, len(box.modules) + 1):
            if box.modules[:depth] not in members:
                members[box.modules[:depth]], children[box.modules[:depth]] = [], []
                children[box.modules[: depth - 1]].append(box.modules[:depth])
        members[box.modules].append(box)
    serial = {path: index for index, path in enumerate(members)}

    def walk(path: Modules) -> Iterator[str]:
        yield from (_node(box, ids[box.key]) for box in members[path])
        for child in children[path]:
            kind = " ".join(filter(None, (own_name(child), child[-1].short_kind, child[-1].times)))
            yield f'subgraph m{serial[child]} ["{_text(kind)}"]'
            yield from walk(child)
            yield "end"

    return walk(())


def _node(box: Box, name: str) -> str:
    start, end = _SHAPES.get(box.kind, ('["', '"]') if box.rows or box.subtitle else ('("', '")'))
    mark = f"{style.KINDS[box.kind].mark} " if box.kind in _CLASSES else ""
    title = " ".join(filter(None, (f"{mark}{box.title}", box.subtitle)))
    lines = "\n".join([title, *box.rows]) if box.kind not in ("entry", "port") else " "
    return f"{name}{start}{_text(lines)}{end}{f':::{box.kind}' if box.kind in _CLASSES else ''}"


def _text(text: str) -> str:
    """Text as Mermaid's entities where it could be taken for syntax, Markdown or HTML; lines stay lines."""
    lines = [clean(line) for line in text.split("\n")]
    short = [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines]
    return "\n".join(re.sub(r"[^\w .,×→…·+−/()-]|^[-+−]|^\d+[.)]", _entity, line) for line in short) or " "


def _entity(match: "re.Match[str]") -> str:
    return "".join(f"#{ord(char)};" for char in match[0])
