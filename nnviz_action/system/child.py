"""How one of our modules is started as a process of its own."""

import sys
from pathlib import Path


def command(module: str) -> list[str]:
    """The command that runs `module.main()`, found where this package is.

    `python -m` would put the current folder first on the path: a user's `onnx.py` there would then be taken for
    the library. An interrupt ends it at once, without a traceback of ours: the one who started it tells of it.
    What is compiled must be of the source beside it: a repository can hold a `.pyc` that says nobody need look.
    """
    parent = str(Path(__file__).resolve().parents[2])
    paths = f"import sys; sys.path[:1] = []; sys.path.append({parent!r})"
    quiet = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)"
    return [
        sys.executable,
        "--check-hash-based-pycs",
        "always",
        "-c",
        f"{paths}; {quiet}; from {module} import main; main()",
    ]
