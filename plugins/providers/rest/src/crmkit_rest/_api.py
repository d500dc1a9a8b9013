"""
Requests as the file describes them, page by page: clients by id, by a field, all.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from crmkit import (
    ClientNotFoundError,
    ClientPage,
    CustomField,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    stable_id,
)
from crmkit.codec import to_json
from crmkit_rest._expressions import as_text
from crmkit_rest._mapping import listed, to_client, to_field
from crmkit_rest._templates import in_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmkit import ClientData, Response, Session
    from crmkit_rest._requests import Find, Reading, Request
    from crmkit_rest._schema import CRM

_NEXT = re.compile(r'<([^<>]*)>\s*;[^<>]*\brel\s*=\s*"?(?:[\w\s]*\s)?next\b', re.IGNORECASE)
_HEADER = "header"  # said as link, for the header of RFC 8288
_NO_DIGIT = re.compile(r"\D")


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
        headers={**_headers(crm), **{k: str(v) for k, v in (own or {}).items()}},
        json=body,
        form=form,
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
        place, _, _ = (cursor or "").partition(" ")
        first = {"cursor": cursor, "page": reading.first_page, "offset": 0}
        at = (
            {name: int(place) for name in ("page", "offset")}
            if place.isdecimal()
            else first
        )
        response = send(session, crm, reading, {**values, **at, "cursor": cursor})
    answer = response.json()
    records = reading.at.of(answer)
    if isinstance(records, dict):
        records = [records]
    if not isinstance(records, list):
        msg = f"{crm.label}'s answer holds no records at {reading.at.text}"
        raise ProtocolError(msg)
    return Page(records, answer, _following(reading, response, answer, records, cursor))


def pages(
    session: Session, crm: CRM, reading: Reading, values: Mapping[str, Any]
) -> Iterator[list[Any]]:
    """
    Yield the records of all pages; ProtocolError where one leads back.
    """
    seen: set[str | None] = {None}
    found = page(session, crm, reading, values)
    yield found.records
    while found.following is not None:
        if found.following in seen:
            msg = f"the pages of {crm.label} lead in a circle"
            raise ProtocolError(msg)
        seen.add(found.following)
        found = page(session, crm, reading, values, found.following)
        yield found.records


def fetch(session: Session, crm: CRM, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids.
    """
    if "ids" in crm.fetch.names:
        found = chain.from_iterable(pages(session, crm, crm.fetch, {"ids": list(ids)}))
        return map(_convert(session, crm), found)
    return chain.from_iterable(_one(session, crm, client_id) for client_id in ids)


def find(session: Session, crm: CRM, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients whose field has this value, and no others that the CRM lists.

    Raises NotSupportedError for a field that the file does not say how to search.
    """
    value = value.strip()
    how, key = _way(session, crm, field)
    if not value.strip("."):
        return []
    try:
        found = page(session, crm, how, {"field": key, "value": value}).records
    except ClientNotFoundError:
        return []
    is_same = partial(_same, field, value)
    if how.match:
        found = [one for one in found if any(map(is_same, how.match.several_of(one)))]
    clients = _clients(session, crm, found, fetch_each=how.fetch)
    if how.match:
        return clients
    return filter(lambda client: is_same(_value(client, field)), clients)


def list_clients(
    session: Session, crm: CRM, since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of all clients, or of those changed since then.
    """
    listing = crm.list
    if listing is None:  # then the hook is not offered
        raise NotSupportedError(crm.label)
    found = page(session, crm, listing, {"since": since}, cursor)
    gone = listing.deleted.several_of(found.answer)
    clients = _clients(session, crm, found.records, fetch_each=listing.fetch)
    if since is not None and "since" not in listing.names:
        clients = filter(
            lambda client: client.updated_at is None or client.updated_at >= since, clients
        )
    return ClientPage(
        clients=clients,
        next_cursor=found.following,
        deleted=[name for one in gone if (name := as_text(one))],
    )


def fields(session: Session, crm: CRM) -> list[CustomField]:
    """
    Return the custom fields: those that the file lists, and those that the CRM tells.
    """
    found = listed(crm)
    if crm.fields is not None:
        for record in chain.from_iterable(pages(session, crm, crm.fields, {})):
            if (told := to_field(record, crm.fields)) is not None:
                found.setdefault(told.name, told)
    return list(found.values())


def _headers(crm: CRM) -> dict[str, str]:
    return crm.headers.shape or {}


def _following(
    reading: Reading,
    response: Response,
    answer: Any,
    records: list[Any],
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
    if not way or not records or (reading.more and not reading.more.holds(answer)):
        return None
    place, _, last = (cursor or "").partition(" ")
    begins = stable_id(to_json(records[0]))
    if begins == last:
        msg = "a page of the list is the one before again; is its parameter right?"
        raise ProtocolError(msg)
    start = int(place or (reading.first_page if way == {"page"} else 0))
    return f"{start + (1 if way == {'page'} else len(records))} {begins}"


def _one(session: Session, crm: CRM, client_id: str) -> Iterable[ClientData]:
    try:
        found = page(session, crm, crm.fetch, {"id": client_id}).records
    except ClientNotFoundError:
        return []
    except InvalidRequestError as error:
        if error.status is None:  # no request can name it
            return []
        raise
    return map(_convert(session, crm, client_id), found)


def _clients(
    session: Session, crm: CRM, records: list[Any], *, fetch_each: bool
) -> Iterator[ClientData]:
    if not fetch_each:
        return map(_convert(session, crm), records)
    ids = [name for record in records if (name := crm.client.id.text_of(record))]
    cuts = (ids[at : at + crm.fetch.size] for at in range(0, len(ids), crm.fetch.size))
    return chain.from_iterable(fetch(session, crm, cut) for cut in cuts)


def _convert(
    session: Session, crm: CRM, asked: str | None = None
) -> Callable[[Any], ClientData]:
    known = {} if crm.fields is None else {f.key: f for f in session.fields()}
    return partial(to_client, crm=crm, fields=known, asked=asked)


def _way(session: Session, crm: CRM, field: str) -> tuple[Find, str]:
    if field in crm.find:
        return crm.find[field], field
    if field not in {"email", "phone"} and "*" in crm.find:
        for known in session.fields():
            if known.name == field:
                return crm.find["*"], known.key
    msg = f"{crm.label} cannot be searched by {field!r}; its file has {', '.join(crm.find)}"
    raise NotSupportedError(msg)


def _value(client: ClientData, field: str) -> Any:
    if field in {"email", "phone"}:
        return getattr(client, field)
    return client.custom_fields.get(field)


def _same(field: str, value: str, found: Any) -> bool:
    text = as_text(found) or str(found or "")
    if field == "phone":
        return _NO_DIGIT.sub("", text) == _NO_DIGIT.sub("", value) != ""
    return text.casefold() == value.casefold()


def _param(value: Any) -> str | list[str]:
    if isinstance(value, list) and any(isinstance(one, list) for one in value):
        value = list(
            chain.from_iterable(one if isinstance(one, list) else [one] for one in value)
        )
        return [in_url(one) for one in value]
    return in_url(value)
