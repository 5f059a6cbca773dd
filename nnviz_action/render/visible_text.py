"""What of a text can be seen: no font is asked here, so that a check need not load any."""

import re
import unicodedata

# Unicode's Default_Ignorable_Code_Point: nothing is seen of them but that some turn the direction of text. Only the
# joiners stay, and only in scripts that join.
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|(?<![\u0600-\u1cff\ua800-\uabff])[\u200c\u200d]+"
)
_BLANK = re.compile("[\t\n\v\f\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000 ]+")


def visible(text: str) -> str:
    """The text in one line, with nothing in it that is not seen or that turns its direction."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", _BLANK.sub(" ", text)))
