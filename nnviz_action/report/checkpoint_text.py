"""What becomes of saved weights, in a line and in a table."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nnviz_action.comparison.checkpoint import Checkpoint, KeyChange, KeyState
from nnviz_action.comparison.path_ranges import in_short, mask
from nnviz_action.comparison.shortened import around, cut
from nnviz_action.graph.values import TensorType

LONGEST = 160  # characters of one name, or of several in one row
ORDER: tuple[KeyState, ...] = ("renamed", "reshaped", "gone", "new", "retyped")
REST = ".…"  # what a key goes on with, the same on both sides
_FAILS = "load_state_dict fails"


def summary(found: Checkpoint) -> str:
    """`12 keys renamed, 2 reshaped: load_state_dict fails; 198 load as they are`."""
    return f"{_of_keys(found)}{_of_ties(found)}"


def _of_ties(found: Checkpoint) -> str:
    """`; 2 keys become one: of the old values that of head.weight stays`."""
    tied, untied = (sum(map(len, groups)) for groups in (found.tied, found.untied))
    last = f"that of {found.tied[0][-1]}" if len(found.tied) == 1 else "the last one read of each"
    lost = f"; {tied} keys become {_count(found.tied)}: of the old values {last} stays" if tied else ""
    return f"{lost}; {untied} keys that were {_count(found.untied)} load the same values" if untied else lost


def _count(groups: Sequence[object]) -> str:
    return "one" if len(groups) == 1 else str(len(groups))


def _of_keys(found: Checkpoint) -> str:
    kept = len(found.kept)
    counts = [(state, len(found.of(state))) for state in ORDER]
    told = [f"{count} {state}" for state, count in counts if count]
    if not told:
        return f"{_all(kept)} as {_they(kept)}"
    first, *more = told
    number, state = first.split(" ")
    said = ", ".join([f"{number} key{'s' * (number != '1')} {state}", *more])
    rest = f"; {kept} load{'s' * (kept == 1)} as {_they(kept)}" if kept else ""
    if not found.loads:
        return f"{said}: {_FAILS}{rest or '; none loads'}"
    if found.renames:
        return f"{said} among themselves: load_state_dict passes, and gives them to other layers"
    return f"{said}: load_state_dict casts {'it' if number == '1' else 'them'}{rest}"


def _all(count: int) -> str:
    return "the one key loads" if count == 1 else f"all {count} keys load"


def _they(count: int) -> str:
    return "it is" if count == 1 else "they are"


@dataclass(frozen=True)
class KeyRow:
    """Keys that the same became of: how they are called before and now, their types where these changed."""

    state: KeyState | Literal["tied", "untied"]
    key: str
    now: str
    says: str
    count: int


def names_of(key: str, now: str) -> tuple[str, str]:
    """Both names of a row, long ones cut where they are alike: what is otherwise stays to be seen."""
    return around(key, now, LONGEST) if key and now else (cut(key, LONGEST), cut(now, LONGEST))


def rows(found: Checkpoint) -> list[KeyRow]:
    """All changes, those that go alike in one row."""
    groups: dict[tuple[object, ...], list[KeyChange]] = {}
    for state in ORDER:
        for change in found.of(state):
            groups.setdefault(_alike(change), []).append(change)
    ties = [KeyRow("tied", in_short(group[:-1]), group[-1], "the last one stays", len(group)) for group in found.tied]
    return [
        *ties,
        *(_row(group) for group in groups.values()),
        *(KeyRow("untied", group[0], in_short(group[1:]), "the same value", len(group)) for group in found.untied),
    ]


def _alike(change: KeyChange) -> tuple[object, ...]:
    if change.state == "renamed":
        key, now, _ = stems(change)
        return change.state, mask(key), mask(now), _steps(key, now)
    home, _, own = (change.key or change.now).rpartition(".")
    return change.state, mask(home), "" if change.state in ("gone", "new") else (own, mask(change.now), _step(change))


def _steps(key: str, now: str) -> tuple[int, ...]:
    """By how much each number goes on; empty where there is another count of them."""
    before, after = ([int(number) for number in re.findall(r"\d+", name)] for name in (key, now))
    return tuple(b - a for a, b in zip(before, after, strict=True)) if len(before) == len(after) else ()


def stems(change: KeyChange) -> tuple[str, str, str]:
    """Both names without the end that they share, and that end; something is left of each."""
    one, other = change.key.split("."), change.now.split(".")
    end = 0
    while end < min(len(one), len(other)) - 1 and one[-1 - end] == other[-1 - end]:
        end += 1
    return ".".join(one[: len(one) - end]), ".".join(other[: len(other) - end]), ".".join(one[len(one) - end :])


def _row(group: Sequence[KeyChange]) -> KeyRow:
    first = group[0]
    if first.state == "renamed":
        cut = [stems(change) for change in group]
        tail = REST if any(rest for _, _, rest in cut) else ""
        before, now = (f"{in_short([pair[side] for pair in cut])}{tail}" for side in (0, 1))
        return KeyRow(first.state, before, now, "", len(group))
    before = in_short([change.key for change in group if change.key])
    now = in_short([change.now for change in group if change.now])
    return KeyRow(first.state, before, now, _types(group), len(group))


def _types(group: Iterable[KeyChange]) -> str:
    return _few(list(dict.fromkeys(map(_step, group))))


def _few(texts: list[str]) -> str:
    return ", ".join(texts) if len(texts) < 3 else f"{texts[0]} … {texts[-1]}"


def _step(change: KeyChange) -> str:
    """`10×64 → 100×64`, or the type of what came or went."""
    before, after = change.before, change.after
    if before is None or after is None:
        return _shown(before or after)
    if before.dtype == after.dtype and change.state == "reshaped":
        return f"{_shape(before)} → {_shape(after)}"
    return f"{before.dtype} → {after.dtype}" if change.state == "retyped" else f"{_shown(before)} → {_shown(after)}"


def _shown(kind: TensorType | None) -> str:
    return "" if kind is None else re.sub(r"^\? ", "", str(kind))


def _shape(kind: TensorType) -> str:
    return str(kind).rpartition(" ")[0]
