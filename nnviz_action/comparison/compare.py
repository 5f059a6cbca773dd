"""Two graphs → what happened, at the level of modules and functions."""

from nnviz_action.comparison.box_marks import marks
from nnviz_action.comparison.change_list import list_changes
from nnviz_action.comparison.changes import Change, GraphDiff
from nnviz_action.comparison.checkpoint import compare_state
from nnviz_action.comparison.class_families import family_members
from nnviz_action.comparison.condensed import condense
from nnviz_action.comparison.details import compared, followed
from nnviz_action.comparison.execution_order import in_one_order
from nnviz_action.comparison.folding import fold, replaced_modules
from nnviz_action.comparison.function_swaps import all_swaps
from nnviz_action.comparison.grouping import group_changes
from nnviz_action.comparison.matching import Matching, Pair, match
from nnviz_action.comparison.merges import find_merged
from nnviz_action.comparison.module_details import Details, lift_to_modules
from nnviz_action.comparison.moves import find_moved
from nnviz_action.comparison.part_words import without_and_with
from nnviz_action.comparison.parts import within
from nnviz_action.comparison.residual_changes import residual_changes
from nnviz_action.comparison.severity import most_severe_first, severity
from nnviz_action.comparison.tree import Tree, tree_of
from nnviz_action.comparison.wiring import Side, handed_on, rewired
from nnviz_action.drawing.details import VIEWS
from nnviz_action.graph.values import Graph, TensorType


def diff(old: Graph, new: Graph) -> GraphDiff:
    """What one has to do to the old graph to get the new one.

    Shapes that follow from a change elsewhere, indices that follow from an insertion, and arrows that lead past what
    came or went are no changes of their own. Graphs of different digests differ in something.
    """
    before, after = map(tree_of, in_one_order(old, new))
    found = _matched(before, after)
    details = lift_to_modules(after.root, _without_views(found.pairs, _details(found, before, after)))
    changes = _rows(list_changes(found, before, after, details, list(all_swaps(found))), found)
    changes += residual_changes(old, new, bool(changes))
    checkpoint = compare_state(old, new, found)
    holders = [part.path for part in within([after.root]) if part.box is None]
    return GraphDiff(
        changes=tuple(most_severe_first(changes, severity(checkpoint, holders))),
        before=before.root.numbers,
        after=after.root.numbers,
        inputs=(_values(old, old.inputs), _values(new, new.inputs)),
        outputs=(_values(old, old.outputs), _values(new, new.outputs)),
        reshaped=sum(a.facts.types != b.facts.types for a, b in found.pairs if a.facts and b.facts),
        marks=marks(found, details),
        checkpoint=checkpoint,
        drawings=(before.drawing, after.drawing),
    )


def _rows(changes: list[Change], found: Matching) -> list[Change]:
    """What happened, told as briefly as it can be."""
    members = family_members(changes)
    outer = list(replaced_modules([c for c in changes if id(c) not in members], changes, found))
    return condense(fold(changes, outer, group_changes))


def _matched(before: Tree, after: Tree) -> Matching:
    """Of several ways to match that are equally good, the same one is chosen in both directions."""
    if _rank(before) > _rank(after):
        return _matched(after, before).turned()
    found = Matching()
    match(before.root, after.root, found)
    find_moved(found, before.leaves, after.leaves)
    find_merged(found)
    return found


def _rank(tree: Tree) -> tuple[int, list[tuple[str, str, str]]]:
    leaves = tree.leaves.values()
    return len(leaves), [(part.path, part.kind, str(part.facts.key() if part.facts else "")) for part in leaves]


def _values(graph: Graph, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(graph.types.get(name) or TensorType("?", None)) for name in names}


def _details(found: Matching, before: Tree, after: Tree) -> Details:
    """What is different about each pair, by the id of the new part."""
    moved = {leaf.key for _, b in found.moved for leaf in b.leaves()}
    stays = [(a, b) for a, b in found.leaves() if b.key not in moved]
    old = Side(before.leaves, {a.key: b.key for a, b in stays}, {a.key: b.key for a, b in found.leaves()})
    new = Side(after.leaves, {b.key: b.key for _, b in stays}, {b.key: b.key for _, b in found.leaves()})
    details = {id(b): tuple(compared(a, b, handed_on(a, b, old, new))) for a, b in found.pairs}
    for a, b in found.leaves():
        if not (a.is_module or b.is_module) and a.weights != b.weights:  # masks, of which no fact tells
            said = without_and_with([a], [b], before, after)
            told = " ".join(details[id(b)])
            details[id(b)] += tuple(text for text in said if " buffer" in text and text.split()[-1] not in told)
    merged = {id(merge.module) for merge in found.merged}
    for merge in found.merged:  # what several layers gave, one gives
        for side, parts in ((old, merge.old), (new, merge.new)):
            side.names |= {part.key: merge.new[0].key for part in parts}
    for a, b in stays:
        wires = rewired(a, b, old, new, is_merged=id(b.parent) in merged)
        details[id(b)] = tuple(dict.fromkeys((*details[id(b)], wires, *followed(a, b)))) if wires else details[id(b)]
    return {part: said for part, said in details.items() if said}


def _without_views(pairs: list[Pair], details: Details) -> Details:
    """Where the heads of attention changed, the views that split them say nothing new."""
    split = {id(b.parent) for _, b in pairs if any(d.startswith("heads ") for d in details.get(id(b), ()))}
    for _, b in pairs:
        if id(b.parent) in split and b.facts is not None and VIEWS.issuperset(b.facts.made_of):
            details.pop(id(b), None)
    return details
