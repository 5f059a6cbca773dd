"""Files out of npm packages, got once by the registry that npm is configured for, and kept where git does not look."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT
from filelock import FileLock

CACHE = ROOT / ".cache" / "npm"


def packed_file(package: str, version: str, member: str, cache: Path = CACHE) -> Path:
    """The path of one file of a package, such as `dist/mermaid.min.js`.

    Without npm, or without the network, the test is skipped and says so; where `CI` is `true` it fails.
    """
    found = cache / f"{package.replace('/', '+')}@{version}" / member
    if not found.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "lock"):
            _unpack(_pack(f"{package}@{version}", cache), member, found)
    return found


@cache
def _pack(package: str, folder: Path) -> Path:
    """The package's archive, as npm downloads and verifies it."""
    archive = folder / f"{package.replace('/', '+')}.tgz"
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            command = ["npm", "pack", package, "--silent", "--pack-destination", fresh]
            problem = _run(command, fresh)
            files = list(Path(fresh).glob("*.tgz"))
            if problem or not files:
                give_up(f"npm cannot get {package}: {problem or 'it wrote nothing'}")
            files[0].replace(archive)
    return archive


def _run(command: list[str], folder: str) -> str:
    """Runs npm; what went wrong, or nothing."""
    npm = shutil.which(command[0])
    if not npm:
        return "npm is not installed"
    try:
        done = subprocess.run([npm, *command[1:]], cwd=folder, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        return "it takes longer than three minutes"
    lines = (done.stderr or "").strip().splitlines()
    return (lines[0] if lines else f"exit code {done.returncode}") if done.returncode else ""


def _unpack(archive: Path, member: str, to: Path) -> None:
    with tarfile.open(archive) as packed:
        source = packed.extractfile(f"package/{member}")
        assert source is not None
        to.parent.mkdir(parents=True, exist_ok=True)
        part = to.with_name(f"{to.name}.part")
        with source, part.open("wb") as target:
            shutil.copyfileobj(source, target)
        part.replace(to)


def give_up(reason: str) -> None:
    """Skip the test, aloud; fail it in CI, where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
