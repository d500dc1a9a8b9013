"""
Doing the next step in a thread while the caller works on what the last one brought.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

T = TypeVar("T")


@contextmanager
def ahead(
    steps: Iterable[Callable[[], T]], release: Callable[[T], object]
) -> Iterator[Iterator[T]]:
    """
    Provide an iterator of what the steps return, always one step ahead of the caller.

    *steps* are asked for one at a time, after the caller is done with the last result but
    one. When the block is left early, what a step brought in vain goes to *release*.
    """
    running = _running(iter(steps), release)
    try:
        yield running
    finally:
        running.close()


def _running(
    steps: Iterator[Callable[[], T]], release: Callable[[T], object]
) -> Generator[T, None, None]:
    first, following = next(steps, None), next(steps, None)
    if first is None:
        return
    brought = first()
    if following is None:
        yield brought
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="crmkit") as thread:
        while following is not None:
            coming = thread.submit(following)
            try:
                yield brought
            except GeneratorExit:
                release(coming.result())
                raise
            following = next(steps, None)
            brought = coming.result()
        yield brought
