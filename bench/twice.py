"""Whether a run gives the same bytes in another folder, order, number of jobs, hash seed and locale.

Usage: python bench/twice.py [--first | --second]     the twenty mixed models, or what `make corpus` or `make corpus2` drew

A corpus is drawn once more beside what its run left, `--second` in its own environment and without the exports.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from mixed import HERE, TOOL, workspace

WAYS = ({"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Kathmandu"})
UNSETTLED = ("written", "checksum")  # in a lock: a hash of the entry as it stands in the config, and one of all
# Where the config of each corpus is, and where its diagrams are, from `bench/corpus`.
CORPORA = {"--first": ("corpus.yaml", "work/diagrams", {}),
           "--second": ("second/nnviz.yaml", "work/second", {"export": "never", "timeout": 300})}  # fmt: skip


def rows(which: str = "") -> list[tuple[str, str, str]]:
    one, other = _corpus(*CORPORA[which]) if which else _mixed()
    differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    print(*differing, sep="\n", file=sys.stderr)
    count = len({name.split("/")[0] for name in one if name.endswith("/lock.json")})
    what = f"files that differ, {count} models in another folder, order, number of jobs, hash seed and locale"
    return [(what, "0", f"{len(differing)} of {len(one)}")]


def _mixed() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Both sides, drawn now."""
    first = workspace()
    second = Path(tempfile.mkdtemp(prefix="nnviz bench ")) / "another, deeper folder"
    shutil.copytree(first, second)
    _draw(first / "nnviz.yaml", "2", WAYS[0])
    _reversed(second / "nnviz.yaml", {})
    _draw(second / "nnviz.yaml", "1", WAYS[1])
    return _files(first / "diagrams"), _files(second / "diagrams")


def _corpus(config: str, diagrams: str, defaults: dict[str, object]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What was drawn by the corpus's own run, and a copy of the repository's part of it, drawn now."""
    root = Path(tempfile.mkdtemp(prefix="nnviz bench ")) / "another, deeper folder"
    shutil.copytree(HERE / "corpus", root / "bench" / "corpus", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(root / "bench" / "corpus" / diagrams)
    shutil.copytree(
        HERE.parent / "examples", root / "examples", ignore=shutil.ignore_patterns("diagrams", "__pycache__")
    )
    (root / ".git").mkdir()
    folder = root / "bench" / "corpus"
    _reversed(folder / config, defaults)
    _draw(folder / config, "3", WAYS[1])
    return _files(HERE / "corpus" / diagrams), _files(folder / diagrams)


def _reversed(config: Path, defaults: dict[str, object]) -> None:
    data = yaml.safe_load(config.read_text())
    data["models"] = dict(reversed(data["models"].items()))
    data["defaults"] = {**data.get("defaults", {}), **defaults}
    config.write_text(yaml.safe_dump(data, sort_keys=False))


def _draw(config: Path, jobs: str, env: dict[str, str]) -> None:
    start = time.monotonic()
    command = [*TOOL, "--jobs", jobs, "--config", config.name]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), **env}
    subprocess.run(command, cwd=config.parent, env=environment, capture_output=True, check=False)
    print(f"{config}: {time.monotonic() - start:.0f} s", file=sys.stderr)


def _files(diagrams: Path) -> dict[str, bytes]:
    """All that is committed. In the gallery models stand in the order of the config, of which a lock holds a hash."""
    found = {
        path.relative_to(diagrams).as_posix(): path.read_bytes() for path in diagrams.rglob("*") if path.is_file()
    }
    found.pop("README.md", None)
    return {name: _settled(data) if name.endswith("lock.json") else data for name, data in found.items()}


def _settled(lock: bytes) -> bytes:
    return json.dumps({key: value for key, value in json.loads(lock).items() if key not in UNSETTLED}).encode()


if __name__ == "__main__":
    for row in rows(*sys.argv[1:2]):
        print(" | ".join(row))
