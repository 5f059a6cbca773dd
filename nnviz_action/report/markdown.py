"""One line of text, made harmless for Markdown: shown as it is, whatever it holds.

Its own signs are escaped. GitHub then looks through the *rendered* text for mentions, references, names of commits
and addresses, which no escape hides: there a zero-width space takes the sign from what follows it. A dollar that
begins no formula stands in an element of its own:
https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions.
"""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$^=\-]|(?<=\A\d)\.|(?<=\A\d\d)\.)")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "~": "&#126;", "$": "<span>$</span>"}
_BREAK = "\u200b"
# before a name, a number of an issue or advisory, an address or an emoji; and within the first letters of an address
_LINKED = re.compile(r"@|#|:(?=[/\w+-])|(?<=\bgh)-(?=\d)|(?<=\bghsa)-|(?<=\bcve)-(?=\d)|www(?=\.)", re.IGNORECASE)
# what may be a commit: seven digits are enough for GitHub
_HASH = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE)
_PIECE = re.compile(r"(.{6})(?=.)")
_MOST_TICKS = 50  # cmark-gfm, which GitHub uses, takes no more than 80 in a row for the end of a code span


def shown(line: str) -> str:
    """Markdown that shows a line: no link, image, mention, reference, emoji, HTML or emphasis."""
    broken = unlinked(_LINKED.sub(lambda match: f"{match[0]}{_BREAK}", line))
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[1], f"\\{match[1]}"), broken)


def unlinked(line: str) -> str:
    """A line in which GitHub finds no commit: also a large number may be the beginning of one's name."""
    return _HASH.sub(lambda match: _PIECE.sub(rf"\1{_BREAK}", match[0]), line)


def span(line: str) -> str:
    """A code span that shows a line; plain text where no span can."""
    flat = line or " "
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    if longest > _MOST_TICKS:
        return shown(line)
    ticks = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"
