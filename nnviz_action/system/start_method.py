"""How processes of models are started: by a fork, or anew."""

import os
import sys

START_METHOD = "NNVIZ_ACTION_START_METHOD"


def forks() -> bool:
    """Whether a process that has imported torch may be copied for each model: on Linux, unless `spawn` is asked for.

    Elsewhere there is no fork, or what torch is linked with does not outlive one.
    """
    return sys.platform == "linux" and os.environ.get(START_METHOD) != "spawn"
