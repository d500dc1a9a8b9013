"""
Records, and the tables that they are found in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit_simulator.salesforce._schema import Kind


@dataclass(slots=True, eq=False)
class Record:
    """
    A record; a deleted one is kept, as the recycle bin does.
    """

    kind: Kind
    id: str
    values: dict[str, Any] = field(default_factory=dict)
    deleted_at: float | None = None


class Table:
    """
    The records of an object, in the order of their creation.

    What a record is looked up by, an external id or an address, ignores case.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rows: dict[str, Record] = {}
        self._found: dict[str, dict[str, dict[str, None]]] = {}

    def live(self) -> Iterable[Record]:
        """
        Return the records that are not deleted.
        """
        return (record for record in self.rows.values() if record.deleted_at is None)

    def lookup(self, name: str, value: Any) -> list[Record]:
        """
        Return the records that are not deleted with this value, by an indexed field.
        """
        ids = self._found.get(name, {}).get(_key(value), ())
        return [self.rows[id_] for id_ in ids]

    def put(self, record: Record, changes: Mapping[str, Any]) -> None:
        """
        Set values of a record, a new one too.
        """
        self.rows.setdefault(record.id, record)
        self._forget(record, changes)
        record.values.update(changes)
        self._remember(record, changes)

    def drop(self, record: Record, at: float) -> None:
        """
        Delete a record.
        """
        self._forget(record, record.values)
        record.deleted_at = at
        record.values["IsDeleted"] = True

    def restore(self, record: Record, values: Mapping[str, Any] | None) -> None:
        """
        Let a record be as it was; without values it was not there.
        """
        self._forget(record, record.values)
        if values is None:
            del self.rows[record.id]
            return
        record.deleted_at = None
        record.values = dict(values)
        self._remember(record, values)

    def _remember(self, record: Record, names: Iterable[str]) -> None:
        for name, value in self._indexed(record, names):
            self._found.setdefault(name, {}).setdefault(_key(value), {})[record.id] = None

    def _forget(self, record: Record, names: Iterable[str]) -> None:
        for name, value in self._indexed(record, names):
            self._found.get(name, {}).get(_key(value), {}).pop(record.id, None)

    def _indexed(self, record: Record, names: Iterable[str]) -> Iterable[tuple[str, Any]]:
        for name in names:
            definition = self.kind.get(name)
            if definition is not None and (definition.lookup or definition.unique):
                value = record.values.get(name)
                if value is not None:
                    yield name, value


def _key(value: Any) -> str:
    return str(value).lower()
