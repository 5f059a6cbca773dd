"""Several models at a time, and all of them stopped at once when the user says so."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from nnviz_action import worker

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_all(work: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> list[Result]:
    """The results in the order of the items. An interrupt ends the running captures and starts no other."""
    with ThreadPoolExecutor(jobs) as pool:
        try:
            return list(pool.map(work, items))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            worker.stop_all()
            raise
