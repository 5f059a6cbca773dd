"""What two graphs differ in that no layer and no function tells."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.shortened import step
from nnviz_action.graph.digest import digest
from nnviz_action.graph.state_dict import WRAPPER, plain_path
from nnviz_action.graph.values import PARAMETERS, Graph, Node

MOST_NAMES = 4


def residual_changes(old: Graph, new: Graph, told: bool) -> list[Change]:
    """Example sizes and unused parameters; and where nothing else is told of graphs that differ, what they hide."""
    if old.state is None or new.state is None:  # of which one side does not know, both say nothing
        old, new = replace(old, state=None), replace(new, state=None)
    said = [*_sizes(old, new), *_unused(old, new)]
    recipes = [*_recipes(old, new), *_saved(old, new), *_compiled(old, new)]
    if not told and not said and not recipes and old != new and digest(old) != digest(new):
        said = [*_weights(old, new), *_operators(old, new), *_keys(old, new)] or [
            "the same operators, wired otherwise"
        ]
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
    """Buffers that are made in another way, and what is a buffer now or a parameter, told of their modules; those
    that changed alike together."""
    alike: dict[tuple[str, str], list[str]] = {}
    turned: dict[tuple[str, str], list[str]] = {}
    for name in sorted(old.weights.keys() & new.weights.keys()):
        home, _, own = name.rpartition(".")
        kinds = ["parameter" if g.weights[name].kind in PARAMETERS else g.weights[name].kind for g in (old, new)]
        if "parameter" in kinds and "buffer" in kinds:
            types = [g.weights[name].type.dtype for g in (old, new)]
            sides = kinds if types[0] == types[1] else map(" ".join, zip(types, kinds, strict=True))
            turned.setdefault((home, " → ".join(sides)), []).append(own)
            continue
        before, after = old.weights[name].recipe, new.weights[name].recipe
        if before != after:
            alike.setdefault((home, step(before or "given", after or "given")), []).append(own)
    yield from _together((home, f"{', '.join(names)} {said}") for (home, said), names in turned.items())
    yield from _together(
        (home, f"buffer{'s' * (len(n) > 1)} {', '.join(n)} {said}") for (home, said), n in alike.items()
    )


def _together(told: Iterable[tuple[str, str]]) -> Iterator[Change]:
    """What is said of modules, each once with all of them."""
    homes: dict[str, list[str]] = {}
    for home, said in told:
        homes.setdefault(said, []).append(home)
    for said, paths in homes.items():
        yield Change("changed", paths[0], "", (said,), places=tuple(paths) if len(paths) > 1 else ())


def _saved(old: Graph, new: Graph) -> Iterator[Change]:
    """Buffers that a checkpoint holds from now on, or no longer, told of their module."""
    if old.state is None or new.state is None:
        return
    before, after = ({plain_path(key) for key in state} for state in (old.state, new.state))
    alike: dict[tuple[str, bool], list[str]] = {}
    for name in sorted(old.weights.keys() & new.weights.keys()):
        if old.weights[name].kind == new.weights[name].kind == "buffer" and (name in before) != (name in after):
            home, _, own = name.rpartition(".")
            alike.setdefault((home, name in after), []).append(own)
    yield from _together((home, _about_state(names, comes)) for (home, comes), names in alike.items())


def _about_state(names: list[str], comes: bool) -> str:
    are = f"buffer {names[0]} is" if len(names) == 1 else f"buffers {_few(names)} are"
    return f"{are} {'now' if comes else 'no longer'} in the state dict"


def _compiled(old: Graph, new: Graph) -> Iterator[Change]:
    """What torch.compile is put around, or is no more: a checkpoint has another key for all in there."""
    before, after = (set(_wrapped(graph.state or {})) for graph in (old, new))
    for path in sorted(before ^ after):
        said = "wrapped" if path in after else "no longer wrapped"
        yield Change("changed", path, "", (f"{said} by torch.compile, which is in its keys: {WRAPPER}",))


def _wrapped(keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        parts = key.split(".")
        yield from (plain_path(".".join(parts[:i])) for i, part in enumerate(parts) if part == WRAPPER)


def _keys(old: Graph, new: Graph) -> Iterator[str]:
    """Of parts that nothing uses, which a checkpoint holds all the same."""
    if old.state is None or new.state is None:
        return
    lost, got = (
        [key for key in one if key not in other] for one, other in ((old.state, new.state), (new.state, old.state))
    )
    if lost or got:
        yield f"in the state dict {_few(lost)} → {_few(got)}"
    elif old.state != new.state:
        changed = [key for key, kind in old.state.items() if new.state[key] != kind]
        yield f"in the state dict {_few(changed)} {old.state[changed[0]]} → {new.state[changed[0]]}"


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
