"""What several functions in one layer compute together, as a formula; and where two formulas differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nnviz_action.comparison.shortened import step
from nnviz_action.drawing.call_words import FIRST, SECOND, SHORT, SIGNS, default_of, text_of
from nnviz_action.graph.digest import is_commutative
from nnviz_action.graph.values import Node

LONGEST = 90  # characters of a step that is told as a formula
_WEAK = ("add", "sub")  # which bind less than a product
_INFIX = {**SIGNS, "add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}


@dataclass(frozen=True)
class Formula:
    """A call, and what it is given: names, numbers, and other calls. `key` is equal for those that do the same."""

    op: str
    given: tuple["Formula | str", ...]
    options: tuple[str, ...] = ()
    is_free: bool = False

    @cached_property
    def key(self) -> int:
        """Told by all that is in it."""
        inner = [item if isinstance(item, str) else item.key for item in self.given]
        return hash((self.op, tuple(sorted(map(hash, inner)) if self.is_free else inner), self.options))


def formulas(nodes: Sequence[Node], names: Mapping[str, str]) -> tuple[Formula, ...]:
    """The results that nothing else uses, in order. `names` are those of weights; all else that is given is `x`."""
    made: dict[str, Formula] = {}
    used: set[str] = set()
    others = [i for node in nodes for i in node.inputs if i and i not in names]
    outside = list(dict.fromkeys(i for i in others if not any(i in node.outputs for node in nodes)))
    called = {name: f"x{place + 1}" if len(outside) > 1 else "x" for place, name in enumerate(outside)}
    for node in nodes:
        given = [made.get(i) or names.get(i) or called.get(i) or i for i in node.inputs if i]
        used.update(node.inputs)
        for port, output in enumerate(node.outputs):
            made[output] = _formula(node, given, port)
    return tuple(formula for output, formula in made.items() if output not in used)


def _formula(node: Node, given: Sequence[Formula | str], port: int) -> Formula:
    options = []
    operands = list(given)
    for name, value in node.attributes:
        if node.op in SIGNS and name in (*SECOND, *FIRST):
            operands.insert(len(operands) if name in SECOND else 0, text_of(value, 6))
        elif value != default_of(node.op, name):
            options.append(f"{SHORT.get(name) or name} {text_of(value, 6, name)}")
    return Formula(f"{node.op}[{port}]" if port else node.op, tuple(operands), tuple(options), is_commutative(node))


def steps(one: Sequence[Formula], other: Sequence[Formula]) -> str:
    """`sqrt(var) + 1e-05 → sqrt(var + 1e-05)`: the parts that differ; empty where no few words tell them."""
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a.key != b.key]
    if len(one) != len(other) or len(differing) != 1:
        return ""
    before, after = _innermost(*differing[0])
    shared = _parts(before).keys() & _parts(after).keys()
    texts = [_text(side, _short_names(side, shared)) for side in (before, after)]
    said = step(*texts)
    return said if len(said) <= LONGEST and texts[0] != texts[1] else ""


def _innermost(one: Formula, other: Formula) -> tuple[Formula, Formula]:
    """The two parts in which alone both differ."""
    while one.op == other.op and one.options == other.options and len(one.given) == len(other.given):
        pairs = [(a, b) for a, b in zip(one.given, other.given, strict=True) if _key(a) != _key(b)]
        if len(pairs) != 1 or isinstance(pairs[0][0], str) or isinstance(pairs[0][1], str):
            break
        one, other = pairs[0]  # type: ignore[assignment]
    return one, other


def _key(item: Formula | str) -> int | str:
    return item if isinstance(item, str) else item.key


def _parts(formula: Formula) -> dict[int, Formula]:
    """All calls in it."""
    found: dict[int, Formula] = {}
    stack = [formula]
    while stack:
        current = stack.pop()
        if current.key not in found:
            found[current.key] = current
            stack += [item for item in current.given if isinstance(item, Formula)]
    return found


def _short_names(formula: Formula, shared: frozenset[int] | set[int]) -> dict[int, str]:
    """What both have, by the name of the function alone, where that is the only one of its name."""
    parts = [part for key, part in _parts(formula).items() if key in shared]
    return {part.key: part.op for part in parts if sum(p.op == part.op for p in _parts(formula).values()) == 1}


def _text(item: Formula | str, names: Mapping[int, str]) -> str:
    if isinstance(item, str):
        return item
    if item.key in names:
        return names[item.key]
    given = [_text(part, names) for part in item.given]
    if item.op in _INFIX and len(given) == 2:
        sides = (
            f"({text})" if _is_weaker(part, item, names) else text
            for part, text in zip(item.given, given, strict=True)
        )
        return f" {_INFIX[item.op]} ".join(sides)
    return f"{item.op}({', '.join([*given, *item.options])})"


def _is_weaker(part: Formula | str, around: Formula, names: Mapping[int, str]) -> bool:
    """Whether an operand needs brackets."""
    if isinstance(part, str) or part.key in names or part.op not in _INFIX:
        return False
    if around.op in _WEAK:
        return part.op in _WEAK and around.op == "sub" and part is around.given[1]
    return part.op in _WEAK or around.op == "pow" or part is around.given[1] or (part.op, around.op) == ("div", "mul")
