"""What there is to know of a part that came or went, in words."""

from collections.abc import Iterator, Sequence

from nnviz_action.comparison.call_facts import TRAINING
from nnviz_action.comparison.parts import Part, Slot, listed
from nnviz_action.comparison.tree import Tree
from nnviz_action.comparison.wiring_words import home_of
from nnviz_action.drawing.details import VIEWS

JOINING = frozenset({"Add", "Sub", "Mul", "Div", "Concat", "add", "sub", "mul", "div", "cat", "stack"})
ARITHMETIC = frozenset({"Add", "Sub", "Mul", "Div", "Pow", "add", "sub", "mul", "div", "pow"})
_CASTS = frozenset({"to", "Cast"})
_WHOLE = VIEWS - {
    "split",
    "chunk",
    "unbind",
    "select",
    "narrow",
    "Split",
    "Slice",
}  # all of a value


def about(part: Part, tree: Tree) -> tuple[str, ...]:
    """Of an end its type; of all else what it puts together, how, with which weights."""
    if part.is_end:
        return part.types
    joins = joined(part, tree)
    texts = [joins] if joins else [*_own(part)] if part.is_module else [*_own(part), _fed(part, tree)]
    random = tree.in_eval and part.facts is not None and part.facts.firm.get(TRAINING) == "True"
    return tuple(filter(None, (*texts, "active in eval" * random)))


def joined(part: Part, tree: Tree) -> str:
    """What a function puts together: `of input, conv2`; empty for all others."""
    if not is_made_of(part, JOINING):
        return ""
    slots = list(dict.fromkeys(part.slots))
    behind = [_source(_behind_views(slot, tree), part, tree) for slot in slots]
    if len(set(behind)) < len({slot.source for slot in slots}):  # one value in two shapes
        behind = [_source(slot, part, tree) for slot in slots]
    sources = list(dict.fromkeys(behind))
    return f"of {', '.join(sources)}" if len(sources) > 1 else ""


def _source(slot: Slot, part: Part, tree: Tree) -> str:
    """A part by its name in the module around both, and which of its values; `input` for what comes from outside."""
    home, source = home_of(part), tree.leaves[slot.source]
    if home and not source.path.startswith(f"{home}."):
        return "input"
    given = (other for user in tree.users(slot.source) for other in user.slots if other.source == slot.source)
    several = any(other.what.isdecimal() and other.what != "0" for other in given)
    return f"{source.short_path(home)}{f' [{slot.what}]' if several else ''}"


def without_and_with(removed: Sequence[Part], added: Sequence[Part], old: Tree, new: Tree) -> Iterator[str]:
    """The weights that nothing uses any longer, or used before: `without buffer mask`; none that are called alike."""
    gone, come = _weights_alone(removed, old, new), _weights_alone(added, new, old)
    both = gone.keys() & come.keys()
    for word, found in (("without", gone), ("with", come)):
        kinds: dict[str, list[str]] = {}
        for name, kind in found.items():
            kinds.setdefault(kind, []).extend([name] * (name not in both))
        said = [f"{kind}{'s' * (len(names) > 1)} {listed(names)}" for kind, names in kinds.items() if names]
        yield from [f"{word} {' and '.join(said)}"] * bool(said)


def _weights_alone(parts: Sequence[Part], tree: Tree, other: Tree) -> dict[str, str]:
    """The weights that functions use and the other graph does not use at all: their own names, and their kinds."""
    names = (name for part in parts for name in part.weights if name not in other.weights)
    return {name.rpartition(".")[2]: tree.weights[name] for name in names}


def _own(part: Part) -> Iterator[str]:
    """What a part says of itself, and its weights."""
    is_cast = part.types and is_made_of(part, _CASTS)
    yield f"to {part.types[0].rpartition(' ')[2]}" if is_cast else part.about
    yield _weights(part)


def _weights(part: Part) -> str:
    """The line of its weights, where nothing else tells them."""
    rows = part.box.rows if part.box else ()
    return rows[-1] if rows and part.has_weights and (len(rows) == 1 or not part.is_module) else ""


def _fed(part: Part, tree: Tree) -> str:
    """What a function is applied to, where that is not the only way through the place where it stands."""
    slots = [slot for slot in part.slots if not slot.what.startswith("tied")]
    if len({slot.source for slot in slots}) != 1 or _is_view(part):
        return ""
    met = _met(part, tree)
    if is_made_of(part, ARITHMETIC):
        tells = bool(met) or len(tree.users(slots[0].source)) > 1
    else:
        tells = any(is_made_of(user, JOINING) for user in met)
    return f"of {_source(_behind_views(slots[0], tree), part, tree)}" if tells else ""


def _met(part: Part, tree: Tree) -> list[Part]:
    """Where what it gives, in whatever shape, meets something else."""
    queue, found = [part], []
    for maker in queue:
        for user in tree.users(maker.key):
            if len({slot.source for slot in user.slots}) > 1:
                found.append(user)
            elif _is_view(user) and user not in queue:
                queue.append(user)
    return found


def _behind_views(slot: Slot, tree: Tree) -> Slot:
    """What a value is, before it was brought into another shape."""
    source = tree.leaves[slot.source]
    while _is_view(source) and len(source.slots) == 1:
        slot = source.slots[0]
        source = tree.leaves[slot.source]
    return slot


def _is_view(part: Part) -> bool:
    """Whether a function only gives a value another shape."""
    return is_made_of(part, _WHOLE)


def is_made_of(part: Part, operators: frozenset[str]) -> bool:
    """Whether a function is nothing but these operators."""
    return not part.is_module and part.facts is not None and operators.issuperset(part.facts.made_of)
