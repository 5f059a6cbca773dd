"""Imports in a process of their own: they take seconds, and a broken build may crash or hang."""

import importlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnviz_action.system.child import command

SECONDS = 120.0


@dataclass(frozen=True)
class Imported:
    """How the import of a module went: the error, empty where there was none, and what torch says of CUDA."""

    error: str = ""
    cuda: str = ""
    gpu: bool = False


def imports(modules: Sequence[str], seconds: float = SECONDS) -> Mapping[str, Imported]:
    """How each import went, one after the other; those behind one that crashed or hung are left out."""
    try:
        done = subprocess.run(
            [*command(__name__), *modules],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        output, end = done.stdout, f"the import ended Python with exit code {done.returncode}"
    except subprocess.TimeoutExpired as late:
        output, end = late.stdout or b"", f"the import did not end within {seconds:g} s"
    found = {row.pop("module"): Imported(**row) for row in map(json.loads, output.splitlines())}
    left = [module for module in modules if module not in found]
    return {**found, **({left[0]: Imported(end)} if left else {})}


def main() -> None:
    """Import the modules of the command line, and print a line of JSON for each; nothing else gets to stdout."""
    out, sys.stdout = sys.stdout, sys.stderr
    for module in sys.argv[1:]:
        out.write(json.dumps({"module": module, **_import(module)}) + "\n")
        out.flush()


def _import(module: str) -> dict[str, Any]:
    try:
        loaded = importlib.import_module(module)
    except BaseException as error:
        first = next(iter(str(error).splitlines()), "")
        return {"error": f"{type(error).__name__}: {first}"}
    if module != "torch":
        return {}
    return {"cuda": loaded.version.cuda or "", "gpu": bool(loaded.cuda.is_available())}
