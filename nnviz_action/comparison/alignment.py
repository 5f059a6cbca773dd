"""Two rows of parts in the order of execution → the same side by side, what is one in one step."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from nnviz_action.comparison.parts import Part
from nnviz_action.comparison.similarity import score

MOST_CELLS = 40_000  # of one table of scores; beyond it, what is unique on both sides comes first
STRETCH = 150  # parts of a row that are aligned at once where nothing is unique

Step = tuple[Part | None, Part | None]


def align(old: Sequence[Part], new: Sequence[Part]) -> list[Step]:
    """Both rows in order, what is one side by side."""
    start = 0
    while start < min(len(old), len(new)) and _is_same(old[start], new[start]):
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and _is_same(old[-1 - end], new[-1 - end]):
        end += 1
    middle = _between(old[start : len(old) - end], new[start : len(new) - end], 0)
    head = list(zip(old[:start], new[:start], strict=True))
    tail = list(zip(old[len(old) - end :], new[len(new) - end :], strict=True))
    return slide([*head, *middle, *tail])


def _is_same(one: Part, other: Part) -> bool:
    """Whether they say the same, are called alike, and stand among the same."""
    names = one.name == other.name or one.stem == other.stem is not None
    alike = one.content == other.content and one.loose == other.loose
    return alike and names and one.call == other.call and one.context == other.context


_KEYS: tuple[Callable[[Part], Hashable], ...] = (
    lambda part: (part.content, part.name, part.context),
    lambda part: (part.content, part.context),
    lambda part: (part.kind, part.name),
)


def _between(old: Sequence[Part], new: Sequence[Part], depth: int) -> list[Step]:
    """Aligned by scores where that is cheap; else between anchors (as the patience diff of Bram Cohen does it)."""
    if not old or not new:
        return [*((one, None) for one in old), *((None, other) for other in new)]
    if len(old) * len(new) <= MOST_CELLS:
        return _best_path(old, new)
    if depth == len(_KEYS):
        half = min(STRETCH, len(old) - 1, len(new) - 1)
        return [*_best_path(old[:half], new[:half]), *_between(old[half:], new[half:], 0)]
    steps: list[Step] = []
    i = j = 0
    anchors = _anchors(old, new, _KEYS[depth])
    for a, b in [*anchors, (len(old), len(new))]:
        steps += _between(old[i:a], new[j:b], 0 if anchors else depth + 1)
        steps += [(old[a], new[b])] if a < len(old) else []
        i, j = a + 1, b + 1
    return steps


def _anchors(old: Sequence[Part], new: Sequence[Part], key: Callable[[Part], Hashable]) -> list[tuple[int, int]]:
    """The longest series of places, rising on both sides, of what is there once on each."""
    counts = Counter(map(key, old)), Counter(map(key, new))
    places = {key(part): j for j, part in enumerate(new)}
    pairs = [(i, places[k]) for i, part in enumerate(old) if counts[0][k := key(part)] == counts[1][k] == 1]
    tails: list[int] = []  # the smallest last place of a series of each length, and the pairs that end there
    ends: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1], ends[at : at + 1] = [j], [index]
    found = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _best_path(old: Sequence[Part], new: Sequence[Part]) -> list[Step]:
    """The alignment with the largest sum of scores (Needleman and Wunsch 1970, gaps free)."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    scores = [[score(one, other) for other in new] for one in old]
    for i in range(len(old) - 1, -1, -1):
        row, below, own = best[i], best[i + 1], scores[i]
        for j in range(len(new) - 1, -1, -1):
            pair = below[j + 1] + own[j] if own[j] else 0.0
            row[j] = max(pair, below[j], row[j + 1])
    steps: list[Step] = []
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            steps.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif j == len(new) or (i < len(old) and best[i][j] == best[i + 1][j]):
            steps.append((old[i], None))
            i += 1
        else:
            steps.append((None, new[j]))
            j += 1
    return steps


def slide(steps: list[Step]) -> list[Step]:
    """Of several ways to say what came or went among equal parts, the one by which the others keep their names."""
    first = 0
    while first < len(steps):
        side = 0 if steps[first][1] is None else 1
        last = first
        while last < len(steps) and steps[last][1 - side] is None and steps[last][side] is not None:
            last += 1
        if last == first:
            first += 1
            continue
        first = _slide(steps, first, last, side)
    return steps


def _slide(steps: list[Step], first: int, last: int, side: int) -> int:
    """Move a gap on while what it begins with may take the name behind it; returns where it ends."""
    while last < len(steps):
        gone, pair = steps[first][side], steps[last]
        stays, twin = pair[side], pair[1 - side]
        if gone is None or stays is None or twin is None or stays.name == twin.name:
            break
        if gone.content != stays.content or gone.name != twin.name or gone.call != twin.call:
            break
        steps[first] = (gone, twin) if side == 0 else (twin, gone)
        steps[last] = (stays, None) if side == 0 else (None, stays)
        first, last = first + 1, last + 1
    return last
