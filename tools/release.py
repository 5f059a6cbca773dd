"""Says whether a tag may be released: it is the version, everywhere, and the changelog has it.

Usage: python tools/release.py TAG
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = {"pyproject.toml": r'^version = "(.*)"$', "nnviz_action/__init__.py": r'^__version__ = "(.*)"$'}


def main(tag: str) -> int:
    """The exit code: 0, or 1 with what is wrong."""
    found = list(problems(ROOT, tag))
    for problem in found:
        sys.stderr.write(f"error: {problem}\n")
    return 1 if found else 0


def problems(root: Path, tag: str) -> Iterator[str]:
    """What has to be put right before this tag is pushed."""
    version = tag.removeprefix("v")
    if not re.fullmatch(r"v\d+\.\d+\.\d+((a|b|rc)\d+)?", tag):
        yield f"{tag!r} is no tag of a version, such as v1.2.3"
        return
    for name, pattern in PLACES.items():
        if re.findall(pattern, (root / name).read_text(encoding="utf-8"), re.MULTILINE) != [version]:
            yield f"{name} has another version than {tag}"
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE):
        yield f"CHANGELOG.md has no section  ## [{version}] - YYYY-MM-DD"
    if re.search(r"^## \[Unreleased\]\n+(?!\n|## |\Z)", changes, re.MULTILINE):
        yield "CHANGELOG.md has changes that are still unreleased"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
