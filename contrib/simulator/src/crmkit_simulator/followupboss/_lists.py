"""
Lists: the newest first, page by page, with the link to the next one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from crmkit_simulator.followupboss._bodies import moment_of
from crmkit_simulator.followupboss._errors import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from crmkit_simulator._wire import Request

Record = dict[str, Any]
_LIMIT, _LONGEST = 10, 100
_PAGING = frozenset({"limit", "offset", "next", "sort", "idGreaterThan", "idLessThan"})
_TIMES = {
    f"{name}{side}" for name in ("created", "updated") for side in ("After", "Before")
}
_BY_ID = frozenset({"", "-id", "-created"})


def listed(
    request: Request,
    collection: str,
    records: Iterable[Record],
    *,
    deepest: int,
    filters: Collection[str] = (),
    shown: Callable[[Record], Record] = dict,
) -> Record:
    """
    Return one page of a collection; raises Refused.

    *filters* are the parameters that the caller has heeded already; *shown* makes what is
    sent of a record.
    """
    query = request.query
    if strange := query.keys() - _PAGING - _TIMES - set(filters) - {"id"}:
        message = f"Invalid query parameters: {', '.join(sorted(strange))}."
        raise invalid(message)
    limit = min(_number(query, "limit", _LIMIT), _LONGEST)
    found = _ordered(query.get("sort", ""), filter(_chosen(query), records))
    offset = _number(query, "offset", 0)
    if offset >= deepest:
        message = "Deep pagination disabled, use 'nextLink' url"
        raise invalid(message)
    rest = _after(query["next"], found) if "next" in query else found[offset:]
    page = rest[:limit]
    metadata: Record = {
        "collection": collection.lower(),
        "offset": offset,
        "limit": limit,
        "total": len(found),
    }
    if len(rest) > limit and query.get("sort", "") in _BY_ID:
        metadata |= _onward(request, page[-1]["id"], limit)
    return {"_metadata": metadata, collection.lower(): [shown(record) for record in page]}


def as_flag(text: str) -> bool:
    """
    Read a parameter that is true or false.
    """
    return text.lower() in {"1", "true", "yes"}


def _onward(request: Request, last: int, limit: int) -> Record:
    token = urlsafe_b64encode(json.dumps({"id": last}).encode()).decode()
    kept = {k: v for k, v in request.query.items() if k not in {"offset", "next", "limit"}}
    query = urlencode({**kept, "limit": limit, "next": token})
    host = request.headers.get("Host", "api.followupboss.com")
    return {"next": token, "nextLink": f"http://{host}{request.path}?{query}"}


def _after(token: str, found: list[Record]) -> list[Record]:
    try:
        last = int(json.loads(urlsafe_b64decode(token))["id"])
    except (ValueError, KeyError, TypeError):
        message = "Invalid next parameter."
        raise invalid(message) from None
    return [record for record in found if record["id"] < last]


def _number(query: dict[str, str], name: str, otherwise: int) -> int:
    text = query.get(name, str(otherwise))
    if not text.isdecimal() or (name == "limit" and not int(text)):
        message = f"Invalid value for parameter {name}."
        raise invalid(message)
    return int(text)


def _chosen(query: dict[str, str]) -> Callable[[Record], bool]:
    wanted = set(query["id"].split(",")) if "id" in query else None
    above, below = _number(query, "idGreaterThan", 0), query.get("idLessThan")
    times = {name: _moment(query[name]) for name in _TIMES & query.keys()}

    def chosen(record: Record) -> bool:
        number = record["id"]
        return (
            (wanted is None or str(number) in wanted)
            and number > above
            and (below is None or number < _number(query, "idLessThan", 0))
            and all(_in_time(record, name, when) for name, when in times.items())
        )

    return chosen


def _moment(text: str) -> str:
    # Whole seconds in UTC compare as texts do.
    found = moment_of(text)
    if found is None:
        message = "Invalid value for a parameter that is a time."
        raise invalid(message)
    moment = found.astimezone(UTC) if found.tzinfo else found
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _in_time(record: Record, name: str, when: str) -> bool:
    if name.endswith("After"):
        return str(record.get(name.removesuffix("After")))[:19] > when
    return str(record.get(name.removesuffix("Before")))[:19] < when


def _ordered(sort: str, found: Iterable[Record]) -> list[Record]:
    name = sort.lstrip("-") or "id"
    return sorted(
        found,
        key=lambda record: (record.get(name) is not None, record.get(name) or 0),
        reverse=sort in _BY_ID or sort.startswith("-"),
    )
