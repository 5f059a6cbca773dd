"""A change in one line of words, and numbers before and after."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nnviz_action.comparison.changes import Change, How
from nnviz_action.comparison.model_diffs import ModelDiff, State
from nnviz_action.comparison.path_ranges import in_short
from nnviz_action.graph.number_text import percent, short, short_bytes, short_macs

SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~", "moved": "~"}
TOP = "the top"  # what modules in no other are in
_NUMBERS = {
    "parameters": ("parameters", short),
    "macs": ("MACs", short_macs),
    "activations": ("activations", short_bytes),
    "saved": ("saved for backward", short_bytes),
    "bytes of weights": ("size of weights", short_bytes),
}

_MOVES: Mapping[How, Callable[[Change], str]] = {
    "moved here from": lambda change: f"{change.who} moved here from {_origin(change)}".strip(),
    "put around": lambda change: f"put around {change.who}",
    "taken out of": lambda change: f"{change.who} taken out of {change.home}".strip(),
}


def sentence(change: Change) -> str:
    """`~ layer4.1.conv1 (Conv2d): kernel 3 → 5, pad 1 → 2`."""
    sign, where, what, says = parts(change)
    return f"{sign} {where}{f' ({what})' if what else ''}{f': {says}' if says else ''}"


def parts(change: Change) -> tuple[str, str, str, str]:
    """Sign, place, class, and what is to be said of it."""
    several = bool(change.places)
    where = in_short(change.places) if several else change.path or TOP
    times = f"×{change.count}" if several else ""
    return SIGNS[change.kind], where, " ".join(filter(None, (change.what, times))), _says(change)


def _says(change: Change) -> str:
    if change.kind == "renamed":
        return f"was {change.was}"
    moved = (_MOVES[change.how](change),) if change.how else ()
    return ", ".join((*moved, *change.details))


def _origin(change: Change) -> str:
    """Where something was; a function, whose name is not the author's, by the module around it."""
    return (change.was.rpartition(".")[0] if change.was.endswith(")") else change.was) or TOP


def weight(change: Change) -> str:
    """What happened to the parameters: `+36.9 k`, `2.36 M → 6.55 M`; empty where nothing did."""
    before, after = change.before.parameters, change.after.parameters
    if before == after or change.kind in ("renamed", "moved"):
        return ""  # of what was renamed and changed, the change tells
    if change.kind in ("added", "removed"):
        return f"{'+' if after else '−'}{short(after or before)}"
    return f"{short(before)} → {short(after)}"


@dataclass(frozen=True)
class Delta:
    """One number before and after, as text, and the difference in per cent."""

    name: str
    before: str
    after: str
    percent: str

    @property
    def changed(self) -> bool:
        """Whether it is another one."""
        return bool(self.percent)

    def __str__(self) -> str:
        return f"{self.before} → {self.after} ({self.percent})" if self.changed else self.after


def deltas(before: Mapping[str, int], after: Mapping[str, int]) -> list[Delta]:
    """Parameters, MACs, activations, saved bytes and the size of the weights, as far as both sides know them."""
    return [
        Delta(name, text(before[key]), text(after[key]), percent(before[key], after[key]))
        for key, (name, text) in _NUMBERS.items()
        if key in before and key in after
    ]


def headline(model: ModelDiff) -> str:
    """What happened to the model as a whole, in a few words."""
    size = short((model.after or model.before)["parameters"]) if "parameters" in (model.after or model.before) else ""
    about = f": {size} parameters" if size else ""
    says: Mapping[State, str] = {
        State.SAME: "unchanged",
        State.CHANGED: "changed",
        State.ADDED: f"new{about}",
        State.REMOVED: f"removed{about}",
        State.RENAMED: f"renamed, was {model.was}",
        State.AUTOGRAD: "the autograd graph changed, the forward graph did not",
        State.FAILED: model.error,
    }
    return says[model.state]


def ends(model: ModelDiff) -> Iterator[tuple[str, str, str]]:
    """Inputs and outputs whose types changed: `output logits`, before, after; empty where there is none."""
    if model.diff is not None:
        for role, (before, after) in (("input", model.diff.inputs), ("output", model.diff.outputs)):
            for name in dict.fromkeys((*before, *after)):
                if before.get(name) != after.get(name):
                    shown = name if name == role else f"{role} {name}"
                    yield shown, before.get(name, "none"), after.get(name, "none")
