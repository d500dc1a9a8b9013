"""
Records, the modules that hold them, and an index that lags behind.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.zoho._modules import TITLES, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Record:
    """
    What is stored of a record: moments as datetime, what it leads to as an id.

    *fired* are the automations that its writes have set off, in order.
    """

    id: str
    module: str
    values: dict[str, Any]
    fired: list[str] = field(default_factory=list)

    @property
    def title(self) -> str | None:
        """
        What it is called where something leads to it.
        """
        title: str | None = self.values.get(TITLES[self.module])
        return title

    def moment(self, name: str) -> datetime:
        """
        Return a moment of its own.
        """
        moment: datetime = self.values.get(name) or NEVER
        return moment


class Deleted(NamedTuple):
    """
    A record that is gone: who, when, and whether a bin holds it still.
    """

    record: Record
    by: str
    at: datetime


class Shelf:
    """
    The records of a module.
    """

    def __init__(self, module: str) -> None:
        self.module = module
        self.fields = fields_of(module)
        self.records: dict[str, Record] = {}
        self.deleted: list[Deleted] = []
        self._index: dict[str, dict[str, Any]] = {}
        self._news: deque[tuple[float, str, dict[str, Any] | None]] = deque()
        self._sorted: dict[str, list[tuple[Any, int, Record]]] = {}

    def put(self, record: Record, due: float) -> None:
        """
        Store a record, new or changed; the index learns of it at *due*.
        """
        self.records[record.id] = record
        self._news.append((due, record.id, dict(record.values)))
        self._sorted.clear()

    def remove(self, record: Record, due: float) -> None:
        """
        Let a record be gone.
        """
        del self.records[record.id]
        self._news.append((due, record.id, None))
        self._sorted.clear()

    def index(self, now: float) -> Mapping[str, Mapping[str, Any]]:
        """
        Return what search knows: the values of each id, as of a while ago.
        """
        while self._news and self._news[0][0] <= now:
            _, id_, values = self._news.popleft()
            if values is None:
                self._index.pop(id_, None)
            else:
                self._index[id_] = values
        return self._index

    def ordered(self, name: str) -> list[tuple[Any, int, Record]]:
        """
        Return all records with what they are ordered by: a moment of theirs, or the id.
        """
        if name not in self._sorted:
            moment = name != "id"
            keyed = (
                (one.moment(name) if moment else NEVER, int(one.id), one)
                for one in self.records.values()
            )
            self._sorted[name] = sorted(keyed, key=lambda item: item[:2])
        return self._sorted[name]

    def having(self, name: str, value: Any) -> Iterator[Record]:
        """
        Return the records with this value, in whatever case it is written.
        """
        wanted = _folded(value)
        for record in self.records.values():
            stored = record.values.get(name)
            if stored is not None and _folded(stored) == wanted:
                yield record


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
