"""Which processes are ended after a run: those that are its own."""

import os
import sys

import pytest

from nnviz_action.capture.worker.server import _marked

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.mark.parametrize("mark", ["\0", "NNVIZ_ACTION_RUN", "NNVIZ_ACTION_RUN=", "NNVIZ_ACTION_RUN=/tmp/nowhere"])
def test_a_mark_that_nobody_has_is_nobodys(mark: str) -> None:
    assert list(_marked(-1, mark)) == []


def test_a_mark_is_whoever_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    with subprocess.Popen([sys.executable, "-c", "input()", "/tmp/the-folder"], stdin=subprocess.PIPE) as by_command:
        assert list(_marked(-1, "NNVIZ_ACTION_RUN=/tmp/the-folder")) == [by_command.pid]
        assert os.getpid() not in _marked(-1, "NNVIZ_ACTION_RUN=/tmp/the-folder")
        by_command.kill()
