"""What a model weighed from commit to commit, by the locks that git has of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from nnviz_action.freshness.lock import NAME, Lock, parse_lock
from nnviz_action.system.revisions import Revisions, Touched

NUMBERS = ("parameters", "macs", "activations", "nodes")


@dataclass(frozen=True)
class Point:
    """A commit in which something changed. Without `graph`, the digest, the diagram was removed there."""

    commit: str
    date: str  # as ISO 8601 has it, when it was committed
    subject: str
    folder: str
    graph: str
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class History:
    """The points, the oldest first; whether a shallow clone hides what was before, and locks that are none."""

    points: tuple[Point, ...]
    cut: bool = False
    unread: int = 0


def read_history(revisions: Revisions, commit: str, folder: str) -> History:
    """The history of the diagram in a folder, along the first parents of a commit.

    So each merge is one step: what it brought to this branch. A diagram that was moved, or renamed as it was, is
    followed to where it came from.
    """
    touched = list(_followed(revisions, commit, f"{folder}/{NAME}"))
    texts = revisions.read([t.blob for t in touched if t.blob])
    locks = {blob: _lock(text) for blob, text in texts.items()}
    unread = sum(t.blob != "" and locks.get(t.blob) is None for t in touched)
    points = [_point(t, locks.get(t.blob)) for t in reversed(touched) if not t.blob or locks.get(t.blob)]
    cut = bool(touched) and not touched[-1].parents and revisions.is_shallow
    return History(tuple(_changed(points)), cut, unread)


def _followed(revisions: Revisions, commit: str, path: str) -> Iterator[Touched]:
    """The commits that touched a lock, the newest first, under all the paths that it had."""
    start: tuple[str, str] | None = (commit, path)
    while start:
        tip, path = start
        start = None
        for touched in revisions.log(tip, path):
            yield touched
            origin = _origin(revisions, touched) if touched.added and touched.parents else None
            if origin:
                start = touched.parents[0], origin
                break


def _origin(revisions: Revisions, touched: Touched) -> str | None:
    """The path of the lock that was removed where this one came: of the same graph, or alone of the same name."""
    gone = revisions.removed(touched.parents[0], touched.commit, NAME)
    texts = revisions.read([touched.blob, *gone.values()])
    new = _lock(texts.get(touched.blob, b""))
    old = {path: lock for path, blob in gone.items() if (lock := _lock(texts.get(blob, b""))) is not None}
    if new is None:
        return None
    same = [path for path, lock in old.items() if _graph(lock) and _graph(lock) == _graph(new)]
    named = [path for path, lock in old.items() if lock.model == new.model]
    both = [path for path in same if path in named]
    return next(iter((*both, *same, *(named if len(named) == 1 else []))), None)


def _lock(text: bytes) -> Lock | None:
    with suppress(ValueError):
        return parse_lock(text)
    return None


def _graph(lock: Lock) -> str:
    return lock.digests.get("forward") or lock.digests.get("autograd", "")


def _point(touched: Touched, lock: Lock | None) -> Point:
    numbers = {name: lock.numbers[name] for name in NUMBERS if name in lock.numbers} if lock else {}
    folder = touched.path.removesuffix(f"/{NAME}")
    return Point(touched.commit, touched.date, touched.subject, folder, _graph(lock) if lock else "", numbers)


def _changed(points: Sequence[Point]) -> Iterator[Point]:
    """Those that differ from the one before in what the model is."""
    before: Point | None = None
    for point in points:
        if before is None or (point.graph, point.numbers) != (before.graph, before.numbers):
            yield point
        before = point
