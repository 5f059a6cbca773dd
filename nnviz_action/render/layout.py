"""DOT → PNG: the only caller of Graphviz, in a process of its own that can be stopped.

`main` is that process: DOT on stdin, PNG on stdout.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nnviz_action.child import command
from nnviz_action.errors import NnvizError, needs

FONTS = Path(__file__).parent / "fonts"
DPI = 72  # Graphviz measures in points: at 72 dpi a point is a pixel


class LayoutTimeoutError(Exception):
    """The layout did not end in time: a coarser drawing is wanted."""


def render_png(dot: str, timeout: float) -> bytes:
    """The laid-out picture. Raises `LayoutTimeoutError` after `timeout` seconds."""
    try:
        done = subprocess.run(
            command(__name__),
            input=dot.encode(), capture_output=True, timeout=timeout, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise LayoutTimeoutError from None
    if done.returncode == 4:
        raise needs("the layout engine in pygraphviz", "render")
    if not done.stdout.startswith(b"\x89PNG"):
        raise NnvizError(f"Graphviz gave no picture: {done.stderr.decode(errors='replace').strip()[-500:]}")
    return done.stdout


def engine() -> str:
    """Which layout engine draws, for the lock: `pygraphviz 2.0.4`."""
    from importlib.metadata import version  # noqa: PLC0415  # costs as much as a whole check

    return f"pygraphviz {version('pygraphviz')}"


def main() -> None:
    """Draw what comes on stdin, and leave without the clean-up in which Graphviz sometimes crashes."""
    os._exit(_serve())


def _serve() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for font in FONTS.glob("*.ttf"):
            shutil.copy(font, folder)  # fontconfig leaves a file beside the fonts that it reads
        config = Path(folder) / "fonts.conf"
        config.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
            f"<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>"
        )
        # Only the bundled fonts, so that text is measured alike on every machine.
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            import pygraphviz  # noqa: PLC0415  # Graphviz reads the environment when it is loaded
        except ImportError:
            return 4
        graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
        graph.graph_attr["dpi"] = str(DPI)
        # `layout()` and then `draw()` on one graph can crash the interpreter; this does both at once.
        sys.stdout.buffer.write(graph.draw(prog="dot", format="png"))
        sys.stdout.buffer.flush()
    return 0
