"""
The clients of a file, found by id or by value without reading it again.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from crmkit import ClientData, NotSupportedError
from crmkit_addressbook._columns import EMAIL, PHONE, Columns
from crmkit_addressbook._errors import RowError
from crmkit_addressbook._index import collisions, entry, index_of, positions
from crmkit_addressbook._mapping import (
    first_id,
    found_by,
    normal,
    own_id,
    row_id,
    to_client,
)
from crmkit_addressbook._table import Table

ID = "id"
_SHOWN = 5


@frozen(kw_only=True)
class Book:
    """
    A file's rows and where to find them.

    *indexes* are by field or column. *repeats* are rows equal to an earlier one. *unclear*
    maps an id to the different rows that have it, or have the e-mail address it is of;
    *broken* maps the id of a row that cannot be read to the row.
    """

    table: Table
    columns: Columns
    indexes: dict[str, array[int]] = field(repr=False)
    repeats: frozenset[int] = field(repr=False)
    unclear: Mapping[str, Sequence[int]] = field(repr=False)
    broken: Mapping[str, int] = field(repr=False)

    def client(self, client_id: str) -> ClientData:
        """
        Return the client of an id that ``knows`` knows.

        Raises RowError if it is of several rows, or of a malformed one.
        """
        if client_id in self.unclear:
            raise self._unclear(client_id)
        holder = next(self._holders(client_id), None)
        return self.client_at(self.broken[client_id] if holder is None else holder)

    def knows(self, client_id: str) -> bool:
        """
        Tell whether any row has this id.
        """
        named = client_id in self.unclear or client_id in self.broken
        return named or any(True for _ in self._holders(client_id))

    def client_at(self, position: int) -> ClientData:
        """
        Return the client of a row; RowError if it is malformed or its id not its own.
        """
        row = self.table.row(position)
        client_id = self._id_of(row)
        if client_id in self.unclear:
            raise self._unclear(client_id)
        return to_client(self.columns, row, client_id)

    def search(self, name: str, value: str) -> list[int]:
        """
        Return the rows in which a field or column has this value.

        Raises NotSupportedError when the file has nothing of that name.
        """
        places = self.columns.search(name)
        if not places:
            known = ", ".join(map(repr, self.columns.names))
            msg = f"{self.table.name} has no column for {name!r}; it has {known}"
            raise NotSupportedError(msg)
        wanted = normal(name, value)
        index = self._index(name, places) if wanted else index_of(())
        return [
            place
            for place in positions(index, wanted)
            if place not in self.repeats
            and wanted in found_by(name, places, self.table.cells(place))
        ]

    def _index(self, name: str, places: Sequence[int]) -> array[int]:
        key = name if name in {EMAIL, PHONE} else repr(places)
        if key not in self.indexes:
            self.indexes[key] = index_of(
                entry(value, position)
                for position, row in self._rows()
                for value in found_by(name, places, row)
            )
        return self.indexes[key]

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        for position in range(len(self.table)):
            try:
                yield position, self.table.cells(position)
            except RowError:
                continue

    def _holders(self, client_id: str) -> Iterator[int]:
        for position in positions(self.indexes[ID], client_id):
            row = self.table.cells(position)
            if position not in self.repeats and self._id_of(row) == client_id:
                yield position

    def _id_of(self, row: Sequence[str]) -> str:
        # Rows that share an e-mail address are all named after the row, so that no id
        # comes to mean another client when the file is sorted anew.
        first = first_id(self.columns, row)
        shared = first in self.unclear and not own_id(self.columns, row)
        return row_id(self.columns, row) if shared else first

    def _unclear(self, client_id: str) -> RowError:
        places = self.unclear[client_id]
        rows = [self.table.cells(place) for place in places[:_SHOWN]]
        lines = ", ".join(str(self.table.lines[place]) for place in places[:_SHOWN])
        if own_id(self.columns, rows[0]):
            problem = f"different clients have one id (lines {lines}); give each its own"
        else:
            ids = ", ".join(self._id_of(row) for row in rows)
            problem = (
                f"the e-mail address that this id is made of is in lines {lines}; ask for "
                f"one of {ids}, or give the file a column of ids"
            )
        return self.table.error(places[0], problem)


def index(table: Table, columns: Columns) -> Book:
    """
    Find the rows of a table and index them by id, e-mail address and telephone number.
    """
    searched = {name: columns.search(name) for name in (EMAIL, PHONE)}
    entries = {name: array("Q") for name in (ID, EMAIL, PHONE)}
    unreadable = []
    for position, row in enumerate(table.scan()):
        if row is None:
            unreadable.append(position)
        else:
            entries[ID].append(entry(first_id(columns, row), position))
            for name, places in searched.items():
                for value in found_by(name, places, row):
                    entries[name].append(entry(value, position))
    indexes = {name: index_of(found) for name, found in entries.items()}
    repeats, unclear = _doubles(table, columns, indexes[ID])
    named_by_row = (
        entry(row_id(columns, table.cells(position)), position)
        for places in unclear.values()
        for position in places
    )
    indexes[ID] = index_of((*indexes[ID], *named_by_row))
    return Book(
        table=table,
        columns=columns,
        indexes=indexes,
        repeats=frozenset(repeats),
        unclear=unclear,
        broken=dict(_named(table, columns, unreadable)),
    )


def _named(
    table: Table, columns: Columns, unreadable: Sequence[int]
) -> Iterator[tuple[str, int]]:
    for position in unreadable:
        if client_id := own_id(columns, table.remnant(position)):
            yield client_id, position


def _doubles(
    table: Table, columns: Columns, ids: array[int]
) -> tuple[set[int], dict[str, list[int]]]:
    repeats: set[int] = set()
    unclear: dict[str, list[int]] = {}
    for places in collisions(ids):
        different: dict[str, dict[str, int]] = defaultdict(dict)
        for position in places:
            row = table.cells(position)
            same_id = different[first_id(columns, row)]
            if same_id.setdefault(row_id(columns, row), position) != position:
                repeats.add(position)
        unclear |= {i: [*rows.values()] for i, rows in different.items() if len(rows) > 1}
    return repeats, unclear
