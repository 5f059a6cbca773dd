"""How much speaks for two parts being one."""

from collections import Counter
from math import log10, sqrt

from nnviz_action.comparison.parts import Part

LARGEST = 64  # leaves beyond which a part weighs no more
ALIKE = 0.5  # from which on modules of other names and classes are one


def score(one: Part, other: Part) -> float:
    """How much speaks for two parts being one; 0 if they are not."""
    if one.is_end or other.is_end:
        return _end_score(one, other)
    if one.is_module != other.is_module:
        return _mixed_score(one, other)
    if not one.is_module:
        return _function_score(one, other)
    if one.name != other.name and (one.call != other.call or _is_other(one, other)):
        return 0.0  # a module that is called once more, and another one
    if (one.box is None) != (other.box is None):
        return 0.0 if _is_row(*((one, other) if one.box is None else (other, one))) else 0.5 * name_score(one, other)
    if one.box is not None:
        return _layer_score(one, other)
    if _holds_rows(one, other) and nested(one, other) is None and nested(other, one) is None:
        return 0.0
    return _module_score(one, other) * sqrt(min(one.size, other.size, LARGEST))


def _holds_rows(one: Part, other: Part) -> bool:
    """Whether one is called as the row is that the other stands in: a list that is called as a whole is none of what
    it held."""
    return one.stem == f"{other.name}." or other.stem == f"{one.name}."


def _is_other(one: Part, other: Part) -> bool:
    """Whether the name of one is still there, or that of the other was there before: names before positions."""
    if one.stem is not None and one.stem == other.stem:
        return False
    homes = one.parent, other.parent
    return (homes[1] is not None and one.name in homes[1].child_names) or (
        homes[0] is not None and other.name in homes[0].child_names
    )


def _is_row(module: Part, layer: Part) -> bool:
    """Whether several layers of a numbered module are found around the layer: one row became several, or the other
    way round."""
    if module.stem is None or layer.stem is None or layer.parent is None or module.parent is None:
        return False
    return len((module.child_contents & layer.parent.child_contents) - module.parent.child_contents) > 1


def _end_score(one: Part, other: Part) -> float:
    """An input or output by another name is the same where it has the same type and stands among the same."""
    if one.kind != other.kind or not (one.is_end and other.is_end):
        return 0.0
    if one.name == other.name:
        return 8.0
    alike = one.context == other.context and one.types == other.types
    return 2.0 + alike if alike else 0.0


def _mixed_score(one: Part, other: Part) -> float:
    """`relu(x)` and a module `ReLU` in its place; `linear(x, fc.weight)` and the module `fc`."""
    if one.facts is None or other.facts is None:
        return 0.0
    if one.facts.made_of == other.facts.made_of and not set(one.weights).isdisjoint(other.weights):
        return 5 + _near(one, other)
    return 1 + _near(one, other) if one.content_of_facts == other.content_of_facts else 0.0


def _function_score(one: Part, other: Part) -> float:
    if one.kind != other.kind:
        return 0.0
    same = one.content == other.content
    return (4 if same else 2) + 4 * _near(one, other) + (0.1 if same and one.loose == other.loose else 0)


def _layer_score(one: Part, other: Part) -> float:
    name = name_score(one, other)
    if one.kind != other.kind and one.short_kind != other.short_kind:
        return 0.5 * name + (0.1 * _near(one, other) if name else 0)
    near = 0.1 * _near(one, other) + 0.05 * log10(1 + one.numbers.parameters)
    if one.content != other.content:
        return name + 2 + near
    # What has no weights is soon the same as something else: a name says more.
    return name + (5 if name or one.numbers.parameters else 3) + near


def _module_score(one: Part, other: Part) -> float:
    if one.content == other.content:
        return 5 + name_score(one, other)
    if any(child.content in (one.content, other.content) for child in (*one.children, *other.children)):
        # One is inside of what the other became.
        return 4 + name_score(one, other) if one.name == other.name else 0.0
    alike = (common(one.bag, other.bag) + common(one.kinds, other.kinds)) / 2
    name, kind = name_score(one, other), one.short_kind == other.short_kind
    if one.name == other.name and _is_replaced(one, other):
        name = 4.0  # so that nothing but its place tells what it was
    return (
        name + kind + 4 * alike if one.name == other.name or (alike >= ALIKE / 2 and kind) or alike >= ALIKE else 0.0
    )


def _is_replaced(one: Part, other: Part) -> bool:
    """Whether neither class is found in the other row."""
    homes = one.parent, other.parent
    return None not in homes and not (
        one.kind in homes[1].child_kinds or other.kind in homes[0].child_kinds  # type: ignore[union-attr]
    )


def nested(outer: Part, inner: Part) -> Part | None:
    """The module in another one that became it, or that it was: equal, or of its class, which the outer one is not,
    and about the same."""
    if outer.content == inner.content:
        return None
    if outer.kind == inner.kind:
        if outer.name != inner.name and (outer.stem is None or outer.stem != inner.stem):
            return _nearer(outer, inner)
        return next((child for child in outer.children if child.content == inner.content), None)
    alike = [part for part in outer.modules_within if part.kind == inner.kind]
    return alike[0] if len(alike) == 1 and common(alike[0].kinds, inner.kinds) >= ALIKE else None


def _nearer(outer: Part, inner: Part) -> Part | None:
    """The module of the same class in a module that has more in common with another one than that has itself."""
    alike = [part for part in outer.modules_within if part.kind == inner.kind]
    best = max(alike, key=lambda part: common(part.bag, inner.bag), default=outer)
    return best if common(best.bag, inner.bag) > common(outer.bag, inner.bag) else None


def name_score(one: Part, other: Part) -> float:
    """4 for a name that says something, 1 for an index in the same row, hardly more for the same index: all that
    follow in a long row must not outweigh what was put in."""
    if one.name == other.name:
        return 4.0 if one.stem is None else 1.001
    return 1.0 if one.stem is not None and one.stem == other.stem else 0.0


def _near(one: Part, other: Part) -> float:
    return common(one.surroundings, other.surroundings)


def common(one: Counter[int] | Counter[str], other: Counter[int] | Counter[str]) -> float:
    """The part of both that is in both (Dice 1945)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0  # type: ignore[operator]
