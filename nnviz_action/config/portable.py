"""Names and paths that mean the same on every system: a diagram drawn on one is checked on another."""

import re

# Letters of any script, so that a folder can be named as the model is; nothing that some file system forbids.
_SAFE_NAME = re.compile(r"[^\W_][\w.+-]{0,99}\Z")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in "0123456789¹²³")})
_FORBIDDEN = frozenset('<>:"|?*') | frozenset(map(chr, range(32)))  # by Windows, in any name
_BACKSLASH = "\\"
_DEVICE = "Windows keeps this name for a device: take another"
_LAST = "no blank and no dot at the end of a name: Windows drops them"


def is_folder_name(name: str) -> bool:
    """Whether every file system takes this for the name of a folder."""
    return bool(_SAFE_NAME.match(name)) and not name.endswith(".") and not _is_device(name)


def name_cure(name: str) -> str:
    """What to do about one that is no folder's name everywhere."""
    if _is_device(name):
        return _DEVICE
    if name.endswith((" ", ".")):
        return _LAST
    return "use letters, digits, - _ . and +, a hundred at most, and begin with a letter or a digit"


def slash_cure(path: str) -> str:
    """What to do about a path that only Windows takes for one; empty where it has no backslash."""
    return f"write  {path.replace(_BACKSLASH, '/')}" if _BACKSLASH in path else ""


def path_cure(path: str) -> str:
    """What to do about folders of ours that some system cannot have; empty where all can."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    if slash_cure(path):
        return slash_cure(path)
    if any(map(_is_device, parts)):
        return _DEVICE
    if any(part.endswith((" ", ".")) for part in parts):
        return _LAST
    return 'no < > : " | ? * in the name of a folder: Windows forbids them' if _FORBIDDEN & set(path) else ""


def _is_device(name: str) -> bool:
    return name.lower().split(".")[0].rstrip() in _RESERVED
