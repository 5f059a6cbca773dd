"""The one place where an error becomes an exit code."""

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from nnviz_action.errors import NnvizError, as_bug, unforeseen


def exit_code_of(run: Callable[[], Any]) -> int:
    """The exit code of what runs; an error is told on stderr. Never raises."""
    try:
        return _heard(int(run() or 0))
    except NnvizError as error:
        return _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", 130)
    except ModuleNotFoundError as error:
        failure = _missing(error)
        return _fail(str(failure), failure.exit_code)
    except Exception as error:
        failure = unforeseen(error)
        return _fail(str(failure), failure.exit_code)


def _heard(code: int) -> int:
    """The same code, once all that was said has left us: a full disk behind stdout must not pass for success."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python tries again when it ends
        if not isinstance(error, BrokenPipeError):  # such as `head`, which has read enough
            error.filename = "stdout"
            raise
    return code


def _missing(error: ModuleNotFoundError) -> NnvizError:
    from nnviz_action.system.install import needs  # noqa: PLC0415  # a quick check that misses nothing does without

    extra = _EXTRAS.get((error.name or "").partition(".")[0])
    return needs(str(error.name), extra) if extra else as_bug(error)


_EXTRAS = dict.fromkeys(("onnx", "onnx_ir", "google", "numpy", "resvg", "resvg_py", "PIL"), "render")
_EXTRAS["github"] = "github"


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"error: {message}\n")
    return code
