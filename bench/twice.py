"""Whether a run gives the same bytes in another folder, order, number of jobs, hash seed and locale.

Usage: python bench/twice.py [--all | --second]     the twenty mixed models, the whole corpus, or the second one

`--second` runs in the environment of `make corpus2`.
"""

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


def rows(which: str = "") -> list[tuple[str, str, str]]:
    first = second_workspace() if which == "--second" else workspace(which == "--all")
    second = Path(tempfile.mkdtemp(prefix="nnviz bench ")) / "another, deeper folder"
    shutil.copytree(first, second)
    data = yaml.safe_load((second / "nnviz.yaml").read_text())
    data["models"] = dict(reversed(data["models"].items()))
    (second / "nnviz.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    for folder, jobs, env in ((first, "2", WAYS[0]), (second, "1", WAYS[1])):
        start = time.monotonic()
        subprocess.run(
            [*TOOL, "--jobs", jobs], cwd=folder, env={**os.environ, **env}, capture_output=True, check=False
        )
        print(f"{folder}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    one, other = _files(first), _files(second)
    differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    print(*differing, sep="\n", file=sys.stderr)
    count = len({name.split("/")[1] for name in one if name.endswith("/lock.json")})
    what = f"files that differ, {count} models in another folder, order, number of jobs, hash seed and locale"
    return [(what, "0", f"{len(differing)} of {len(one)}")]


def second_workspace() -> Path:
    """A repository of the models of the second corpus, without their exports, in which nothing is drawn yet."""
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    (folder / ".git").mkdir()
    for source in (HERE / "corpus" / "second", HERE.parent / "examples"):
        for path in source.glob("*.py"):
            shutil.copy(path, folder)
    data = yaml.safe_load((HERE / "corpus" / "second" / "nnviz.yaml").read_text())
    defaults = {"export": "never", "timeout": 300}
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({**data, "defaults": defaults}, sort_keys=False))
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    """All that is committed. In the gallery models stand in the order of the config."""
    found = (path for path in (folder / "diagrams").rglob("*") if path.is_file() and path.name != "README.md")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


if __name__ == "__main__":
    for row in rows(*sys.argv[1:2]):
        print(" | ".join(row))
