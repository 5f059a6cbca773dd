"""The diagrams of two states → what happened to each model."""

import gc
from collections.abc import Collection, Mapping
from dataclasses import replace

from nnviz_action.comparison import diff
from nnviz_action.comparison.backward import backward_changes
from nnviz_action.comparison.model_diffs import ModelDiff, State
from nnviz_action.errors import ModelError
from nnviz_action.freshness.lock import WITH_CALLS
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.sizes import bytes_of
from nnviz_action.graph.values import Graph
from nnviz_action.project.snapshots import Snapshot

Side = Mapping[str, Snapshot]
Graphs = tuple[Graph | None, Graph | None]  # before and after
Known = tuple[Mapping[str, int], Mapping[str, int]]  # numbers before and after
_NUMBERS = ("parameters", "macs", "activations")
_TRAINING = ("saved",)  # which no graph tells, only a lock


def compare(
    before: Side, after: Side, wanted: Collection[str] | None = None, renames: bool = True
) -> list[ModelDiff]:
    """Models in the order of the newer state, then those that are gone; all, or those that are `wanted`.

    Without `renames` a model that has another name now went and came.

    Graphs are many small values that live to the end: to look for garbage among them takes a third of the time.
    """
    gc.disable()
    try:
        return _compare(before, after, wanted, _renamed(before, after) if renames else {})
    finally:
        gc.enable()


def _compare(
    before: Side, after: Side, wanted: Collection[str] | None, renamed: Mapping[str, str]
) -> list[ModelDiff]:
    gone = [name for name in before if name not in after and name not in renamed.values()]
    return [
        _one(name, before.get(renamed.get(name, name)), after.get(name))
        for name in (*after, *gone)
        if wanted is None or name in wanted
    ]


def _renamed(before: Side, after: Side) -> dict[str, str]:
    """New names by the old ones of models whose graphs are the same."""
    gone = {d.digest("forward"): name for name, d in before.items() if name not in after and d.digest("forward")}
    fresh = {name: d.digest("forward") for name, d in after.items() if name not in before}
    return {name: gone.pop(digest) for name, digest in fresh.items() if digest in gone}


def _one(name: str, old: Snapshot | None, new: Snapshot | None) -> ModelDiff:
    try:
        if old is None or new is None:
            return _alone(name, old, new)
        autograd = old.digest("autograd") != new.digest("autograd")
        was = old.model if old.model != name else ""
        if old.digest("forward") == new.digest("forward") != "" or _is_equal(old, new):
            state = State.RENAMED if was else State.AUTOGRAD if autograd else State.SAME
            saved = [_saved(side) if autograd else {} for side in (old, new)]
            return ModelDiff(
                name, state, was=was, autograd=autograd, before=saved[0], after=saved[1], is_keyed=new.has_keys,
                backward=_backward(old, new) if autograd else (),
            )  # fmt: skip
        return replace(_changed(name, old, new, _graphs(old, new)), autograd=autograd)
    except ModelError as error:
        return ModelDiff(name, State.FAILED, error=str(error))


def _known(diagram: Snapshot) -> Mapping[str, int]:
    return diagram.lock.numbers if diagram.lock else {}


def _backward(old: Snapshot, new: Snapshot) -> tuple[str, ...]:
    """What changed in the autograd graph, as far as both locks tell it."""
    counts = [side.lock.backward if side.lock else {} for side in (old, new)]
    return backward_changes(*counts) if all(counts) else ()


def _saved(diagram: Snapshot) -> dict[str, int]:
    return {key: number for key, number in _known(diagram).items() if key in _TRAINING}


def _is_equal(old: Snapshot, new: Snapshot) -> bool:
    """Whether both have no forward graph."""
    return all(side.read() is None and side.read_calls() is None for side in (old, new))


def _changed(name: str, old: Snapshot, new: Snapshot, graphs: Graphs) -> ModelDiff:
    before, after = graphs
    if before is None or after is None:
        return _alone(name, old if after is None else None, new if before is None else None)
    return model_diff(name, before, after, (_known(old), _known(new)))


def model_diff(name: str, before: Graph, after: Graph, known: Known = ({}, {})) -> ModelDiff:
    """What happened between two graphs. `known` are numbers that a lock has of either: it counts also the parameters
    that no operator uses."""
    found = diff(before, after)
    return ModelDiff(
        name,
        State.CHANGED if found.changes else State.SAME,
        found,
        before=_numbers(known[0], before, found.before),
        after=_numbers(known[1], after, found.after),
        counted=", ".join(f"{dim} = {size}" for dim, size in after.sizes.items()),
        classes=(_classes(before), _classes(after)),
    )


def _classes(graph: Graph) -> dict[str, str]:
    """The class of each module by its path."""
    return {module.path: module.kind for node in graph.nodes for module in node.modules}


def _graphs(old: Snapshot, new: Snapshot) -> Graphs:
    """Both forward graphs in the same words: the author's, or where a side has no such file those of ONNX.

    Raises `ModelError` where the sides have no words in common.
    """
    calls = old.calls(), new.calls()
    if None not in calls:
        return calls
    exported = old.graph(), new.graph()
    if None not in exported or not all(any(pair) for pair in zip(exported, calls, strict=True)):
        return exported if any(exported) else calls
    if any(side.lock is not None and side.lock.edition < WITH_CALLS for side in (old, new)):
        raise ModelError(
            "one side was written by an older nnviz-action, without the calls", hint="nothing to compare"
        )
    hint = "generate both with the same  export:  to compare them"
    raise ModelError("one side has no ONNX file, and the other no graph.json", hint=hint)


def _alone(name: str, old: Snapshot | None, new: Snapshot | None) -> ModelDiff:
    """A model that only one state has."""
    numbers = [dict(side.lock.numbers) if side and side.lock else {} for side in (old, new)]
    return ModelDiff(name, State.ADDED if new else State.REMOVED, before=numbers[0], after=numbers[1])


def _numbers(known: Mapping[str, int], graph: Graph, counted: Numbers) -> dict[str, int]:
    weights = sum(bytes_of(w.type, {}) for w in graph.weights.values() if w.kind) + graph.unused.get("bytes", 0)
    found = {key: known.get(key, getattr(counted, key)) for key in _NUMBERS} | {"bytes of weights": weights}
    return found | {key: known[key] for key in _TRAINING if key in known}
