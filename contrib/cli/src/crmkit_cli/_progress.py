"""
How far long work is: a bar on a terminal, else a line now and then.
"""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TypeVar

from crmkit import hookimpl
from crmkit_cli._output import note

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from types import TracebackType

    from rich.progress import Progress

T = TypeVar("T")

_EVERY_S = 5.0


class Meter:
    """
    Counts what the hooks have done, as a wrapper of theirs, and shows it on stderr.

    What one call of a hook does is not shown. *total* is None where nobody knows it.
    """

    def __init__(
        self, what: str, total: int | None = 0, clock: Callable[[], float] = monotonic
    ) -> None:
        self.total = total
        self._what = what
        self._done = 0
        self._clock = clock
        self._next = clock() + _EVERY_S
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @hookimpl(wrapper=True)
    def crmkit_fetch(self, ids: Sequence[str]) -> Generator[None, Any, Any]:
        """
        Count clients.
        """
        results = yield
        self.advance(len(ids))
        return results

    @hookimpl(wrapper=True)
    def crmkit_sync(self, activities: Sequence[object]) -> Generator[None, Any, Any]:
        """
        Count activities.
        """
        results = yield
        self.advance(len(activities))
        return results

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """
        Yield the items, and count each.
        """
        for item in items:
            yield item
            self.advance(1)

    def advance(self, count: int) -> None:
        """
        Add to what is done, and show it if there is more to come.
        """
        self._done += count
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        elif self.total is None or self._done < self.total:
            self._bar = self._opened() if sys.stderr.isatty() else None
            if self._bar is None and self._clock() >= self._next:
                self._next = self._clock() + _EVERY_S
                of_all = "" if self.total is None else f" of {self.total:,}"
                note(f"{self._what}: {self._done:,}{of_all}")

    def _opened(self) -> Progress | None:
        try:
            from rich.console import Console
            from rich.progress import Progress
        except ImportError:
            return None
        bar = Progress(console=Console(stderr=True), transient=True)
        bar.add_task(self._what, total=self.total, completed=self._done)
        bar.start()
        return bar
