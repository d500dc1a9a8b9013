"""
Objects as HubSpot sends them: which properties, which associations, which page.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from crmkit_simulator.hubspot._errors import Refused
from crmkit_simulator.hubspot._types import PRIMARY, association_ids, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Record, Shelf

MOST = 100
_WITH_HISTORY = 50
_DEFAULT = 10


def selection(shelf: Shelf, wanted: Sequence[str] | None) -> list[str]:
    """
    Return the names of the properties that are sent: unknown ones are left out.
    """
    if not wanted:
        return shelf.unasked
    known = {name for name in wanted if name in shelf.schema}
    return sorted(known.union(shelf.type.always))


def listed(text: str | None) -> list[str]:
    """
    Return the names in a list that is separated by commas.
    """
    return [name for name in text.split(",") if name] if text else []


def archived_in(request: Request) -> bool:
    """
    Tell whether a request asks for archived objects.
    """
    return request.query.get("archived", "").lower() == "true"


def as_wire(
    record: Record, names: Iterable[str] | None, history: Sequence[str] = ()
) -> dict[str, Any]:
    """
    Return an object with these properties, with all that have a value for None.
    """
    values, type_ = record.properties, record.type
    if names is None:
        chosen: dict[str, str | None] = dict(sorted(values.items()))
    else:
        chosen = {name: values.get(name) for name in names}
    wire: dict[str, Any] = {
        "id": record.id,
        "properties": chosen,
        "createdAt": values[type_.created],
        "updatedAt": values[type_.modified],
        "archived": record.archived_at is not None,
    }
    if record.archived_at:
        wire["archivedAt"] = record.archived_at
    if history:
        wire["propertiesWithHistory"] = {name: _past(record, name) for name in history}
    return wire


def _past(record: Record, name: str) -> list[dict[str, str]]:
    created = record.properties[record.type.created]
    value = record.properties.get(name)
    values = record.past.get(name) or ([(value, created)] if value else [])
    return [
        {
            "value": value,
            "timestamp": moment,
            "sourceType": "INTEGRATION",
            "sourceId": "1234567",
        }
        for value, moment in reversed(values)
    ]


class View:
    """
    How a request wants to see objects: the query's properties, history, associations.
    """

    def __init__(self, account: Account, shelf: Shelf, request: Request) -> None:
        query = request.query
        self._account = account
        self._names = selection(shelf, listed(query.get("properties")))
        history = listed(query.get("propertiesWithHistory"))
        self._history = [name for name in history if name in shelf.schema]
        self._associations = listed(query.get("associations"))
        self.archived = archived_in(request)

    def wire(self, record: Record) -> dict[str, Any]:
        """
        Return an object as it was asked for.
        """
        wire = as_wire(record, self._names, self._history)
        found = {}
        for name in self._associations:
            to = type_of(name)
            types = [
                {"id": id_, "type": label}
                for id_, ids in linked(self._account, record, to.name)
                for label in _labels(record, to.name, ids)
            ]
            if types:
                found[to.name] = {"results": types}
        if found:
            wire["associations"] = found
        return wire


def _labels(record: Record, to: str, ids: frozenset[int]) -> Iterable[str]:
    to_type = type_of(to)
    association_ids(record.type, to_type)
    label = f"{record.type.singular}_to_{to_type.singular}"
    primary = PRIMARY & ids
    if primary:
        yield label
    if ids - primary:
        has_two = {record.type.name, to} == {"contacts", "companies"}
        yield f"{label}_unlabeled" if has_two else label


def linked(
    account: Account, record: Record, to: str, after: int = 0
) -> Iterator[tuple[str, frozenset[int]]]:
    """
    Return the associations of a record with objects of a type that are not archived.
    """
    ends = record.links.get(to)
    shelf = account.shelves[to]
    return (end for end in ends.after(after) if shelf.live(end[0])) if ends else iter(())


def limit_of(text: Any, most: int, default: int = _DEFAULT) -> int:
    """
    Return how many a page may hold; raises Refused.
    """
    try:
        limit = int(default if text is None else text)
    except (TypeError, ValueError):
        limit = 0
    if not 1 <= limit <= most:
        msg = f"limit must be between 1 and {most}, not {text}"
        raise Refused(400, msg)
    return limit


def cursor_of(text: str | None) -> int:
    """
    Return after what a page begins; raises Refused.
    """
    after = text or "0"
    if not after.isdecimal():
        msg = f"The after parameter {after} is not a valid cursor"
        raise Refused(400, msg)
    return int(after)


def page(account: Account, shelf: Shelf, request: Request) -> dict[str, Any]:
    """
    Return one page of all objects of a type; raises Refused.
    """
    view = View(account, shelf, request)
    most = _WITH_HISTORY if request.query.get("propertiesWithHistory") else MOST
    limit = limit_of(request.query.get("limit"), most)
    records = (
        record
        for record in shelf.after(cursor_of(request.query.get("after")))
        if (record.archived_at is not None) == view.archived
    )
    found = list(islice(records, limit + 1))
    answer: dict[str, Any] = {"results": list(map(view.wire, found[:limit]))}
    if len(found) > limit:
        answer["paging"] = {"next": next_page(request, found[limit - 1].id)}
    return answer


def next_page(request: Request, after: str) -> dict[str, str]:
    """
    Return where the next page is.
    """
    host = request.headers.get("Host", "localhost")
    query = urlencode({**request.query, "after": after})
    return {"after": after, "link": f"http://{host}{request.path}?{query}"}
