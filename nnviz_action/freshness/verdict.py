"""Does a diagram still tell the truth? Decided from facts alone: no disk, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from nnviz_action.freshness.lock import PARTS, VERSION, Lock
from nnviz_action.freshness.outputs import MODEL

LOCK, PAINT, EXPORT, IN_WORDS = "lock", "paint", "export", "summary"  # what a difference is of, beside the views
PAINTERS = ("paint", "netron")  # of the toolchain: what draws a picture, and makes no other graph


class Status(str, Enum):
    """The verdicts. All but FRESH ask for something to be done; SUSPECT says that only a capture can tell."""

    FRESH = "fresh"
    STALE = "stale"
    SUSPECT = "suspect"
    DRIFT = "drift"
    MISSING = "missing"
    EDITED = "edited"
    ORPHAN = "orphan"
    TAKEN = "taken"
    FAILED = "failed"
    UNSTAGED = "unstaged"
    OUTDATED = "outdated"  # of a gallery, where the others are of a model


@dataclass(frozen=True)
class Verdict:
    """What is the matter with one model's diagram, and why; where it drifted, which views did."""

    model: str
    status: Status
    reasons: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """What a committed diagram has otherwise than it was made now, in words.

    `view` says what it is a matter of: a view of the model, or one of the words above; empty for what no other
    version of a package can be the reason of.
    """

    view: str
    says: str


@dataclass(frozen=True)
class Facts:
    """What the disk says now.

    `outputs` maps the name of each expected file to its hash, None where it is gone; `other_config` names a config
    to which the diagram's folder already belongs.
    """

    entry: str
    expected: tuple[str, ...]
    outputs: Mapping[str, str | None]
    changed_sources: tuple[str, ...]
    other_config: str = ""


@dataclass(frozen=True)
class Lacking:
    """What the next commit would lack of a diagram that is fresh on disk: POSIX paths from the config's folder.

    Files of the diagram that git does not know, that a .gitignore keeps out, that changed since they were added; and
    sources that git does not know.
    """

    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def reasons(self) -> tuple[str, ...]:
        """A line for each kind."""
        said = {
            "not in git": _names(self.unknown),
            "ignored by git": _names(self.ignored),
            "not staged as it is": _names(self.changed),
            "made from what is not in git": self.sources,
        }
        return tuple(f"{what}: {', '.join(names)}" for what, names in said.items() if names)


def _names(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path.rpartition("/")[2] for path in paths)


@dataclass(frozen=True)
class Recapture:
    """What a capture says now: the lock as it would be written, and the files beside it."""

    lock: Lock
    files: Mapping[str, bytes] = field(default_factory=dict)


def judge(model: str, lock: Lock | None, facts: Facts) -> Verdict:
    """The verdict as far as it can be told without running the model."""
    if lock is None:
        return Verdict(model, Status.MISSING, ("never generated",))
    if facts.other_config:
        return Verdict(
            model, Status.TAKEN, (f"its folder belongs to {facts.other_config}: rename it, or change its output",)
        )
    if lock.edition != VERSION:
        return Verdict(model, Status.STALE, ("written by an older nnviz-action",))
    if lock.entry != facts.entry:
        return Verdict(model, Status.STALE, ("its entry in the config changed",))
    missing = tuple(f"{name} is missing" for name in facts.expected if facts.outputs.get(name) is None)
    if missing:
        return Verdict(model, Status.MISSING, missing)
    edited = tuple(f"{n} is not as generated" for n in facts.expected if facts.outputs[n] != lock.outputs.get(n))
    if edited:
        return Verdict(model, Status.EDITED, edited)
    if facts.changed_sources:
        return Verdict(model, Status.SUSPECT, facts.changed_sources)
    return Verdict(model, Status.FRESH)


def judge_staged(verdict: Verdict, lacking: Lacking) -> Verdict:
    """The verdict on what is about to be committed: of a diagram that is fresh, all must be."""
    reasons = lacking.reasons()
    return Verdict(verdict.model, Status.UNSTAGED, reasons) if verdict.status is Status.FRESH and reasons else verdict


def settle(then: Verdict, lock: Lock | None, now: Recapture, found: Sequence[Difference] = ()) -> Verdict:
    """The verdict once the model has been captured again. What files alone condemned stays condemned.

    `found` is what the committed files have otherwise, where they were held against what was made.
    """
    if lock is None or then.status not in (Status.SUSPECT, Status.FRESH):
        same = lock is not None and lock.digests == now.lock.digests
        return replace(then, reasons=(*then.reasons, *(("the graphs are the same",) if same else ())))
    views = _differing(lock.digests, now.lock.digests)
    differing = (*_failures(lock, now.lock), *(f"the {view} graph changed" for view in views))
    if not differing and not found:
        return Verdict(then.model, Status.FRESH, then.reasons)
    said = tuple(difference.says for difference in found)
    views = tuple(dict.fromkeys((*views, *(difference.view for difference in found))))
    if not differing and {LOCK, PAINT}.issuperset(views):
        return Verdict(then.model, Status.DRIFT, said, views)
    drifted = _drifted(lock, now.lock)
    if "" not in views and drifted and (then.status is Status.FRESH or _is_torchs_own(lock, now.lock, views)):
        return Verdict(then.model, Status.DRIFT, (*drifted, *differing, *said), views)
    status = Status.STALE if differing else Status.EDITED
    return Verdict(then.model, status, (*then.reasons, *drifted, *differing, *said))


def _is_torchs_own(then: Lock, now: Lock, views: tuple[str, ...]) -> bool:
    """Whether another torch alone may tell what is other, whatever was edited: what autograd records, and what can be
    exported. The calls of the author are the same under each."""
    return then.toolchain.get("torch") != now.toolchain.get("torch") and "forward" not in views


def _failures(then: Lock, now: Lock) -> tuple[str, ...]:
    """What can be made now and could not then, and the other way round. An export is not always tried."""
    tried = [part for part in then.failed if part != "onnx" or MODEL in now.outputs]
    came = (f"{PARTS[part]} can be made now" for part in tried if part not in now.failed)
    went = (f"without {PARTS[part]} now: {why}" for part, why in now.failed.items() if part not in then.failed)
    return (*came, *went)


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The views that changed."""
    return tuple(view for view in dict.fromkeys((*then, *now)) if then.get(view) != now.get(view))


def _drifted(lock: Lock, now: Lock) -> tuple[str, ...]:
    """The packages that are of another version than then; those that draw make no other graph."""
    old, new = ({**one.packages, **one.toolchain, **dict.fromkeys(PAINTERS, "")} for one in (lock, now))
    return tuple(
        f"{name} {old[name]} → {version}" for name, version in new.items() if old.get(name, version) != version
    )
