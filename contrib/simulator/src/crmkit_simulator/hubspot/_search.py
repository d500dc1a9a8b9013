"""
Search: over an index that lags behind, with bounds of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._errors import Refused, invalid_json
from crmkit_simulator.hubspot._fields import names_in, text_in
from crmkit_simulator.hubspot._filters import comparable, passes
from crmkit_simulator.hubspot._read import (
    as_wire,
    limit_of,
    next_page,
    selection,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Shelf

    Test = Callable[[Mapping[str, str]], bool]

_BODY = 3000
_PAGE = 200
_REACH = 10_000
_GROUPS, _FILTERS, _IN_ALL = 5, 6, 18
_SEARCHED = (
    *("firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone"),
    *("company", "name", "domain", "dealname", "hs_body_preview", "hs_call_title"),
    *("hs_email_subject", "hs_meeting_title", "hs_task_subject"),
)


def search(account: Account, shelf: Shelf, request: Request, body: Any) -> dict[str, Any]:
    """
    Return one page of what is found; ``total`` counts what the index holds.

    Raises Refused.
    """
    if len(request.body.decode()) > _BODY:
        msg = f"The request body is longer than {_BODY} characters"
        raise Refused(400, msg)
    limit = limit_of(body.get("limit") or None, _PAGE)
    start = _start(text_in(body, "after"), limit)
    names = selection(shelf, names_in(body, "properties"))
    found = _found(account, shelf, body)
    total = len(found)
    records = [shelf.live(id_) for id_ in found[start : start + limit]]
    results = [as_wire(record, names) for record in records if record]
    answer: dict[str, Any] = {"total": total, "results": results}
    if start + limit < total:
        answer["paging"] = {"next": next_page(request, str(start + limit))}
    return answer


def _start(after: str | None, limit: int) -> int:
    text = after or "0"
    if not text.isdecimal():
        msg = f"after {text} is not a number"
        raise Refused(400, msg)
    if int(text) + limit > _REACH:
        msg = f"A search reaches no further than {_REACH} results"
        raise Refused(400, msg)
    return int(text)


def _found(account: Account, shelf: Shelf, body: Any) -> list[str]:
    test, query = _test(shelf, body), _query(body)
    index = shelf.index(account.clock.monotonic())
    found = [
        (id_, properties)
        for id_, properties in index.items()
        if test(properties) and query(properties)
    ]
    found.sort(key=lambda item: int(item[0]))
    _sort(shelf, body, found)
    return [id_ for id_, _ in found]


def _test(shelf: Shelf, body: Any) -> Test:
    groups = body.get("filterGroups") or []
    try:
        filters = [[{**one} for one in group["filters"]] for group in groups]
    except (KeyError, TypeError):
        detail = "filterGroups is not a list of objects with a list of filters"
        raise invalid_json(detail) from None
    most = max(map(len, filters), default=0)
    if len(filters) > _GROUPS or most > _FILTERS or sum(map(len, filters)) > _IN_ALL:
        msg = (
            f"A search has at most {_GROUPS} filter groups of {_FILTERS} filters, "
            f"{_IN_ALL} in all"
        )
        raise Refused(400, msg)
    tests = [[passes(shelf.schema, one) for one in group] for group in filters]
    return lambda properties: (
        not tests or any(all(test(properties) for test in group) for group in tests)
    )


def _query(body: Any) -> Test:
    words = (text_in(body, "query") or "").lower().split()
    if not words:
        return lambda _: True

    def test(properties: Mapping[str, str]) -> bool:
        text = " ".join(properties.get(name, "") for name in _SEARCHED).lower()
        return all(word in text for word in words)

    return test


def _sort(shelf: Shelf, body: Any, found: list[tuple[str, dict[str, str]]]) -> None:
    sorts = body.get("sorts") or []
    if not isinstance(sorts, list) or len(sorts) > 1:
        msg = "A search has a list of at most one sort"
        raise Refused(400, msg)
    for sort in sorts:
        name, down = _direction(sort)
        definition = shelf.schema.get(name)
        if definition is None:
            msg = f"There was a problem with the request: property {name} does not exist"
            raise Refused(400, msg)
        valued = [one for one in found if name in one[1]]
        empty = [one for one in found if name not in one[1]]
        valued.sort(key=lambda one: comparable(definition, one[1][name]), reverse=down)
        found[:] = valued + empty


def _direction(sort: Any) -> tuple[str, bool]:
    if isinstance(sort, dict):
        return str(sort.get("propertyName")), sort.get("direction") == "DESCENDING"
    return str(sort).removeprefix("-"), str(sort).startswith("-")
