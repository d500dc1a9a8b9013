"""
Doing the next step in a thread while the caller works on what the last one brought.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future

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
    from concurrent.futures import Future

    first, following = next(steps, None), next(steps, None)
    if first is None:
        return
    brought = first()
    while following is not None:
        coming: Future[T] = Future()
        try:
            _begin(following, coming)
        except BaseException:
            release(brought)
            _drop(coming, release)
            raise
        try:
            yield brought
            following = next(steps, None)
            brought = coming.result()
        except BaseException:
            _drop(coming, release)
            raise
    yield brought


def _begin(step: Callable[[], T], coming: Future[T]) -> None:
    def run() -> None:
        if not coming.set_running_or_notify_cancel():
            return
        try:
            coming.set_result(step())
        except BaseException as error:  # noqa: BLE001 - raised where the result would be
            coming.set_exception(error)

    try:
        Thread(target=run, name="crmkit-ahead").start()
    except RuntimeError:  # there is no thread to be had, so nothing runs ahead
        run()


def _drop(coming: Future[T], release: Callable[[T], object]) -> None:
    # It may be over or under way, but interrupted was who waited for it.
    if not coming.cancel() and coming.exception() is None:
        release(coming.result())
