"""How many models are captured at a time: as the help of `--jobs` says."""

import os

import pytest

from nnviz_action.project.default_jobs import default_jobs

PAGE = 4096


@pytest.mark.parametrize(
    ("cores", "gigabytes", "jobs"),
    [(4, 64, 4), (8, 7, 3), (4, 1, 1), (None, 64, 1), (4, None, 1)],
)
def test_one_for_each_core_if_there_is_memory_for_it(
    cores: int | None, gigabytes: int | None, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = -1 if gigabytes is None else (gigabytes << 30) // PAGE
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": pages, "SC_PAGE_SIZE": PAGE}.__getitem__)
    assert default_jobs() == jobs


def test_one_where_the_system_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delattr(os, "sysconf")
    assert default_jobs() == 1
