"""
Clients that changed since the last time, with a checkpoint that is kept in the store.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crmkit.codec import to_json
from crmkit.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from crmkit._clock import Clock
    from crmkit.models import ClientData
    from crmkit.stores import Store

    _Pages = Callable[
        [datetime | None], Iterable[tuple[Sequence[ClientData], Sequence[str]]]
    ]

_LOG = logging.getLogger("crmkit.fetch")


class Changes:
    """
    The clients that changed since this list was last read to its end; all, the first time.

    Iterate within ``with``. The checkpoint moves when the block ends without an error after
    the last client; else the next run begins where this one did. Clients may come again:
    each run begins *overlap* before the last one began, as CRMs list changes late.

    *since* is where this run begins, None for everything. *deleted* are the ids that the
    CRM says are gone, complete after the last client.
    """

    def __init__(
        self,
        name: str,
        pages: _Pages,
        store: Callable[[], Store],
        clock: Clock,
        overlap: timedelta,
    ) -> None:
        self.deleted: list[str] = []
        self.since: datetime | None = None
        self._name = name
        self._pages = pages
        self._store = store
        self._clock = clock
        self._overlap = overlap
        self._begun: datetime | None = None
        self._complete = False

    def __enter__(self) -> Self:
        kept = self._store().checkpoint(self._name)
        self._begun = self._clock.now()
        self.since = None if kept is None else _instant(kept) - self._overlap
        if self.since is not None and self.since > self._begun:
            # Of the time since a clock was wrong nobody knows what was read.
            _LOG.warning("a checkpoint is ahead of the clock; all clients come again")
            self.since = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None and self._begun is not None and self._complete:
            self._store().set_checkpoint(self._name, self._begun.isoformat())
        elif kind is None:
            _LOG.warning("the list of changes was not read to its end, and will come again")
        self._begun = None

    def __iter__(self) -> Iterator[ClientData]:
        if self._begun is None:
            msg = "changes are read within a block: with crm.changes(name) as changes: …"
            raise ConfigurationError(msg)
        self._complete = False
        self.deleted.clear()
        for page, deleted in self._pages(self.since):
            self.deleted.extend(deleted)
            yield from page
        self._complete = True


def checkpoint_name(name: str, provider: str, user_id: str | None) -> str:
    """
    Return the name under which a store keeps the checkpoint of one user's list.
    """
    if not name:
        msg = "a list of changes needs a name, which says whose checkpoint it moves"
        raise ConfigurationError(msg)
    return to_json([provider, user_id, name])


def _instant(kept: str) -> datetime:
    with suppress(ValueError):
        moment = datetime.fromisoformat(kept)
        if moment.tzinfo is not None:
            return moment
    msg = "the store keeps a checkpoint that is no moment in time"
    raise StoreError(msg)
