"""A record → the one line that says what is the matter."""

from collections.abc import Iterator

from nnviz_action.report.escape import code
from nnviz_action.report.record import Model, Record

_MOST_NAMES = 3
_DID = {"added": "new", "removed": "removed"}  # all else changed


def headline(record: Record) -> str:
    """Markdown, without a line's end."""
    where = f" · {code(record.config)}" if record.config not in ("", "nnviz.yaml") else ""
    return f"{_said(record)}{where}"


def _said(record: Record) -> str:
    differing = [m for m in record.models if m.state not in ("", "same")]
    stale = [m for m in record.models if m.status not in ("", "fresh")]
    over = [m for m in record.models if m.over]
    rest = [m for m in record.models if m not in differing and m not in stale and m not in over]
    broken = [m for m in record.models if m.loads is False]
    words = list(_changes(differing))
    if broken == differing != [] and len(words) == 1 and not stale:
        words = [f"{words[0]} and cannot load old weights"]
    elif broken:
        words.append(f"{_listed(broken)} cannot load old weights")
    if stale and stale == differing and len(words) == 1:
        words = [f"{words[0]} and {_be(stale)}not fresh"]
    elif stale:
        words.append(f"{_listed(stale)} {_be(stale, always=True)}not fresh")
    words += ["the gallery is not fresh"] if record.galleries else []
    words += [f"{_listed(over)} {_be(over, always=True)}over budget"] if over else []
    well = "" if stale or record.galleries or over or broken else " ✓"
    if not record.base_commit and record.notes:
        return ", ".join(["nothing to compare with", *words, *_others(record, rest, "" if words else "model")])
    if not words:
        return f"no architecture changed, {''.join(_others(record, rest, 'model'))}{well}"
    return f"{', '.join([*words, *_others(record, rest, 'other')])}{well if rest else ''}"


def _changes(differing: list[Model]) -> Iterator[str]:
    changed = [m for m in differing if m.state not in _DID]
    if changed:
        yield f"{_listed(changed)} changed"
    for state, word in _DID.items():
        found = [m for m in differing if m.state == state]
        if found:
            yield f"{_listed(found)} {_be(found, always=True)}{word}"


def _be(models: list[Model], always: bool = False) -> str:
    """Where it follows "is new" it need not be said again."""
    if not always and any(model.state in _DID for model in models):
        return ""
    return "is " if len(models) == 1 else "are "


def _others(record: Record, models: list[Model], word: str) -> Iterator[str]:
    """How many are as they were: fresh, where that was looked at."""
    judged = any(model.status for model in record.models)
    if not models and word != "model":
        return
    noun = "" if judged and word == "model" else f" {word}{'s' * (len(models) != 1)}" if word else ""
    yield f"{len(models)}{noun} {'fresh' if judged else 'unchanged'}"


def _listed(models: list[Model]) -> str:
    names = ", ".join(code(model.model) for model in models[:_MOST_NAMES])
    more = len(models) - _MOST_NAMES
    return f"{names} and {more} more" if more > 0 else names
