"""Does a diagram still tell the truth? Decided from facts alone: no disk, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from nnviz_action.lock import Lock


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


@dataclass(frozen=True)
class Verdict:
    """What is the matter with one model's diagram, and why."""

    model: str
    status: Status
    reasons: tuple[str, ...] = ()


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
class Recapture:
    """What a capture says now."""

    digests: Mapping[str, str]
    versions: Mapping[str, str]


def judge(model: str, lock: Lock | None, facts: Facts) -> Verdict:
    """The verdict as far as it can be told without running the model."""
    if lock is None:
        return Verdict(model, Status.MISSING, ("never generated",))
    if facts.other_config:
        return Verdict(
            model, Status.TAKEN, (f"its folder belongs to {facts.other_config}: rename it, or change its output",)
        )
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


def settle(suspect: Verdict, lock: Lock, now: Recapture) -> Verdict:
    """The verdict on a suspect, or on any model under `--full`, once it has been captured again."""
    differing = tuple(
        f"the {view} graph changed" for view in lock.digests if lock.digests[view] != now.digests.get(view)
    )
    if not differing:
        return Verdict(suspect.model, Status.FRESH, suspect.reasons)
    then = {**lock.packages, **lock.toolchain}
    drifted = tuple(f"{n} {then[n]} → {v}" for n, v in now.versions.items() if n in then and then[n] != v)
    if suspect.status is Status.FRESH and drifted:
        return Verdict(suspect.model, Status.DRIFT, (*drifted, *differing))
    return Verdict(suspect.model, Status.STALE, (*suspect.reasons, *differing))
