"""What the config says is to follow from a change, read without checking the rest of it."""

from nnviz_action.config.document import Document

IGNORE, WARN, FAIL = "ignore", "warn", "fail"


def on_checkpoint_break(document: Document) -> str:
    """What follows where old weights load no more; what is no such word is told where the whole config is checked."""
    said = document.data.get("on_checkpoint_break") if isinstance(document.data, dict) else None
    return said if said in (WARN, FAIL) else IGNORE
