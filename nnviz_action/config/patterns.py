"""Paths and patterns in a config: what they may say, and the files that patterns find in the repository."""

import os
from collections.abc import Iterator
from pathlib import Path

MOST_FOLDERS = 4  # times `**`: each multiplies the ways in which a path fits
LONGEST, LONGEST_PART = 2000, 255  # bytes of a path and of a name in it: file systems stop at 4096 and 255


def is_path(text: str) -> bool:
    """Whether a system takes this for a path at all."""
    if not text or "\0" in text or len(text) > LONGEST:
        return False
    return len(os.fsencode(text)) <= LONGEST and all(len(os.fsencode(p)) <= LONGEST_PART for p in text.split("/"))


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path, all links followed, lies outside of `root`, which has none."""
    return not _inside(os.path.realpath(path), root)


def flaw(pattern: str, base: Path, root: Path) -> str:
    """What is wrong with a pattern that counts from `base`; empty where nothing is."""
    parts = pattern.split("/")
    if not is_path(pattern) or not pattern.strip("./") or os.path.isabs(pattern):  # noqa: PTH117
        return "is no pattern from the config's folder"
    if any("**" in part and part != "**" for part in parts):
        return "has ** beside other characters, where it stands for folders"
    if parts.count("**") > MOST_FOLDERS:
        return f"has more than {MOST_FOLDERS} ** in it"
    plain = next((i for i, part in enumerate(parts) if set(part) & set("*?[")), len(parts))
    if ".." in parts[plain:]:
        return "goes up again behind a pattern"
    if not _inside(os.path.normpath(f"{base}/{'/'.join(parts[:plain])}"), root):
        return "leads out of the repository"
    return ""


def matches(pattern: str, base: Path, root: Path) -> Iterator[Path]:
    """The files that a pattern finds, without those that links lead to from outside the repository."""
    if flaw(pattern, base, root):
        return
    for path in base.glob(pattern):
        if path.is_file() and not leads_out(path, root):
            yield path


def _inside(path: str, root: Path) -> bool:
    return f"{path}{os.sep}".startswith(f"{str(root).rstrip(os.sep)}{os.sep}")
