"""
Requests as the file describes them, page by page.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from crmkit import ProtocolError, stable_id
from crmkit.asking import every
from crmkit.codec import to_json
from crmkit_rest._templates import in_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit import Response, Session
    from crmkit_rest._requests import Reading, Request
    from crmkit_rest._schema import CRM

_NEXT = re.compile(r'<([^<>]*)>\s*;[^<>]*\brel\s*=\s*"?(?:[\w\s]*\s)?next\b', re.IGNORECASE)
_HEADER = "header"  # said as link, for the header of RFC 8288


class Page(NamedTuple):
    """
    One page: its *records*, the whole *answer*, what leads to the next, None at the end.
    """

    records: list[Any]
    answer: Any
    following: str | None


def send(
    session: Session,
    crm: CRM,
    request: Request,
    values: Mapping[str, Any],
    *,
    repeatable: bool = True,
) -> Response:
    """
    Do a request of the file, with these values for its names.
    """
    times = request.times or crm.times
    path, path_values = request.path.fill(values, times)
    params, own, body, form = (
        part.fill(values, times)
        for part in (request.params, request.headers, request.body, request.form)
    )
    reads = body is None and form is None
    verb = getattr(session.http, (request.method or ("GET" if reads else "POST")).lower())
    answer: Response = verb(
        path,
        path_values=path_values,
        params={name: _param(value) for name, value in (params or {}).items()},
        headers={**_headers(crm), **{k: in_url(v) for k, v in (own or {}).items()}},
        json=body,
        form=form and {name: in_url(value) for name, value in form.items()},
        repeatable=repeatable,
        limit=request.limit,
    )
    return answer


def page(
    session: Session,
    crm: CRM,
    reading: Reading,
    values: Mapping[str, Any],
    cursor: str | None = None,
) -> Page:
    """
    Read one page; ProtocolError where there are no records, or the same ones again.
    """
    if cursor is not None and reading.link:
        response = session.http.get(cursor, limit=reading.limit, headers=_headers(crm))
    else:
        place = (cursor or "").partition(" ")[0]
        number = int(place) if place.isdecimal() else 0
        at = {"page": number or reading.first_page, "offset": number}
        response = send(session, crm, reading, {**values, **at, "cursor": cursor})
    answer = response.json()
    found = reading.at.of(answer)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        msg = f"{crm.label}'s answer holds no records at {reading.at.text}"
        raise ProtocolError(msg)
    return Page(found, answer, _following(reading, response, answer, found, cursor))


def records(
    session: Session, crm: CRM, reading: Reading, values: Mapping[str, Any]
) -> Iterator[Any]:
    """
    Yield the records of all pages; ProtocolError where one leads back.
    """

    def ask(cursor: str | None) -> tuple[list[Any], str | None]:
        found = page(session, crm, reading, values, cursor)
        return found.records, found.following

    return every(ask, crm.label)


def _headers(crm: CRM) -> dict[str, str]:
    return crm.headers.shape or {}


def _following(
    reading: Reading,
    response: Response,
    answer: Any,
    found: list[Any],
    cursor: str | None,
) -> str | None:
    if reading.link:
        if reading.link.text == _HEADER:
            told = _NEXT.search(response.headers.get("Link", ""))
            link = told[1] if told else None
        else:
            link = reading.link.text_of(answer)
        return urljoin(response.url, link) if link else None
    if reading.next:
        return reading.next.text_of(answer)
    way = reading.names & {"page", "offset"}
    if not way or not found or (reading.more and not reading.more.holds(answer)):
        return None
    place, _, last = (cursor or "").partition(" ")
    begins = stable_id(to_json(found[0]))
    if begins == last:
        msg = "a page of the list is the one before again; is its parameter right?"
        raise ProtocolError(msg)
    start = int(place or (reading.first_page if way == {"page"} else 0))
    return f"{start + (1 if way == {'page'} else len(found))} {begins}"


def _param(value: Any) -> str | list[str]:
    if not isinstance(value, list) or not any(isinstance(one, list) for one in value):
        return in_url(value)
    parts = (one if isinstance(one, list) else [one] for one in value)
    return [in_url(one) for one in chain.from_iterable(parts)]
