"""
Objects, and the shelf for those of one type: by id, by unique value, in order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crmkit_simulator.hubspot._ordered import Ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_simulator.hubspot._schema import Property
    from crmkit_simulator.hubspot._types import Type


@dataclass(slots=True, eq=False)
class Record:
    """
    One object. *links* are, by type, the ids of its associations with each object.

    *past* holds, for each property that was changed, all its values and their times.
    """

    id: str
    type: Type
    properties: dict[str, str]
    archived_at: str | None = None
    links: dict[str, Ordered[frozenset[int]]] = field(default_factory=dict)
    past: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


class _Change(NamedTuple):
    due: float
    id: str
    properties: dict[str, str] | None


class Shelf:
    """
    The objects of one type.

    *unasked* are the properties that a read returns if it names none. The search index lags
    behind: *publish* notes a change, *index* shows what it holds.
    """

    def __init__(self, type_: Type, schema: dict[str, Property]) -> None:
        self.type = type_
        self.schema = schema
        self.unasked = sorted({*type_.defaults, *type_.always})
        self.merged: dict[str, str] = {}
        self._records: Ordered[Record] = Ordered()
        self._unique: dict[tuple[str, str], str] = {}
        self._claims: dict[str, set[tuple[str, str]]] = {}
        self._index: dict[str, dict[str, str]] = {}
        self._changes: deque[_Change] = deque()

    def add(self, record: Record) -> None:
        """
        Put a new object in.
        """
        self._records.put(record.id, record)

    def get(self, id_: str) -> Record | None:
        """
        Return the object of this id, archived ones too; a merged one has become another.
        """
        while id_ in self.merged:
            id_ = self.merged[id_]
        return self._records.get(id_)

    def live(self, id_: str) -> Record | None:
        """
        Return the object of this id that is not archived.
        """
        record = self.get(id_)
        return record if record and record.archived_at is None else None

    def after(self, id_: int = 0) -> Iterator[Record]:
        """
        Return the objects whose ids are greater, in order.
        """
        return (record for _, record in self._records.after(id_))

    def owner(self, name: str, value: str) -> str | None:
        """
        Return the id of the object that has this value of a unique property.
        """
        return self._unique.get((name, value.lower()))

    def claim(self, name: str, value: str, id_: str) -> None:
        """
        Note that a value of a unique property is this object's.
        """
        self._unique[name, value.lower()] = id_
        self._claims.setdefault(id_, set()).add((name, value.lower()))

    def disclaim(self, name: str, value: str) -> None:
        """
        Let others have a value of a unique property.
        """
        owner = self._unique.pop((name, value.lower()), None)
        if owner is not None:
            self._claims[owner].discard((name, value.lower()))

    def release(self, id_: str) -> None:
        """
        Let others have the unique values of this object.
        """
        for key in self._claims.pop(id_, ()):
            del self._unique[key]

    def drop(self, name: str) -> None:
        """
        Let no object have a value of a property any more.
        """
        for record in self.after():
            value = record.properties.pop(name, None)
            record.past.pop(name, None)
            if value is not None:
                self.disclaim(name, value)

    def forget(self, id_: str) -> None:
        """
        Remove an object for good, if it is there.
        """
        self.release(id_)
        self._records.remove(id_)

    def publish(self, due: float, record: Record, *, gone: bool = False) -> None:
        """
        Let the search index learn, when it is *due*, how an object is now.
        """
        self._changes.append(
            _Change(due, record.id, None if gone else dict(record.properties))
        )

    def publish_now(self, record: Record) -> None:
        """
        Let the search index know an object as if it had been there for long.
        """
        self._index[record.id] = dict(record.properties)

    def index(self, now: float) -> dict[str, dict[str, str]]:
        """
        Return the properties that the search index holds by now, by id.
        """
        while self._changes and self._changes[0].due <= now:
            change = self._changes.popleft()
            if change.properties is None:
                self._index.pop(change.id, None)
            else:
                self._index[change.id] = change.properties
        return self._index
