"""A model in words and numbers, as Markdown: for readers who cannot see pictures, and for a plain text diff."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.freshness.lock import PARTS
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Graph, Module, TensorType, own_name

MOST_ROWS = 400
NOTHING_FAILED: Mapping[str, str] = MappingProxyType({})
_HEAD = ("module", "class", "details", "output", "parameters", "MACs", "activations, bytes", "saved, bytes")
Modules = tuple[Module, ...]


def summary(
    name: str,
    graph: Graph,
    drawing: Drawing,
    numbers: Mapping[str, int],
    failed: Mapping[str, str] = NOTHING_FAILED,
    notes: Sequence[str] = (),
) -> str:
    """The whole text. Numbers in the rows are those of all copies.

    `failed` says why a part could not be made, `notes` what readers should know of the graph.
    """
    folded = fold_repeats(drawing)
    if len(folded.boxes) > MOST_ROWS:
        folded = fold_leaves(drawing)
    note = ["Numbers are those of all copies of a block.", ""] if any(m.copies > 1 for m in _modules(folded)) else []
    without = [f"- without {PARTS[part]}: {_cell(why)}" for part, why in failed.items()]
    without += [f"- {_cell(note)}" for note in notes]
    lines = [
        f"# {_cell(name)}",
        "",
        *_facts(graph, numbers),
        *without,
        "",
        *note,
        *_table(_rows(folded), "saved" in numbers),
    ]
    return "\n".join(lines) + "\n"


def _facts(graph: Graph, numbers: Mapping[str, int]) -> Iterator[str]:
    unused, idle = graph.unused_parameters, graph.unused.get("macs", 0)
    yield f"- parameters: {numbers['parameters']:,}" + (f", of which {unused:,} are not used here" if unused else "")
    yield f"- trainable: {numbers['trainable']:,}"
    lost = f", and {idle:,} of calls that lead to no result" if idle else ""
    yield f"- MACs: {numbers['macs']:,} (FLOPs: {2 * numbers['macs']:,}){lost}"
    yield f"- activations: {numbers['activations']:,} bytes"
    if "saved" in numbers:
        yield f"- training keeps: {numbers['saved']:,} bytes of saved tensors, {numbers['gradients']:,} of gradients"
    counts = Counter(node.op for node in graph.walk())
    yield f"- operators: {', '.join(f'{op} {count}' for op, count in sorted(counts.items()))}"
    if graph.sizes:
        yield f"- counted for {', '.join(f'{name} = {size}' for name, size in graph.sizes.items())}"
    for what, names in (("input", graph.inputs), ("output", graph.outputs)):
        for value in names:
            yield f"- {what} {_cell(value)}: {graph.types.get(value) or TensorType('?', None)}"


def _modules(drawing: Drawing) -> Iterator[Module]:
    return (module for box in drawing.boxes for module in box.modules)


def _rows(drawing: Drawing) -> Iterator[tuple[str, ...]]:
    """Modules, each followed by what is in it."""
    outputs = {arrow.source: arrow.label for arrow in reversed(drawing.arrows)}
    inside: dict[Modules, list[Box]] = {}
    for box in drawing.boxes:
        for depth in range(1, len(box.modules) + 1):
            inside.setdefault(box.modules[:depth], []).append(box)
    begun: set[Modules] = set()
    for box in drawing.boxes:
        for depth in range(1, len(box.modules) + 1):
            scope = box.modules[:depth]
            if scope not in begun:
                begun.add(scope)
                yield _module_row(scope, inside[scope], drawing)
        if box.kind not in ("io", "entry"):
            details = "; ".join(box.rows)
            row = (_path(box.modules, box.title), box.subtitle, details, outputs.get(box.key, ""))
            yield (*row, *_numbers(box.numbers))


def _module_row(scope: Modules, boxes: Sequence[Box], drawing: Drawing) -> tuple[str, ...]:
    total = sum((box.numbers for box in boxes), Numbers())
    keys = {box.key for box in boxes}
    gives = (a.label for box in reversed(boxes) for a in drawing.leaving(box.key) if a.target not in keys)
    kind = " ".join(filter(None, (scope[-1].short_kind, scope[-1].times)))
    return (f"**{_path(scope[:-1], own_name(scope))}**", kind, "", next(gives, ""), *_numbers(total))


def _path(modules: Modules, title: str) -> str:
    return ".".join([*(own_name(modules[: i + 1]) for i in range(len(modules))), title])


def _numbers(numbers: Numbers) -> tuple[str, ...]:
    shown = (numbers.parameters, numbers.macs, numbers.activations, numbers.saved)
    return tuple(f"{n:,}" if n else "" for n in shown)


def _table(rows: Iterator[tuple[str, ...]], trained: bool) -> Iterator[str]:
    """The rows below their head; without the last column where nobody knows what training saves."""
    width = len(_HEAD) if trained else len(_HEAD) - 1
    yield f"| {' | '.join(_HEAD[:width])} |"
    yield f"|---|---|---|---{'|--:' * (width - 4)}|"
    yield from (f"| {' | '.join(map(_cell, row[:width]))} |" for row in rows)


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return plain.replace("_", "\\_") if "__" in plain else plain
