"""
Lists in pages: by number for the first 2,000 records, by token beyond.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit_simulator._wire import Answer
from crmkit_simulator.zoho._asked import MOST_PER_PAGE, found
from crmkit_simulator.zoho._errors import Code, Refused, refused
from crmkit_simulator.zoho._shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record

    Item = tuple[Any, int, Record]

BY_NUMBER, _BY_TOKEN = 2_000, 100_000
_LIVES = 86_400
_KEY = itemgetter(0, 1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    Where a page ends: the last record's place in the order, and how many came before.
    """

    asked: tuple[Any, ...]
    after: tuple[Any, int]
    count: int
    page: int
    expires: float


def listing(org: Org, asked: Asked, module: str, keep: Callable[[Record], bool]) -> Answer:
    """
    Return one page of the records of a module that are to be kept; raises Refused.
    """
    fields = asked.fields(needed=True)
    since = asked.since()
    by = asked.one_of("sort_by", "id", "Created_Time", "Modified_Time")
    order = asked.one_of("sort_order", "desc", "asc")
    per_page = asked.number("per_page", MOST_PER_PAGE, MOST_PER_PAGE)
    start = _start(org, asked, per_page)
    items = [
        item
        for item in org.shelves[module].ordered(by)
        if keep(item[2]) and (since is None or item[2].moment("Modified_Time") > since)
    ]
    if since is not None and not items:
        return Answer(304)
    first = _first(items, start, order)
    if order == "desc":
        items.reverse()
    page = items[first : first + per_page]
    more = len(items) > first + per_page
    return found(
        [shown(org, record, fields) for _, _, record in page],
        **_info(org, asked, page, start, per_page, more=more),
        sort_by=by,
        sort_order=order,
        per_page=per_page,
        count=len(page),
        more_records=more,
    )


def _start(org: Org, asked: Asked, per_page: int) -> Cursor | int:
    token = asked.param("page_token")
    if token is None:
        page = asked.number("page", 1)
        if page * per_page > BY_NUMBER:
            raise beyond(BY_NUMBER)
        return (page - 1) * per_page
    if asked.param("page"):
        names = [{"param_name": "page"}, {"param_name": "page_token"}]
        message = "page and page_token cannot be used together"
        raise refused(Code.AMBIGUITY_DURING_PROCESSING, message, ambiguity_due_to=names)
    return _cursor(org, asked, token, per_page)


def _cursor(org: Org, asked: Asked, token: str, per_page: int) -> Cursor:
    cursor = org.cursors.get(token)
    if cursor is None or cursor.asked != _same(asked):
        message = (
            "The page_token given seems to be invalid or input param is added or "
            "altered or deleted"
        )
        raise refused(Code.TOKEN_BOUND_DATA_MISMATCH, message, param_name="page_token")
    if cursor.expires <= org.clock.now():
        details = {"api_name": "page_token", "json_path": "$.query.page_token"}
        message = "Page token expired"
        raise refused(Code.EXPIRED_VALUE, message, **details)
    if cursor.count + per_page > _BY_TOKEN:
        message = f"You can only get upto first {_BY_TOKEN} records using page_token param"
        raise refused(Code.PAGINATION_LIMIT_EXCEEDED, message, param_name="page_token")
    return cursor


def beyond(limit: int) -> Refused:
    """
    Return the refusal of a page that no number reaches.
    """
    message = f"You can only get the first {limit} records without using page_token param"
    return refused(Code.DISCRETE_PAGINATION_LIMIT_EXCEEDED, message, limit=limit)


def _first(items: list[Item], start: Cursor | int, order: str) -> int:
    if isinstance(start, int):
        return start
    if order == "asc":
        return bisect_right(items, start.after, key=_KEY)
    return len(items) - bisect_left(items, start.after, key=_KEY)


def _info(
    org: Org,
    asked: Asked,
    page: list[Item],
    start: Cursor | int,
    per_page: int,
    *,
    more: bool,
) -> dict[str, Any]:
    number = start.page if isinstance(start, Cursor) else start // per_page + 1
    before = start.count if isinstance(start, Cursor) else start
    info = {
        "page": number,
        "next_page_token": None,
        "previous_page_token": asked.param("page_token"),
        "page_token_expiry": None,
    }
    if more:
        token, expires = uuid4().hex, org.clock.now() + _LIVES
        org.cursors[token] = Cursor(
            _same(asked), _KEY(page[-1]), before + len(page), number + 1, expires
        )
        info["next_page_token"] = token
        info["page_token_expiry"] = org.local_at(expires)
    return info


def _same(asked: Asked) -> tuple[Any, ...]:
    query = asked.request.query.items()
    bound = sorted(item for item in query if item[0] not in {"page", "page_token"})
    return asked.parts, tuple(bound), asked.request.headers.get("If-Modified-Since")
