"""
The requests that are made: where, for how many of the day's tokens, page by page.
"""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import RateLimitedError, asking
from crmkit.reading import content, dicts, records
from crmkit_pipedrive._errors import refusal
from crmkit_pipedrive._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit import Response, Session

_SPENT, _DAY = "pipedrive.spent", 86_400.0  # seconds


class Call(NamedTuple):
    """
    One request: its path, its cost by the API's documents, its rate limit's bucket.
    """

    path: str
    tokens: int
    bucket: str = ""
    most: int = 500  # records a page


PERSON = Call("/api/v2/persons/{id}", 1)
PERSONS = Call("/api/v2/persons", 10)
SEARCH = Call("/api/v2/persons/search", 20, "search")
FIELDS = Call("/api/v2/personFields", 10)
ACTIVITIES = Call("/api/v2/activities", 10)
NEW_ACTIVITY = Call("/api/v2/activities", 5)
# v2 has none of these.
ME = Call("/api/v1/users/me", 2)
NOTES = Call("/api/v1/notes", 20, most=100)
NEW_NOTE = Call("/api/v1/notes", 10)
CALL_LOGS = Call("/api/v1/callLogs", 20, most=50)
NEW_CALL_LOG = Call("/api/v1/callLogs", 10)


def get(
    session: Session, call: Call, params: Mapping[str, object], **path_values: str
) -> dict[str, Any]:
    """
    Return the answer to a request that reads.
    """
    _spend(session, call)
    answer = session.http.get(
        call.path, path_values=path_values, params=params, limit=call.bucket
    )
    return _said(answer)


def post(session: Session, call: Call, body: Mapping[str, object]) -> dict[str, Any]:
    """
    Return the answer to a request that writes, which must not be repeated.
    """
    _spend(session, call)
    return _said(session.http.post(call.path, json=body))


def listed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Return the records of an answer; where there are none v1 says null.
    """
    return [] if answer.get("data", "") is None else records(answer, "data", LABEL)


def following(answer: dict[str, Any]) -> dict[str, Any]:
    """
    Return the parameter with which the next page comes: v2's or v1's, none at the end.
    """
    for more in dicts([answer.get("additional_data")]):
        if cursor := more.get("next_cursor"):
            return {"cursor": str(cursor)}
        for page in dicts([more.get("pagination")]):
            if page.get("more_items_in_collection"):
                return {"start": page.get("next_start")}
    return {}


def every(
    session: Session, call: Call, params: Mapping[str, object]
) -> Iterator[dict[str, Any]]:
    """
    Yield the records of all pages; a page that was to come twice is a ProtocolError.
    """

    def page(step: dict[str, Any] | None) -> tuple[list[dict[str, Any]], Any]:
        answer = get(session, call, {"limit": call.most, **params, **(step or {})})
        return listed(answer), following(answer) or None

    return asking.every(page, LABEL)


def _said(response: Response) -> dict[str, Any]:
    if response.status == HTTPStatus.NO_CONTENT:
        return {"data": None}
    found = content(response, LABEL)
    if found.get("success") is False:
        raise refusal(response, found)
    return found


def _spend(session: Session, call: Call) -> None:
    # Nobody knows when Pipedrive's day begins: what fits any 24 hours fits a day.
    most = session.settings.daily_tokens
    if most is None:
        return
    spent: deque[tuple[float, int]] = session.memory.setdefault(_SPENT, deque())
    now = monotonic()
    recent = [(then, tokens) for then, tokens in list(spent) if then > now - _DAY]
    if sum(tokens for _, tokens in recent) + call.tokens > most:
        wait = recent[0][0] + _DAY - now if recent else _DAY
        msg = f"the {most:,} tokens of Pipedrive's setting daily_tokens are spent"
        raise RateLimitedError(msg, retry_after=wait)
    spent.append((now, call.tokens))
