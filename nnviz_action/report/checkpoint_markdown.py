"""What becomes of saved weights, in a pull request's comment: one line, and a table that is closed at first."""

from collections.abc import Iterator

from nnviz_action.report.checkpoint_text import names_of
from nnviz_action.report.escape import code, escape
from nnviz_action.report.markdown import unlinked
from nnviz_action.report.record import Keys, Model


def checkpoint_lines(model: Model) -> Iterator[str]:
    """Nothing where it is not known."""
    if not model.checkpoint:
        return
    yield from ("", f"{'⚠️ ' * (model.loads is False)}**checkpoints**: {escape(model.checkpoint)}")
    if model.keys:
        yield from ("", "<details><summary>which keys</summary>", "")
        yield from ("| | before | now | keys |", "|---|---|---|--:|")
        yield from map(_row, model.keys)
        yield from ([f"| and {unlinked(str(model.more_keys))} more rows | | | |"] if model.more_keys else [])
        yield from ("", "</details>")


def _row(keys: Keys) -> str:
    before, now = (code(name).replace("|", "\\|") if name else "" for name in names_of(keys.key, keys.now))
    says = f"{keys.state} {escape(keys.says)}".strip()
    return f"| {says} | {before} | {now} | {unlinked(str(keys.count))} |"
