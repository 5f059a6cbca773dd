"""What a row says that stands for others."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.parts import listed
from nnviz_action.comparison.path_ranges import in_short, mask

MOST_NAMES = 4  # that are told with each verb
MOST_STEPS = 3
_VERBS = {"added": "added", "removed": "removed", "changed": "changed", "renamed": "renamed", "moved": "moved"}


def inside(blocks: Sequence[tuple[str, str, Sequence[Change]]]) -> str:
    """`conv3, bn3 and downsample ×1 added; conv1 and conv2 changed`: what changed in these modules (their paths now
    and before, and the changes), by its name in there, and how often where that is not in all of them."""
    said: dict[str, dict[str, set[int]]] = {}  # by verb and name, or in words: in which of the blocks
    whole: dict[str, set[int]] = {}
    for number, (path, was, members) in enumerate(blocks):
        for member in members:
            home = was if member.kind == "removed" else path
            name = member.path.removeprefix(home).removeprefix(".").partition("#")[0]
            if name:
                said.setdefault(_verb(member), {}).setdefault(name, set()).add(number)
            else:
                for detail in member.details:
                    whole.setdefault(detail, set()).add(number)
    told = [
        f"{_names(_outermost(Counter({name: len(where) for name, where in names.items()})), len(blocks))} {verb}"
        for verb, names in sorted(said.items(), key=_rank)
    ]
    rest = [f"{text} ×{len(where)}" if len(where) < len(blocks) else text for text, where in whole.items()]
    return "; ".join([*told, *rest])


def _rank(item: tuple[str, object]) -> int:
    order = list(_VERBS.values())
    return order.index(item[0]) if item[0] in order else len(order)


def _verb(change: Change) -> str:
    if change.details[:1] and change.details[0].startswith("called "):
        return change.details[0]
    return _VERBS[change.kind]


def _outermost(names: Counter[str]) -> Counter[str]:
    return Counter({n: c for n, c in names.items() if not any(n.startswith(f"{other}.") for other in names)})


def _names(names: Counter[str], count: int) -> str:
    rows: dict[tuple[str, int], list[str]] = {}
    for name, times in names.items():
        rows.setdefault((mask(name), times), []).append(name)
    texts = [in_short(row) if times == count else f"{in_short(row)} ×{times}" for (_, times), row in rows.items()]
    return listed([*texts[:MOST_NAMES], *_more(texts, MOST_NAMES)])


def _more(texts: Sequence[str], most: int) -> list[str]:
    return [f"{len(texts) - most} more"] if len(texts) > most else []


def widths(rows: Sequence[Change]) -> str:
    """`sizes 64 → 128 … 512 → 1024 of Conv2d ×9 and Linear`."""
    told = [detail for row in rows for detail in row.details]
    steps = list(dict.fromkeys(step for detail in told for step in _ends(detail)))
    is_whole = len(steps) <= MOST_STEPS and not any("…" in detail for detail in told)
    shown = ", ".join(steps) if is_whole else f"{steps[0]} … {steps[-1]}"
    return f"sizes {shown} of {_classes(rows)}"


def _ends(detail: str) -> list[str]:
    """`64 → 128` and `64 → 256` of `out 64 → 128 … 256`: the first and the last of those steps."""
    first, _, last = re.sub(r"^\D+", "", detail).partition(" … ")
    return [first, last if "→" in last else f"{first.partition(' ')[0]} → {last}"] if last else [first]


def _classes(rows: Sequence[Change]) -> str:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.what or "functions"] += row.count
    texts = [f"{name} ×{count}" if count > 1 else name for name, count in counts.items()]
    return listed([*texts[:MOST_NAMES], *_more(texts, MOST_NAMES)])


def of_places(rows: Sequence[Change]) -> str:
    """`23 changes: ReLU6 → Hardswish ×18, SqueezeExcitation ×8 added, 21 more`, the most frequent first."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[_in_words(row)] += 1 if row.folded else row.count
    texts = [f"{said} ×{count}" if count > 1 else said for said, count in counts.most_common()]
    return f"{len(rows)} changes: {', '.join([*texts[:MOST_NAMES], *_more(texts, MOST_NAMES)])}"


def _in_words(row: Change) -> str:
    """What happened, without where."""
    name = row.what or row.path.rpartition(".")[2].partition("#")[0]
    if row.folded:
        return row.details[0]
    if row.kind == "changed":
        said = row.details[0] if row.details else "changed"
        return said if said.endswith(f" → {row.what}") else f"{name} {said}"
    return f"{name} {_verb(replace(row, details=row.details[:1]))}"
