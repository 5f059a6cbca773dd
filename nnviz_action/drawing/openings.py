"""What is open: by class, those first in which most of the model is, one as an example where all have no room."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import sqrt

from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.scopes import Scope

_TRIALS = 6
_HEAVY = 0.02  # the share of the model from which on a class is missed where it is closed everywhere
_POOR = 0.1  # the same of all such classes, from which on wide modules are opened in fewer groups
_FIRST = 100.0
_LIKE = 0.4  # what of a closed module is not told where it is built like an open one
_AGAIN = 0.3  # what it is worth to open more of what is open elsewhere


@dataclass(frozen=True)
class Opening:
    """What is open whatever the budget says, and what is closed: by depth, and by patterns of module paths.

    All modules down to `depth` are open, and none below it. A pattern of `expand` opens what it matches and all
    around that; one of `collapse` closes what it matches.
    """

    depth: int | None = None
    expand: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()

    def wants_closed(self, scope: Scope) -> bool:
        """Whether it must not open."""
        path = scope.module.path if scope.module else ""
        too_deep = self.depth is not None and scope.depth > self.depth and not self.wants_open(scope)
        return too_deep or any(fnmatchcase(path, pattern) for pattern in self.collapse)

    def wants_open(self, scope: Scope) -> bool:
        """Whether it must open."""
        if self.depth is not None and scope.depth <= self.depth:
            return True
        return any(fnmatchcase(path, pattern) for pattern in self.expand for path in scope.paths)


EVERYTHING = Opening()


@dataclass(frozen=True)
class Plan:
    """Which scopes are open: all of some variants, and single ones as examples; `forced` is what the user says."""

    root: Scope
    forced: Mapping[Scope, bool] = field(default_factory=dict)
    variants: frozenset[int] = frozenset()
    examples: frozenset[Scope] = frozenset()

    def is_open(self, scope: Scope) -> bool:
        """Whether its children are shown instead of it."""
        found = self.forced.get(scope)
        return scope.variant in self.variants or scope in self.examples if found is None else found

    def shown(self) -> list[Scope | Box]:
        """What there is to draw: boxes, and scopes that stay closed."""
        found, waiting = list[Scope | Box](), list(reversed(self.root.children))
        while waiting:
            child = waiting.pop()
            if isinstance(child, Scope) and self.is_open(child):
                waiting += reversed(child.children)
            else:
                found.append(child)
        return found

    def open_scopes(self) -> Iterator[Scope]:
        """The open ones, each before those inside it."""
        waiting = list(reversed(self.root.children))
        while waiting:
            child = waiting.pop()
            if isinstance(child, Scope) and self.is_open(child):
                yield child
                waiting += reversed(child.children)

    def count(self, scope: Scope) -> int:
        """How much is shown of it, if it is open."""
        waiting, count = [scope], 0
        while waiting:
            for child in waiting.pop().children:
                if isinstance(child, Scope) and self.is_open(child):
                    waiting.append(child)
                else:
                    count += 1
        return count


@dataclass(frozen=True)
class _Step:
    """To open one more scope of a variant, or all of it."""

    key: tuple[int, bool]
    worth: float
    plan: Plan
    scopes: Sequence[Scope]

    @property
    def room(self) -> int:
        """How many boxes it adds."""
        return sum(self.plan.count(scope) - 1 for scope in self.scopes)


def decide(root: Scope, budget: int, opening: Opening = EVERYTHING) -> Plan:
    """Open what is worth most for its room, until nothing more fits into `budget` boxes.

    Where a class that matters then stays closed everywhere, that is tried first: the picture may tell more.
    """
    start = Plan(root, _forced(root, opening))
    best = _filled(start, budget, frozenset())
    first: frozenset[int] = frozenset()
    for _ in range(_TRIALS):
        missed = [scope for scope in _untold(best) if scope.weight > _HEAVY and scope.variant not in first]
        if not missed:
            break
        heaviest = max(missed, key=lambda scope: scope.weight)
        first |= {heaviest.variant}
        plan = _filled(start, budget, _around(root, first))
        best = max((best, plan), key=told)
    ordered = _with_heavy_examples(start, best)
    same = {scope.variant for scope in ordered.open_scopes()} == {scope.variant for scope in best.open_scopes()}
    return ordered if same and ordered.count(root) <= max(budget, best.count(root)) else best


def _filled(plan: Plan, budget: int, first: Set[int]) -> Plan:
    """The plan with all that fits; variants in `first` come before the others."""
    totals = _totals(plan.root)
    refused: set[tuple[int, bool]] = set()
    left = budget - plan.count(plan.root)
    while True:
        best: tuple[float, int, _Step] | None = None
        for step in _steps(plan, totals):
            room = left + 1 if step.key in refused else step.room
            if room > left:
                refused.add(step.key)
                continue
            value = step.worth / sqrt(room) if room else float("inf")
            value *= _FIRST if step.key[0] in first and not step.key[1] else 1
            best = (value, room, step) if best is None or value > best[0] else best
        if best is None:
            return plan
        _, room, step = best
        plan, left = step.plan, left - room


def _with_heavy_examples(start: Plan, plan: Plan) -> Plan:
    """The same variants open, of each the one with most of the model in it, the first of several."""
    found = _with(start, variants=plan.variants)
    wanted = {scope.variant for scope in plan.examples}
    while True:
        shown = [scope for scope in found.shown() if isinstance(scope, Scope) and scope not in plan.forced]
        scope = max((scope for scope in shown if scope.variant in wanted), key=_weight, default=None)
        if scope is None:
            return found
        wanted.remove(scope.variant)
        found = _with(found, examples=[scope])


def _untold(plan: Plan) -> Iterator[Scope]:
    """What is closed, and nothing like it open."""
    opened = list(plan.open_scopes())
    variants, kinds = {s.variant for s in opened}, {s.kind for s in opened if s.is_own}
    for scope in plan.shown():
        if isinstance(scope, Scope) and scope not in plan.forced and not scope.is_row:
            yield from [scope] if scope.variant not in variants and scope.kind not in kinds else []


def told(plan: Plan) -> float:
    """How much of the model the picture tells, 0 at best: what is closed counts against it, and more so a class that
    is open nowhere, however small."""
    return -_LIKE * sum(scope.weight for scope in plan.shown() if isinstance(scope, Scope)) - _missing(plan)


def _missing(plan: Plan) -> float:
    missed: dict[str, float] = {}
    for scope in _untold(plan):
        missed[scope.kind] = missed.get(scope.kind, 0) + scope.weight
    return sum(map(sqrt, missed.values()))


def is_poor(plan: Plan) -> bool:
    """Whether a large part of the model is told nowhere."""
    return sum(scope.weight for scope in _untold(plan)) > _POOR


def _around(root: Scope, variants: Set[int]) -> Set[int]:
    """These variants and those of all scopes around one of them."""
    found = set(variants)
    for scope in root.scopes():
        if any(isinstance(child, Scope) and child.variant in found for child in scope.children):
            found.add(scope.variant)
    return found


def _forced(root: Scope, opening: Opening) -> dict[Scope, bool]:
    """What the user says; index arithmetic and masks are closed but for that, unless there is nothing else."""
    found: dict[Scope, bool] = {}
    for scope in root.scopes():
        if opening != EVERYTHING and opening.wants_closed(scope):
            found[scope] = False
        elif opening != EVERYTHING and opening.wants_open(scope):
            found[scope] = True
        elif scope.is_glue and root.weight:
            found[scope] = False
    return found


def _totals(root: Scope) -> dict[int, float]:
    """The share of the model that is in all scopes of a variant."""
    totals: dict[int, float] = {}
    for scope in root.scopes():
        totals[scope.variant] = totals.get(scope.variant, 0) + scope.weight
    return totals


def _steps(plan: Plan, totals: Mapping[int, float]) -> Iterator[_Step]:
    """All that can be opened next, in the order in which it stands."""
    opened = list(plan.open_scopes())
    variants, kinds = {s.variant for s in opened}, {s.kind for s in opened if s.is_own}
    closed: dict[int, list[Scope]] = {}
    for scope in plan.shown():
        if isinstance(scope, Scope) and scope not in plan.forced:
            closed.setdefault(scope.variant, []).append(scope)
    for variant, scopes in closed.items():
        if variant in variants:
            worth = _AGAIN * sum(scope.weight for scope in scopes)
            yield _Step((variant, True), worth, _with(plan, variants=[variant]), scopes)
            continue
        worth = totals[variant] * (_AGAIN if scopes[0].kind in kinds else 1)
        heavy = max(scopes, key=_weight)
        if heavy.is_row:  # it has no name by which another could point to it
            yield _Step((variant, False), worth, _with(plan, variants=[variant]), scopes)
        else:
            yield _Step((variant, False), worth, _with(plan, examples=[heavy]), [heavy])


def _weight(scope: Scope) -> float:
    return scope.weight


def _with(plan: Plan, variants: Iterable[int] = (), examples: Iterable[Scope] = ()) -> Plan:
    return Plan(plan.root, plan.forced, plan.variants.union(variants), plan.examples.union(examples))
