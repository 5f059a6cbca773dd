"""A text cut into runs of one font each, from left to right.

resvg shapes a chunk of text as one script and mixes fonts in it only where their glyphs happen to pair up. A run that
is placed by itself is a chunk by itself; each complex script has a font, and so runs, of its own.
"""

import re
import unicodedata

from nnviz_action.render.glyphs import BOLD, REGULAR, covered, font_of

Run = tuple[str, str]  # text, file of its font
_NUMBER_OR_CHAR = re.compile(r"[0-9]+(?:[.,:/][0-9]+)*|.", re.DOTALL)
_MIRROR = str.maketrans("()[]{}<>", ")(][}{><")


def cut(text: str, bold: bool = False) -> list[Run]:
    """The runs in the order of the text."""
    runs: list[Run] = []
    for char in text:
        file = runs[-1][1] if runs else ""
        if file in ("", REGULAR, BOLD) or char not in covered(file):
            file = font_of(char, bold) or REGULAR
        if runs and file == runs[-1][1]:
            runs[-1] = (runs[-1][0] + char, file)
        else:
            runs.append((char, file))
    return [part for run in runs for part in _without_tail(*run)]


def in_sight(runs: list[Run]) -> list[Run]:
    """The runs from left to right: the bidirectional algorithm as far as names need it, in a line that runs right."""
    kinds = [_kind(text) for text, _ in runs]
    found: list[Run] = []
    at = 0
    while at < len(runs):
        end = at + 1
        if kinds[at] == "R":
            for other in range(at + 1, len(runs)):
                if kinds[other] == "L":
                    break
                end = other + 1 if kinds[other] else end
        group = runs[at:end]
        found += reversed([_turned(*run) for run in group]) if kinds[at] == "R" else group
        at = end
    return found


def _kind(text: str) -> str:
    """`R` for right to left, `L`, `N` for numbers, or nothing."""
    classes = {unicodedata.bidirectional(char) for char in text}
    if classes & {"R", "AL"}:
        return "R"
    return "L" if "L" in classes else "N" if classes & {"EN", "AN"} else ""


def _without_tail(text: str, file: str) -> list[Run]:
    """Spaces at the end of a run from right to left as a run of their own: resvg would draw them on the right."""
    body = text.rstrip(" ") if _kind(text) == "R" else text
    return [(part, font) for part, font in ((body, file), (text[len(body) :], REGULAR)) if part]


def _turned(text: str, file: str) -> Run:
    """Numbers and signs between words that run left, in the order in which they are seen."""
    if _kind(text) == "R":
        return text, file  # resvg does it
    return "".join(reversed(_NUMBER_OR_CHAR.findall(text))).translate(_MIRROR), file
