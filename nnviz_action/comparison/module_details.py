"""What is true of all weights in a module is said of the module, once."""

from collections import Counter
from collections.abc import Set

from nnviz_action.comparison.details import THAWED
from nnviz_action.comparison.facts import FROZEN, TYPE
from nnviz_action.comparison.parts import Part, listed

MOST_EXCEPTIONS = 3
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
        told = {id(leaf) for leaf in of}
        left = {id(leaf): leaf for leaf in weighty if id(leaf) not in told}
        others, most = _names(part, _outermost(part, left.keys())), len(_outermost(part, told))
        if len(of) > 1 and (not others or (len(others) <= MOST_EXCEPTIONS and most > len(others))):
            kept = {key for key, leaf in left.items() if not _is_so(leaf, detail)}
            _move_up(part, detail, of, _names(part, _outermost(part, kept)), details)
    for child in part.children:
        _lift(child, details)


def _is_so(leaf: Part, detail: str) -> bool:
    """Whether what is said of others is true of a layer now, be it new or as it was."""
    firm = leaf.facts.firm if leaf.facts is not None else {}
    if detail in (FROZEN, THAWED):
        if leaf.numbers.parameters == 0:  # buffers alone, which never train
            return True
        return firm.get(FROZEN) == ("all" if detail == FROZEN else None)
    return firm.get(TYPE) == detail.rpartition(" ")[2]


def _names(home: Part, parts: list[Part]) -> list[str]:
    """Parts by their paths in a module; several of one name by this."""
    counts = Counter(part.name for part in parts)
    return list(dict.fromkeys(_name(home, part, counts[part.name]) for part in parts))


def _name(home: Part, part: Part, count: int) -> str:
    return f"{part.name} ×{count}" if count > 1 and part.stem is None else part.short_path(home.path)


def _move_up(part: Part, detail: str, of: list[Part], others: list[str], details: Details) -> None:
    for leaf in of:
        details[id(leaf)] = tuple(d for d in details[id(leaf)] if d != detail)
    text = f"all {detail}" if detail.startswith(TYPE) else f"all weights {detail}"
    text += f" but those of {listed(others)}" if others else ""
    details[id(part)] = (*details.get(id(part), ()), text)


def _outermost(part: Part, leaves: Set[int]) -> list[Part]:
    """The largest parts all of whose leaves with weights are among these."""
    weighty = {id(leaf) for leaf in part.leaves() if leaf.has_weights}
    if weighty and weighty <= leaves:
        return [part]
    return [found for child in part.children for found in _outermost(child, leaves)] if weighty & leaves else []


def _is_liftable(detail: str) -> bool:
    return detail in (FROZEN, THAWED) or (detail.startswith(f"{TYPE} ") and " → " in detail)
