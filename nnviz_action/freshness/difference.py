"""What a committed diagram has otherwise than it was made now: found by `proof`, judged by `verdict`."""

from dataclasses import dataclass

LOCK, PAINT, EXPORT, IN_WORDS = "lock", "paint", "export", "summary"  # what a difference is of, beside the views
PAINTERS = ("paint", "netron")  # of the toolchain: what draws a picture, and makes no other graph


@dataclass(frozen=True)
class Difference:
    """What is not as it was just made, in words.

    `view` says what it is a matter of: a view of the model, or one of the words above; empty for what no other
    version of a package can be the reason of.
    """

    view: str
    says: str
