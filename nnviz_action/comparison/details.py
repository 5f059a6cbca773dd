"""Two parts that are one → what is different about them, in words."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from nnviz_action.comparison.expressions import steps
from nnviz_action.comparison.facts import FROZEN, TYPE, Facts
from nnviz_action.comparison.options import attribute_default
from nnviz_action.comparison.parts import Part, listed, within
from nnviz_action.comparison.shortened import shared
from nnviz_action.drawing.call_lines import CODE

MOST_OPERATORS = 6
THAWED = "no longer frozen"
_ORDER = ("shape", "type", "kernel", "stride", "pad", "dilation", "groups", "in", "out", "hidden", "layers")


def compared(a: Part, b: Part, handed_on: Collection[str] = ()) -> Iterator[str]:
    """`kernel 3 → 5`, `bias added`; nothing for what follows from other sizes of what comes in, nor of the
    weights that one of both is given by way of others."""
    if (a.box is None) != (b.box is None) or a.kind != b.kind:
        yield from _replaced(a, b)
        if a.facts is None or b.facts is None or a.facts.made_of != b.facts.made_of:
            yield from _more_weights(a, b)
            return
    if a.facts is not None and b.facts is not None:
        same = {*a.weights} & {*b.weights} if a.is_module != b.is_module else ()  # under another label
        one, other = (_without(facts, (*handed_on, *same)) for facts in (a.facts, b.facts))
        if handed_on:  # the shape of a weight tells the sizes only where it is given as it is
            kept = one.firm.keys() & other.firm.keys()
            one, other = (_without_sizes(facts, kept) for facts in (one, other))
        yield from _facts(a, b, one, other)


def _without(facts: Facts, weights: Collection[str]) -> Facts:
    """What is said of these weights left out."""
    labels = {label for label in facts.firm for name in weights if f".{name}".endswith(f".{label}")}
    labels |= {FROZEN, TYPE} if labels else set()
    return replace(facts, firm={k: v for k, v in facts.firm.items() if k not in labels}) if labels else facts


def _without_sizes(facts: Facts, kept: Collection[str]) -> Facts:
    return replace(facts, firm={k: v for k, v in facts.firm.items() if k in kept or k not in ("in", "out", "kernel")})


def _replaced(a: Part, b: Part) -> Iterator[str]:
    """Another class, and what is to be said of it that was not true of the one before."""
    if a.full_kind == b.full_kind and a.is_module and b.is_module:
        yield _parametrized(a, b)
        return
    yield " → ".join(_classes(a, b))
    swapped = (a.box is None) != (b.box is None)
    if b.about and b.about != a.about and (swapped or (b.box is not None and not _made_alike(a, b))):
        yield b.about


def _classes(a: Part, b: Part) -> tuple[str, str]:
    """What both are called; a layer that is called no more, and whose weights are still used, by its name as well."""
    if a.is_module and not b.is_module and a.has_weights:
        return f"{a.short_path(a.parent.path if a.parent else '')} ({a.called})", b.called
    same = a.short_kind == b.short_kind and a.is_module == b.is_module
    return (a.full_kind, b.full_kind) if same else (a.called, b.called)


def _more_weights(a: Part, b: Part) -> Iterator[str]:
    """Of a layer that does something more than it did: the weights for that, and whether others are frozen."""
    if a.facts is None or b.facts is None or not (a.has_weights and b.has_weights):
        return
    few, many = sorted((Counter(facts.made_of) for facts in (a.facts, b.facts)), key=Counter.total)
    if not few <= many:
        return
    own = [{name.rpartition(".")[2] for name in part.weights} for part in (a, b)]
    labels = {FROZEN} | (own[0] ^ own[1])
    one, other = ({k: v for k, v in facts.firm.items() if k in labels} for facts in (a.facts, b.facts))
    yield from _differing(one, other, b.facts.made_of)


def followed(a: Part, b: Part) -> Iterator[str]:
    """What may follow from what comes in, and is another because something else does."""
    if a.facts is not None and b.facts is not None and a.facts.made_of == b.facts.made_of:
        yield from _differing(a.facts.loose, b.facts.loose, b.facts.made_of)


def _parametrized(a: Part, b: Part) -> str:
    """The same class, that calls modules now or no longer: most often those that its weights come through."""
    inner = [part for part in within((b if b.box is None else a).children) if part.is_module and part.box is not None]
    by = list(dict.fromkeys(part.called for part in inner if ".parametrizations." in part.path))
    said = f"parametrized by {listed(by)}" if by else f"made of {b.about if b.box is None else a.about}"
    return said if b.box is None else f"no longer {said}"


def _made_alike(a: Part, b: Part) -> bool:
    return a.facts is not None and b.facts is not None and a.facts.made_of == b.facts.made_of


def _facts(a: Part, b: Part, one: Facts, other: Facts) -> Iterator[str]:
    firm = dict(one.firm), dict(other.firm)
    alike = one.made_of == other.made_of
    if not alike:
        shared = {FROZEN, TYPE, *one.sizes, *other.sizes, *(firm[0].keys() & firm[1].keys())}
        firm = tuple({k: v for k, v in f.items() if k in shared} for f in firm)  # type: ignore[assignment]
    said = list(_differing(*firm, other.made_of))
    yield from said
    ranks = [[label.count("×") for label in part.inputs] for part in (a, b)]
    if not alike and ranks[0] == ranks[1]:
        yield steps(one.formulas, other.formulas) or f"computed by {_operators(one, other)}"
    if a.inputs != b.inputs:
        return
    sized = any(one.firm.get(label) != other.firm.get(label) for label in one.sizes | other.sizes)
    output = "" if sized else _output(one.types, other.types)
    if output:
        yield output
    if alike and not said and not output:
        yield from _hidden(one, other)


def _hidden(one: Facts, other: Facts) -> Iterator[str]:
    """What may follow from something else, told where nothing else is."""
    said = [
        *_differing(one.deep, other.deep, other.made_of),
        *_differing(one.loose, other.loose, other.made_of),
    ]
    yield from said
    if not said and one.inner != other.inner:
        yield steps(one.formulas, other.formulas) or "wired otherwise inside"


def _output(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """`output 1×8 → 1×16`, the element type only where it changes. How many others use is for these to tell."""
    if before == after or len(before) != len(after):
        return ""
    return "output " + ", ".join(_step_of_type(a, b) for a, b in zip(before, after, strict=True) if a != b)


def _step_of_type(before: str, after: str) -> str:
    (shape, _, dtype), (other, _, other_dtype) = before.rpartition(" "), after.rpartition(" ")
    if dtype == other_dtype:
        return f"{shape} → {other}"
    return f"{dtype} → {other_dtype}" if shape == other else f"{before} → {after}"


def _operators(one: Facts, other: Facts) -> str:
    """The functions that differ, without those before and behind that both have."""
    sides = [one.made_of, other.made_of]
    start, end = shared(*sides), shared(*(side[::-1] for side in sides))
    end = min(end, *(len(side) - start for side in sides))
    texts = []
    for side in sides:
        names = side[start : len(side) - end]
        shown = [*names[:MOST_OPERATORS], *["…"] * (len(names) > MOST_OPERATORS or end > 0)]
        texts.append(", ".join(["…"] * (start > 0) + shown))
    return " → ".join(texts)


def _differing(one: Mapping[str, str], other: Mapping[str, str], made_of: tuple[str, ...]) -> Iterator[str]:
    """Facts that changed alike share a place: `weight, bias 64 → 96`."""
    found: dict[str, list[str]] = {}
    for label in sorted(dict.fromkeys((*one, *other)), key=_rank):
        before, after = (side.get(label) for side in (one, other))
        if before != after and label != FROZEN and not (label == TYPE and None in (before, after)):
            alone = label in _ORDER and label not in ("in", "out")
            found.setdefault(f"{label * alone} {_step(label, before, after, made_of)}", []).append(label)
    for labels in found.values():
        yield f"{', '.join(labels)} {_step(labels[0], one.get(labels[0]), other.get(labels[0]), made_of)}".strip()
    if one.get(FROZEN) != other.get(FROZEN):
        yield THAWED if FROZEN not in other else FROZEN if other[FROZEN] == "all" else f"{other[FROZEN]} {FROZEN}"


def _rank(label: str) -> int:
    return _ORDER.index(label) if label in _ORDER else len(_ORDER)


def _step(label: str, before: str | None, after: str | None, made_of: tuple[str, ...]) -> str:
    """From one value to the other; the default where a value is not given."""
    if label.rpartition(" ")[2] == CODE:
        return "changed"
    if before is None or after is None:
        default = attribute_default(made_of, label)
        if not default:
            return f"{'added' if before is None else 'removed'} {after or before or ''}".strip()
        before, after = before or default, after or default
    return f"{before} → {after}"
