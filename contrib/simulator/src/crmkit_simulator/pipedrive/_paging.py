"""
Lists in pages: cursors in version 2, a start and a limit in version 1.
"""

from __future__ import annotations

import json
import operator
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive._errors import INVALID, Refused, invalid, not_allowed
from crmkit_simulator.pipedrive._times import rfc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit_simulator.pipedrive._account import Record

_PAGE, _LARGEST, _IDS = 100, 500, 100
_NO_CURSOR = "The cursor is invalid"
PAGED = frozenset({"limit", "cursor"})
SORTED = PAGED | {
    *("ids", "filter_id", "updated_since", "updated_until", "sort_by", "sort_direction"),
    "include_fields",
}


def known_only(query: Mapping[str, str], names: Collection[str]) -> None:
    """
    Raise Refused for a parameter of the query that there is not.
    """
    for name in query:
        if name not in names:
            raise not_allowed(name)


def integer_in(query: Mapping[str, str], name: str) -> int | None:
    """
    Return a parameter that is a whole number; raises Refused.
    """
    text = query.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise invalid(name, "Expected integer, received string")
    return int(text)


def flag_in(query: Mapping[str, str], name: str) -> bool | None:
    """
    Return a parameter that is true or false; raises Refused.
    """
    text = query.get(name)
    if text not in (None, "true", "false"):
        raise invalid(name, "Expected boolean, received string")
    return None if text is None else text == "true"


def names_in(query: Mapping[str, str], name: str) -> list[str]:
    """
    Return a parameter that is a list of names.
    """
    return [one.strip() for one in query.get(name, "").split(",") if one.strip()]


def ids_in(query: Mapping[str, str]) -> set[int] | None:
    """
    Return the ids that are asked for, at most 100; raises Refused.
    """
    if "ids" not in query:
        return None
    listed = query["ids"].split(",")
    if not all(one.strip().isdecimal() for one in listed) or len(listed) > _IDS:
        raise Refused(INVALID, f"not a list of at most {_IDS} ids", at="ids")
    return {int(one) for one in listed}


def limit_of(query: Mapping[str, str], largest: int = _LARGEST) -> int:
    """
    Return how many a page may have; raises Refused.
    """
    limit = integer_in(query, "limit")
    if limit is None:
        return min(_PAGE, largest)
    if not 1 <= limit <= largest:
        raise Refused(INVALID, f"Number must be between 1 and {largest}", at="limit")
    return limit


def chosen(records: Iterable[Record], query: Mapping[str, str]) -> list[Record]:
    """
    Return the records that the query's ids and times let through; raises Refused.
    """
    ids = ids_in(query)
    since, until = _time_in(query, "updated_since"), _time_in(query, "updated_until")
    return [
        record
        for record in records
        if (ids is None or record.id in ids)
        and (since is None or (record.values["update_time"] or "") >= since)
        and (until is None or (record.values["update_time"] or "") < until)
    ]


def _time_in(query: Mapping[str, str], name: str) -> str | None:
    text = query.get(name)
    if text is None:
        return None
    found = rfc(text)
    if found is None:
        raise invalid(name, f"'{name}' is not a valid datetime")
    return found


def page(
    records: list[Record], query: Mapping[str, str], orders: Collection[str]
) -> tuple[list[Record], str | None]:
    """
    Return one page in the order that is asked for, and the cursor of the next one.

    A cursor tells where the last record stood, so that what is changed meanwhile moves.
    Raises Refused.
    """
    by, direction = query.get("sort_by", "id"), query.get("sort_direction", "asc")
    if by not in orders:
        raise Refused(INVALID, f"Must be one of: {', '.join(orders)}", at="sort_by")
    if direction not in ("asc", "desc"):
        raise Refused(INVALID, "Must be one of: asc, desc", at="sort_direction")
    limit, down = limit_of(query), direction == "desc"
    found = sorted(records, key=lambda record: _place(record, by), reverse=down)
    if "cursor" in query:
        last = _read(query["cursor"], by, direction)
        past = operator.lt if down else operator.gt
        found = [record for record in found if past(_place(record, by), last)]
    rest = found[:limit]
    if len(found) <= limit:
        return rest, None
    return rest, _written(rest[-1], by, direction)


def _place(record: Record, by: str) -> tuple[Any, int]:
    value = record.id if by == "id" else record.values[by] or ""
    return value, record.id


def _written(record: Record, by: str, direction: str) -> str:
    value, id_ = _place(record, by)
    return encoded(
        {"field": by, "fieldValue": value, "sortDirection": direction, "id": id_}
    )


def _read(cursor: str, by: str, direction: str) -> tuple[Any, int]:
    said = decoded(cursor)
    if (said.get("field"), said.get("sortDirection")) != (by, direction):
        raise Refused(INVALID, "The cursor is of another order", at="cursor")
    value = said.get("fieldValue")
    if not isinstance(value, int if by == "id" else str):
        raise Refused(INVALID, _NO_CURSOR, at="cursor")
    return value, said["id"]


def encoded(said: Mapping[str, Any]) -> str:
    """
    Write a cursor.
    """
    text = json.dumps(said, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor: str) -> dict[str, Any]:
    """
    Read a cursor; raises Refused.
    """
    try:
        said = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("id"), int):
        raise Refused(INVALID, _NO_CURSOR, at="cursor")
    return said


def old_page(
    records: list[Any], query: Mapping[str, str], largest: int = _LARGEST
) -> tuple[list[Any], dict[str, Any]]:
    """
    Return one page of version 1, and what is told of it; raises Refused.
    """
    start = integer_in(query, "start") or 0
    limit = limit_of(query, largest)
    found = records[start : start + limit]
    more = start + limit < len(records)
    told = {"start": start, "limit": limit, "more_items_in_collection": more}
    if more:
        told["next_start"] = start + limit
    return found, {"pagination": told}
