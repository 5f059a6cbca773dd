"""Several jobs that write the branch of pictures at once: each ends with its pictures there."""

import threading
from collections.abc import Callable

import pytest
from fake_git import Together
from fake_github import Clock, Fault, GitHub
from test_published import BRANCH, REF, at, put, shown, writes

from nnviz_action.github.faults import RefusedError
from nnviz_action.github.picture_days import README


def race(github: GitHub, *jobs: Callable[[], object]) -> None:
    """All look before any writes the branch."""
    failed: list[Exception] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:
            failed.append(error)

    github.git.together = Together(len(jobs))
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def jobs(github: GitHub, count: int, days: int = 0) -> list[Callable[[], object]]:
    return [lambda n=n: put(github, f"job {n}", number=n, days=days) for n in range(1, count + 1)]


def of_jobs(count: int, days: int = 0) -> set[str]:
    return {path for n in range(1, count + 1) for path in at(f"job {n}", number=n, days=days)}


@pytest.mark.parametrize("count", [2, 5])
def test_the_first_writers(github: GitHub, count: int):
    race(github, *jobs(github, count))
    assert shown(github) == of_jobs(count) and len(github.git.history(REF)) == count


@pytest.mark.parametrize("count", [2, 5])
def test_writers_who_add(github: GitHub, count: int):
    put(github, "a")
    race(github, *jobs(github, count))
    assert shown(github) == at("a") | of_jobs(count) and len(github.git.history(REF)) == count + 1


@pytest.mark.parametrize("count", [2, 5])
def test_writers_who_start_the_branch_anew(github: GitHub, count: int):
    put(github, "old")
    put(github, "kept", days=20)
    race(github, *jobs(github, count, days=40))
    assert shown(github) == at("kept", days=20) | of_jobs(count, days=40)
    assert len(github.git.history(REF)) == count + 1


def anew(github: GitHub, files: dict[str, bytes]) -> Callable[[], object]:
    return lambda: github.git.branch(BRANCH, {"README.md": README.encode(), **files}, message="anew")


def test_one_is_faster(github: GitHub, clock: Clock):
    """Nothing is uploaded a second time."""
    put(github, "a")
    github.after("POST .*/commits", lambda: put(github, "faster", number=8))
    put(github, "b", clock=clock)
    assert shown(github) == at("a", "b") | at("faster", number=8)
    assert clock.slept == [1] and writes(github).count("POST blobs") == 3


def test_one_starts_the_branch_anew_before_we_write(github: GitHub, clock: Clock):
    put(github, "a")
    github.after("POST .*/commits", anew(github, {}))
    put(github, "b", clock=clock)
    assert clock.slept == [1] and shown(github) == at("b")


def test_one_starts_the_branch_anew_just_after_we_wrote(github: GitHub, clock: Clock):
    """That run saw the branch before: ours are not on it any more."""
    put(github, "a")
    github.after("PATCH .*/refs", anew(github, {}))
    put(github, "b", clock=clock)
    assert clock.slept == [1] and shown(github) == at("b")


def test_one_adds_while_we_start_the_branch_anew(github: GitHub, clock: Clock):
    """One for which it is yesterday still: it has nothing to drop."""
    put(github, "old")
    github.after("POST .*/commits", lambda: put(github, "late", number=8, days=30))
    put(github, "b", days=31, clock=clock)
    assert clock.slept == [1] and shown(github) == at("late", number=8, days=30) | at("b", days=31)
    assert writes(github).count(f"PATCH refs/heads/{BRANCH}") == 3


def test_one_deletes_the_branch(github: GitHub, clock: Clock):
    put(github, "a")
    github.after("POST .*/commits", lambda: github.git.run("update-ref", "-d", REF))
    put(github, "b", clock=clock)
    assert clock.slept == [1] and shown(github) == at("b")


def test_what_was_added_after_ours_is_no_fault(github: GitHub, clock: Clock):
    put(github, "a")
    github.after("PATCH .*/refs", lambda: put(github, "next", number=8))
    put(github, "b", clock=clock)
    assert shown(github) == at("a", "b") | at("next", number=8)
    assert len(github.git.history(REF)) == 3


@pytest.mark.parametrize("days", [0, 31])
def test_a_conflict_that_github_itself_has_passes(github: GitHub, clock: Clock, days: int):
    put(github, "a")
    github.fail("PATCH", Fault(409, "Conflict"))
    put(github, "b", days=days, clock=clock)
    assert clock.slept == [1] and at("b", days=days) <= shown(github)


def test_who_is_never_the_first_gives_up(github: GitHub, clock: Clock):
    put(github, "a")
    for n in range(9):
        github.after(
            "POST .*/commits", lambda n=n: github.git.branch(BRANCH, {"README.md": README.encode()}, message=f"{n}")
        )
    with pytest.raises(RefusedError, match="others write to the branch nnviz-pictures all the time"):
        put(github, "b", clock=clock)
    assert clock.slept == [1, 2, 4, 8, 16]
