"""A model's history as a table, as JSON and as CSV."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping

from rich.table import Table
from rich.text import Text

from nnviz_action.freshness.history import NUMBERS, History, Point
from nnviz_action.graph.number_text import percent, short, short_bytes, short_macs
from nnviz_action.render.visible_text import visible
from nnviz_action.report.table import show

_TEXTS: dict[str, Callable[[int], str]] = {"parameters": short, "macs": short_macs, "activations": short_bytes}


def text(model: str, history: History) -> None:
    """A line a commit, the newest last: each number, and by how much it differs from the line before."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("commit", "date"):
        table.add_column(name, no_wrap=True)
    for name in ("parameters", "MACs", "activations", "nodes"):
        table.add_column(name, justify="right", no_wrap=True)
        table.add_column("", justify="right", no_wrap=True, style="dim")
    table.add_column("", no_wrap=True, overflow="ellipsis")
    before: Point | None = None
    for point in history.points:
        table.add_row(*_row(point, before))
        before = point
    show(table)


def _row(point: Point, before: Point | None) -> Iterator[str | Text]:
    yield point.commit[:8]
    yield point.date[:10]
    for name in NUMBERS:
        value, old = point.numbers.get(name), before.numbers.get(name) if before else None
        yield "" if value is None else _TEXTS.get(name, str)(value)
        yield "" if value is None or old is None else _delta(name, old, value)
    yield Text(f"{_note(point, before)}{_plain(point.subject)}")


def _delta(name: str, old: int, new: int) -> str:
    """Of large numbers in per cent, of nodes as they are."""
    if name in _TEXTS:
        return percent(old, new)
    return f"{new - old:+}".replace("-", "−") if new != old else ""


def _note(point: Point, before: Point | None) -> str:
    if not point.graph:
        return "(removed) "
    return "(the same numbers) " if before and point.numbers and point.numbers == before.numbers else ""


def _plain(subject: str) -> str:
    """Nothing that a terminal would obey."""
    return "".join(char if char.isprintable() else "\ufffd" for char in visible(subject))


def as_json(model: str, history: History) -> None:
    """One object: the points, the oldest first, with what changed since the one before."""
    points, before = [], None
    for point in history.points:
        old: Mapping[str, int] = before.numbers if before else {}
        changed = {n: point.numbers[n] - old[n] for n in point.numbers if n in old and point.numbers[n] != old[n]}
        points.append(
            {
                "commit": point.commit,
                "date": point.date,
                "subject": point.subject,
                "folder": point.folder,
                "graph": point.graph,
                "numbers": dict(point.numbers),
                "changed": changed,
            }
        )
        before = point
    data = {"model": model, "cut": history.cut, "points": points}
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def as_csv(model: str, history: History) -> None:
    """Commit, date and the numbers; no subject, which a spreadsheet might take for a formula."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(("commit", "date", *NUMBERS))
    rows.writerows((p.commit, p.date, *(p.numbers.get(name, "") for name in NUMBERS)) for p in history.points)


REPORTERS: dict[str, Callable[[str, History], None]] = {"text": text, "json": as_json, "csv": as_csv}
