"""What two graphs differ in that no layer and no function tells."""

from collections import Counter
from collections.abc import Iterator

from nnviz_action.diff.changes import Change
from nnviz_action.diff.shortened import step
from nnviz_action.graph.digest import digest
from nnviz_action.graph.values import PARAMETERS, Graph, Node

MOST_NAMES = 4


def residual_changes(old: Graph, new: Graph, told: bool) -> list[Change]:
    """Example sizes and unused parameters; and where nothing else is told of graphs that differ, what they hide."""
    said = [*_sizes(old, new), *_unused(old, new)]
    recipes = list(_recipes(old, new))
    if not told and not said and not recipes and old != new and digest(old) != digest(new):
        said = [*_weights(old, new), *_operators(old, new)] or ["the same operators, wired otherwise"]
    return [*(Change("changed", "", "", (text,)) for text in said), *recipes]


def _sizes(old: Graph, new: Graph) -> Iterator[str]:
    for name in sorted(old.sizes.keys() & new.sizes.keys()):
        if old.sizes[name] != new.sizes[name]:
            yield f"example size of {name} {old.sizes[name]} → {new.sizes[name]}"


def _unused(old: Graph, new: Graph) -> Iterator[str]:
    for kind, word in (("parameter", "parameters"), ("frozen", "frozen parameters")):
        before, after = old.unused.get(kind, 0), new.unused.get(kind, 0)
        if before != after:
            yield f"unused {word} {before} → {after}"


def _recipes(old: Graph, new: Graph) -> Iterator[Change]:
    """Buffers that are made in another way, told of their module; those that changed alike together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name in sorted(old.weights.keys() & new.weights.keys()):
        home, _, own = name.rpartition(".")
        kinds = ["parameter" if g.weights[name].kind in PARAMETERS else g.weights[name].kind for g in (old, new)]
        if "parameter" in kinds and "buffer" in kinds:
            yield Change("changed", home, "", (f"{own} {kinds[0]} → {kinds[1]}",))
            continue
        before, after = old.weights[name].recipe, new.weights[name].recipe
        if before != after:
            alike.setdefault((home, step(before or "given", after or "given")), []).append(own)
    for (home, said), names in alike.items():
        yield Change("changed", home, "", (f"buffer{'s' * (len(names) > 1)} {', '.join(names)} {said}",))


def _weights(old: Graph, new: Graph) -> Iterator[str]:
    before, after = ({n: (str(w.type), w.kind) for n, w in g.weights.items() if w.kind} for g in (old, new))
    lost, got = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    if lost or got:
        yield f"weights {_few(lost)} → {_few(got)}"
    changed = [n for n in sorted(before.keys() & after.keys()) if before[n] != after[n]]
    if changed:
        steps = [" → ".join(" ".join(filter(None, side[n])) for side in (before, after)) for n in changed]
        yield f"{_few(changed)} {steps[0]}"


def _operators(old: Graph, new: Graph) -> Iterator[str]:
    before, after = (Counter(_what(node, graph) for node in graph.walk()) for graph in (old, new))
    lost, got = sorted((before - after).elements()), sorted((after - before).elements())
    if lost or got:
        yield f"told by no layer: {_few(lost)} → {_few(got)}"


def _what(node: Node, graph: Graph) -> str:
    """An operator with its options, what it gives, in which call of a function, and where it stands."""
    options = [f"{name} {value}" for name, value in node.attributes]
    types = [str(graph.types[o]) for o in node.outputs if o in graph.types]
    place = [f"in {m.path}{f' (call {m.call + 1})' if m.call else ''}" for m in node.modules[-1:]]
    function = [f"for {node.function.target}()"] if node.function else []
    given = [f"of {', '.join(node.arguments)}"] if node.arguments else []
    chance = ["at random"] if node.random else []
    return " ".join(
        [
            node.op,
            *([f"({', '.join([*options, *types])})"] if options or types else []),
            *function,
            *given,
            *chance,
            *place,
        ]
    )


def _few(names: list[str]) -> str:
    shown = list(dict.fromkeys(names))[:MOST_NAMES]
    more = len(dict.fromkeys(names)) - len(shown)
    return ", ".join(shown + ([f"{more} more"] if more else [])) or "none"
