"""
The answers to queries, page by page.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.salesforce._conditions import folded, test_of
from crmkit_simulator.salesforce._errors import Refused, invalid_field
from crmkit_simulator.salesforce._ids import full
from crmkit_simulator.salesforce._paths import path_of
from crmkit_simulator.salesforce._read import rendered
from crmkit_simulator.salesforce._soql import parse
from crmkit_simulator.salesforce._tokens import located

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmkit_simulator._wire import Request
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._paths import Path
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Kind
    from crmkit_simulator.salesforce._soql import Order, Query

_MOST, _LEAST = 2000, 200
_OPEN = 10  # cursors of a user; one more closes the oldest
_FURTHEST = 2000
_BATCH = re.compile(r"\s*batchSize\s*=\s*(\d+)\s*", re.IGNORECASE)


class Cursor(NamedTuple):
    """
    What is left of an answer, and until when it can be asked for.
    """

    records: Sequence[Record]
    paths: Sequence[Path]
    size: int
    due: float


class Queries:
    """
    Answers queries, and remembers those that were not read to their end.

    *page_size* is the most that a page holds, *lifetime* how many seconds a place in an
    answer can be asked for after it was told.
    """

    def __init__(self, org: Org, page_size: int, lifetime: float) -> None:
        self._org = org
        self._most = page_size
        self._lifetime = lifetime
        self._open: OrderedDict[str, Cursor] = OrderedDict()

    def answer(self, request: Request, version: str, *, everything: bool) -> dict[str, Any]:
        """
        Return the first page of what a query finds, deleted records too for *everything*.

        Raises Refused.
        """
        text = request.query.get("q", "")
        if not text.strip():
            message = "SOQL statements cannot be empty or null"
            raise Refused(400, "MALFORMED_QUERY", message)
        query = parse(text)
        kind = _kind(self._org, query)
        paths = _paths(self._org, query, kind)
        records = _found(self._org, query, kind, everything=everything)
        if not query.fields:
            return {"totalSize": len(records), "done": True, "records": []}
        cursor = Cursor(records, paths, self._size(request), 0)
        return self._page(cursor, 0, full(self._org.next_id("01g")[:15]), version, request)

    def more(self, request: Request, version: str, locator: str) -> dict[str, Any]:
        """
        Return a further page; raises Refused.
        """
        key, _, start = locator.rpartition("-")
        cursor = self._open.get(key)
        if cursor is None or cursor.due <= self._org.clock.monotonic():
            raise Refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        if not start.isdecimal() or not 0 < int(start) < len(cursor.records):
            raise Refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(cursor, int(start), key, version, request)

    def _page(
        self, cursor: Cursor, start: int, key: str, version: str, request: Request
    ) -> dict[str, Any]:
        end = min(start + cursor.size, len(cursor.records))
        body: dict[str, Any] = {"totalSize": len(cursor.records)}
        body["done"] = end == len(cursor.records)
        if not body["done"]:
            due = self._org.clock.monotonic() + self._lifetime
            self._open[key] = cursor._replace(due=due)
            self._open.move_to_end(key)
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
            area = request.parts[3]
            body["nextRecordsUrl"] = f"/services/data/{version}/{area}/{key}-{end}"
        shown = cursor.records[start:end]
        body["records"] = [_row(self._org, one, cursor.paths, version) for one in shown]
        return body

    def _size(self, request: Request) -> int:
        found = _BATCH.fullmatch(request.headers.get("Sforce-Query-Options", ""))
        wished = max(_LEAST, min(int(found[1]), _MOST)) if found else _MOST
        return min(wished, self._most)


def _kind(org: Org, query: Query) -> Kind:
    try:
        return org.kind(query.kind.text)
    except Refused:
        text = (
            f"sObject type '{query.kind.text}' is not supported. If you are attempting to "
            "use a custom object, be sure to append the '__c' after the entity name. "
            "Please reference your WSDL or the describe call for the appropriate names."
        )
        text = located(query.text, query.kind.at, text)
        raise Refused(400, "INVALID_TYPE", text) from None


def _paths(org: Org, query: Query, kind: Kind) -> list[Path]:
    paths = [path_of(org, query, kind, name) for name in query.fields]
    for place, path in enumerate(paths):
        if path in paths[:place]:
            msg = f"duplicate field selected: {path.field.name}"
            raise invalid_field(msg)
    return paths


def _found(org: Org, query: Query, kind: Kind, *, everything: bool) -> list[Record]:
    table = org.tables[kind.name]
    test = test_of(org, query, kind, query.where) if query.where else None
    records = list(table.rows.values() if everything else table.live())
    if test:
        records = [record for record in records if test(record)]
    for order in reversed(query.order):
        records.sort(key=_sort_key(org, query, kind, order), reverse=order.descending)
    if query.offset > _FURTHEST:
        text = f"Maximum SOQL offset allowed is {_FURTHEST}"
        raise Refused(400, "NUMBER_OUTSIDE_VALID_RANGE", text)
    end = None if query.limit is None else query.offset + query.limit
    return records[query.offset : end]


def _sort_key(org: Org, query: Query, kind: Kind, order: Order) -> Callable[[Record], Any]:
    path = path_of(org, query, kind, order.name)
    if not path.field.filterable or path.field.type in {"address", "multipicklist"}:
        text = f"field '{path.field.name}' can not be sorted in a query call"
        raise invalid_field(text)
    nulls = order.nulls_last is not order.descending
    ids = path.field.type in {"id", "reference"}

    def key(record: Record) -> tuple[bool, Any]:
        value = path.value(org, record)
        if value is None:
            return nulls, 0
        return not nulls, value if ids else folded(value)

    return key


def _row(org: Org, record: Record, paths: Sequence[Path], version: str) -> dict[str, Any]:
    row = rendered(record, [], version)
    for path in paths:
        here: dict[str, Any] | None = row
        for depth, step in enumerate(path.steps, 1):
            target = path._replace(steps=path.steps[:depth]).target(org, record)
            name = step.relationship or ""
            if here is not None:
                inner = rendered(target, [], version) if target else None
                here = here.setdefault(name, inner)
        if here is not None:
            here[path.field.name] = path.value(org, record)
    return row
