"""What `generate` says of models that fail alike, as it would say it of each alone."""

import re

GROUP = re.compile(r"^error: the same of \d+ more:\n((?: {4}\S.*\n?)+)", re.M)
PLACE = re.compile(r"^ {4}(\S+:\d+: )(\S+)$", re.M)


def each(said: str) -> str:
    """With the whole error in the place of each that is told as the same."""
    while found := GROUP.search(said):
        start = said.rindex("error: ", 0, found.start())
        first = said[start : found.start()]
        name = first.removeprefix("error: ").partition(":")[0]
        own = next(p[1] for p in PLACE.finditer(first) if p[2] == name)
        others = "".join(
            first.replace(f"error: {name}:", f"error: {other}:").replace(f"{own}{name}", f"{place}{other}")
            for place, other in PLACE.findall(found[1])
        )
        said = said[: found.start()] + others + said[found.end() :]
    return said
