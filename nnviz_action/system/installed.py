"""Which versions are installed, and which are wanted, by the metadata of the packages alone."""

import re
from importlib import metadata

NAME = "nnviz-action"
_WANTED = re.compile(r"([A-Za-z0-9_.-]+)\s*>=\s*([\d.]+)")
_PINNED = re.compile(r"torch\s*\(?==\s*([\d.]+)")


def version(package: str) -> str:
    """The installed version, empty where there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def least(package: str) -> str:
    """The oldest version of a package that this project works with, empty where any does."""
    try:
        wanted = [match for line in metadata.requires(NAME) or () if (match := _WANTED.match(line))]
    except metadata.PackageNotFoundError:  # run from its source
        return ""
    return next((match[2] for match in wanted if match[1].lower() == package), "")


def older(one: str, other: str) -> bool:
    """Whether a version comes before another, by the numbers that both begin with."""
    return _numbers(one) < _numbers(other)


def build(full: str) -> str:
    """For what a package of torch was built: `cpu`, `cu126` …; empty where its version does not tell."""
    return full.partition("+")[2]


def torch_wanted_by(package: str) -> str:
    """The one version of torch that a package was built against, empty where it does not tell."""
    pins = (_PINNED.match(line) for line in metadata.requires(package) or ())
    return next((pin[1] for pin in pins if pin), "")


def cuda_bytes() -> int:
    """What the installed libraries for NVIDIA's GPUs take on disk."""
    parts = [
        d for d in metadata.distributions() if (d.metadata["Name"] or "").lower().startswith(("nvidia-", "triton"))
    ]
    return sum(file.size or 0 for part in parts for file in part.files or ())


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"[\d.]+", text)
    return tuple(int(part) for part in found[0].strip(".").split(".")) if found else ()
