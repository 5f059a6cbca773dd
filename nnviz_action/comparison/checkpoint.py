"""Whether weights that were saved before still load: the keys of both state dicts, and which became which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.parts import Part, within
from nnviz_action.graph.state_dict import OBJECT, plain_path
from nnviz_action.graph.values import Graph, TensorType

KeyState = Literal["renamed", "reshaped", "retyped", "gone", "new"]
_State = Mapping[str, TensorType]


@dataclass(frozen=True)
class KeyChange:
    """What became of one key. `key` is the old one, `now` the new one; a side that has none is empty and has no type.

    What is reshaped or retyped may have another name as well.
    """

    state: KeyState
    key: str
    now: str
    before: TensorType | None
    after: TensorType | None


@dataclass(frozen=True)
class Checkpoint:
    """An old state dict in the new model. `kept` are the keys that are as they were; `loads` tells whether
    `load_state_dict(strict=True)` takes it as it is, which it may do where keys of equal shapes changed places.

    `tied` are new keys of one tensor, in the order in which they are read, whose old values are of several: the last
    one stays. `untied` are new keys of several tensors whose old value is one.
    """

    kept: tuple[str, ...]
    changes: tuple[KeyChange, ...]
    loads: bool
    tied: tuple[tuple[str, ...], ...] = ()
    untied: tuple[tuple[str, ...], ...] = ()

    @property
    def old(self) -> list[str]:
        """All keys that there were."""
        return [*self.kept, *(change.key for change in self.changes if change.key)]

    @property
    def is_safe(self) -> bool:
        """Whether they load, none of them into another layer, and none is overwritten."""
        return self.loads and not self.of("renamed") and not self.tied

    @property
    def is_mapped(self) -> bool:
        """Whether other names are all that it takes to load them."""
        return bool(self.changes) and len(self.renames) == len(self.changes)

    @property
    def renames(self) -> dict[str, str]:
        """New keys by the old ones, where nothing but the name is another."""
        return {change.key: change.now for change in self.changes if change.state == "renamed"}

    def of(self, state: KeyState) -> list[KeyChange]:
        """The changes of one sort."""
        return [change for change in self.changes if change.state == state]


def compare_state(old: Graph, new: Graph, found: Matching) -> Checkpoint | None:
    """What becomes of the keys, by which parts are one; None where a state dict is not known."""
    if old.state is None or new.state is None:
        return None
    saved, state = _as_hooked(old.state, new.state), new.state
    names = _names(saved, state, found)
    taken = set(names.values())
    changes = [*_changes(saved, state, names)]
    changes += [KeyChange("gone", key, "", kind, None) for key, kind in saved.items() if key not in names]
    changes += [KeyChange("new", "", key, None, kind) for key, kind in state.items() if key not in taken]
    changed = {change.key for change in changes}
    kept = tuple(key for key in saved if key not in changed)
    ties = _ties(old.tied, new.tied, names), _ties(new.tied, old.tied, {now: key for key, now in names.items()})
    untied = tuple(tuple(names[key] for key in group) for group in ties[1])
    return Checkpoint(kept, tuple(changes), _loads(saved, state), ties[0], untied)


def _ties(old: Mapping[str, str], new: Mapping[str, str], names: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """The keys that are one tensor in the new state, and several in the old one; `names` leads from old to new."""
    groups: dict[str, list[str]] = {}
    for key, first in new.items():
        groups.setdefault(first, [first]).append(key)
    was = {now: key for key, now in names.items()}
    found = ([key for key in group if key in was] for group in groups.values())
    return tuple(tuple(group) for group in found if len({old.get(was[key], was[key]) for key in group}) > 1)


def _as_hooked(old: _State, new: _State) -> _State:
    """torch's own `weight_norm` takes the keys of the one before it (`torch.nn.utils.parametrizations`)."""
    found = {}
    for key, kind in old.items():
        home, _, own = key.rpartition(".")
        place = {"_g": "original0", "_v": "original1"}.get(own[-2:], "")
        now = f"{home}.parametrizations.{own[:-2]}.{place}".removeprefix(".")
        found[now if place and now in new and key not in new else key] = kind
    return found


def _changes(old: _State, new: _State, names: Mapping[str, str]) -> Iterator[KeyChange]:
    for key, now in names.items():
        before, after = old[key], new[now]
        if not _fits(key, before, after):
            yield KeyChange("reshaped", key, now, before, after)
        elif key != now:
            yield KeyChange("renamed", key, now, before, after)
        elif before.dtype != after.dtype and OBJECT not in (before, after):
            yield KeyChange("retyped", key, now, before, after)


def _loads(old: _State, new: _State) -> bool:
    """As torch judges: the same keys, each of the same shape; it casts types."""
    return old.keys() == new.keys() and all(_fits(key, kind, new[key]) for key, kind in old.items())


def _fits(key: str, before: TensorType, after: TensorType) -> bool:
    """torch takes a row of one element for a scalar, as old versions saved those.

    What a module keeps as its extra state it looks at itself.
    """
    if key.rpartition(".")[2] == "_extra_state" or OBJECT in (before, after):
        return True
    return before.shape == after.shape or (after.shape == () and before.shape == (1,))


def _names(old: _State, new: _State, found: Matching) -> dict[str, str]:
    """The new key of each old one: first of parts that are one and kept their names, then of others that are one, and
    where no part tells, the key itself."""
    told = _told(old, found)
    by_path = {plain_path(key): key for key in new}
    names = {key: key for key in old if told[key] == plain_path(key) and key in new}
    for candidates in (told, {key: plain_path(key) for key in old}):
        taken = set(names.values())
        for key in old:
            now = by_path.get(candidates[key], "")
            if key not in names and now and now not in taken:
                names[key] = now
                taken.add(now)
    return {key: names[key] for key in old if key in names}


def _told(old: _State, found: Matching) -> dict[str, str]:
    """The new path of each key by the parts that are one: those of layers by their weights, all others by the module.

    What torch.compile wraps is called as it is without.
    """
    weights: dict[str, str] = {}
    modules: dict[str, str | None] = {}
    for one, other in found.pairs:
        if one.is_module and other.is_module and not one.is_end:
            modules.setdefault(one.path, other.path)
        for name, now in _weights(one, other):
            weights.setdefault(name, now)
    modules |= {part.path: None for part in within(found.removed) if part.is_module and part.path not in modules}
    paths = {key: plain_path(key) for key in old}
    return {key: weights.get(path) or _by_module(path, modules) for key, path in paths.items()}


def _weights(one: Part, other: Part) -> Iterator[tuple[str, str]]:
    """The weights of two parts that are one: those called alike, or the only one where they do the same."""
    own, others = ({_own(name, part.path): name for name in part.weights} for part in (one, other))
    yield from ((own[name], others[name]) for name in own if name in others)
    made_of = [part.facts.made_of if part.facts else () for part in (one, other)]
    if len(own) == len(others) == 1 and own.keys() != others.keys() and made_of[0] == made_of[1]:
        yield next(iter(own.values())), next(iter(others.values()))


def _own(name: str, path: str) -> str:
    return name.removeprefix(f"{path}.")


def _by_module(key: str, modules: Mapping[str, str | None]) -> str:
    """The key with the path of the innermost module that is known; empty where that is gone."""
    home = key
    while home:
        home = home.rpartition(".")[0]
        if home in modules:
            now = modules[home]
            return "" if now is None else f"{now}.{_own(key, home)}".removeprefix(".")
    return key
