"""One line of text, made harmless for Markdown: shown as it is, whatever it holds.

Its own signs are escaped. GitHub then looks through the *rendered* text for mentions, references and addresses,
which no escape hides: there a zero-width space takes the sign from what follows it.
"""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$^=\-]|(?<=\A\d)\.|(?<=\A\d\d)\.)")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "~": "&#126;", "$": "&#36;"}
_BREAK = "\u200b"
# before a name, a number of an issue, an address or an emoji; and within the first letters of an address
_LINKED = re.compile(r"@|#|:(?=[/\w+-])|(?<=\bgh)-(?=\d)|www(?=\.)", re.IGNORECASE)


def shown(line: str) -> str:
    """Markdown that shows a line: no link, image, mention, reference, emoji, HTML or emphasis."""
    broken = _LINKED.sub(lambda match: f"{match[0]}{_BREAK}", line)
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[1], f"\\{match[1]}"), broken)


def span(line: str) -> str:
    """A code span that shows a line."""
    flat = line or " "
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"
