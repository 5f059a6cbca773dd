"""What is true of all weights in a module is said of the module, once."""

from nnviz_action.diff.details import THAWED
from nnviz_action.diff.facts import FROZEN, TYPE
from nnviz_action.diff.parts import Part

MOST_EXCEPTIONS = 2
Details = dict[int, tuple[str, ...]]


def lift_to_modules(root: Part, details: Details) -> Details:
    """Details by the id of the new part, those that all layers with weights of a module share moved up to it."""
    lifted = dict(details)
    _lift(root, lifted)
    return {part: said for part, said in lifted.items() if said}


def _lift(part: Part, details: Details) -> None:
    if part.box is not None:
        return
    weighty = [leaf for leaf in part.leaves() if leaf.has_weights]
    said = {d for leaf in weighty for d in details.get(id(leaf), ()) if _is_liftable(d)}
    for detail in sorted(said):
        of = [leaf for leaf in weighty if detail in details.get(id(leaf), ())]
        others = _outermost(part, {id(leaf) for leaf in weighty} - {id(leaf) for leaf in of})
        most = len(_outermost(part, {id(leaf) for leaf in of}))
        if len(of) > 1 and (not others or (len(others) <= MOST_EXCEPTIONS and most > len(others))):
            _move_up(part, detail, of, others, details)
    for child in part.children:
        _lift(child, details)


def _move_up(part: Part, detail: str, of: list[Part], others: list[Part], details: Details) -> None:
    for leaf in of:
        details[id(leaf)] = tuple(d for d in details[id(leaf)] if d != detail)
    text = f"all {detail}" if detail.startswith(TYPE) else f"all weights {detail}"
    text += f" but those of {' and '.join(other.short_path(part.path) for other in others)}" if others else ""
    details[id(part)] = (*details.get(id(part), ()), text)


def _outermost(part: Part, leaves: set[int]) -> list[Part]:
    """The largest parts all of whose leaves with weights are among these."""
    weighty = {id(leaf) for leaf in part.leaves() if leaf.has_weights}
    if weighty and weighty <= leaves:
        return [part]
    return [found for child in part.children for found in _outermost(child, leaves)] if weighty & leaves else []


def _is_liftable(detail: str) -> bool:
    return detail in (FROZEN, THAWED) or detail.startswith(f"{TYPE} ")
