"""Text as resvg draws it with the bundled fonts alone: what can be drawn, how wide it is, and the SVG for it."""

import re
import unicodedata
from bisect import bisect_right
from xml.sax.saxutils import escape

from nnviz_action.render.font_runs import cut, in_sight
from nnviz_action.render.glyphs import (
    BOLD,
    FAMILY,
    FILES,
    FONTS,
    REGULAR,
    SCRIPTS,
    advances,
    covered,
    family,
    font_of,
    measure,
)
from nnviz_action.render.visible_text import visible

__all__ = ["FAMILY", "clean", "family", "font_files", "is_shaped", "shorten", "tspans", "width"]

LONGEST = 1000  # characters
_MISSING, _MORE = "\ufffd", "…"
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")  # of which Korean syllables are put together
_JOINS = re.compile("[\u200c\u200d\U0001f3fb-\U0001f3ff]")


def font_files() -> list[str]:
    """Paths of all bundled fonts, the main ones first."""
    return [str(FONTS / file) for file in FILES]


def clean(text: str) -> str:
    """Text that can be drawn: one line, nothing that turns its direction, U+FFFD for what no bundled font has.

    The fonts decide and not `unicodedata`, which knows more characters in each new Python. What nobody would read to
    its end is cut: to shape a word takes a time that grows with the square of its length, and cannot be ended.
    """
    if len(text) > LONGEST:
        end = next(at for at in range(LONGEST - len(_MORE), 0, -1) if at == 1 or _may_cut(text, at))
        text = text[:end] + _MORE
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return re.sub(" +", " ", "".join(char if font_of(char) else _MISSING for char in visible(text))).strip(" ")


def is_shaped(text: str) -> bool:
    """Whether any of its letters may join, or carry marks: then they are more than one beside the other."""
    if _JOINS.search(text) or _JAMO.search(text):
        return True
    return any(unicodedata.category(char)[0] == "M" or font_of(char) in SCRIPTS for char in set(text))


def width(text: str, size: float, bold: bool = False) -> float:
    """Pixels from the start of a clean text to its end."""
    main = BOLD if bold else REGULAR
    if covered(main).issuperset(text):
        return sum(map(advances(main).__getitem__, text)) * size
    return sum(measure(*run) for run in cut(text, bold)) * size


def shorten(text: str, limit: float, size: float, bold: bool = False) -> str:
    """The text, or as much of its start as leaves room for `…`, in at most `limit` pixels; never half a character."""
    if width(text, size, bold) <= limit:
        return text
    cuts = [at for at in range(len(text)) if _may_cut(text, at)]
    tries = bisect_right(cuts, limit, key=lambda at: width(text[:at].rstrip() + _MORE, size, bold))
    found = (text[:at].rstrip() + _MORE for at in reversed(cuts[:tries]))
    return next((short for short in found if width(short, size, bold) <= limit), "")


def tspans(text: str, x: float, size: float, bold: bool = False) -> str:
    """What goes into `<text xml:space="preserve" font-size=…>` to draw a clean text from `x` on to the right."""
    found = []
    for run, file in in_sight(cut(text, bold)):
        weight = "bold" if file == BOLD else "normal"
        found.append(f'<tspan x="{x:.2f}" font-family="{family(file)}" font-weight="{weight}">{escape(run)}</tspan>')
        x += measure(run, file) * size
    return "".join(found)


def _may_cut(text: str, at: int) -> bool:
    """Whether a character, as a reader sees it, starts here: no mark, no half of a conjunct or of a flag."""
    if at == 0:
        return True
    before, after = text[at - 1], text[at]
    if _JOINS.match(after) or unicodedata.category(after).startswith("M") or before in "\u200c\u200d":
        return False
    if _flag(after):
        return len(re.findall("[\U0001f1e6-\U0001f1ff]*$", text[:at])[0]) % 2 == 0
    return unicodedata.combining(before) != 9  # a virama joins the consonants on both sides of it


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
