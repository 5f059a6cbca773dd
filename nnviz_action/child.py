"""How one of our modules is started as a process of its own."""

import sys
from pathlib import Path


def command(module: str) -> list[str]:
    """The command that runs `module.main()`, found where this package is.

    `python -m` would put the current folder first on the path: a user's `onnx.py` there would then be taken for
    the library.
    """
    parent = str(Path(__file__).resolve().parent.parent)
    start = f"import sys; sys.path[:1] = []; sys.path.append({parent!r}); from {module} import main; main()"
    return [sys.executable, "-c", start]
