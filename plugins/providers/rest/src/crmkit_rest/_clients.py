"""
Clients as the file describes them: by id, by a field, all, and their custom fields.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from crmkit import (
    ClientNotFoundError,
    ClientPage,
    CustomField,
    InvalidRequestError,
    NotSupportedError,
)
from crmkit_rest._api import page, records
from crmkit_rest._expressions import as_text
from crmkit_rest._mapping import listed, to_client, to_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmkit import ClientData, Session
    from crmkit_rest._requests import Find
    from crmkit_rest._schema import CRM

_NO_DIGIT = re.compile(r"\D")


def fetch(session: Session, crm: CRM, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids.
    """
    if "ids" in crm.fetch.names:
        return map(_convert(session, crm), _asked(session, crm, {"ids": list(ids)}))
    return chain.from_iterable(
        map(_convert(session, crm, asked), _asked(session, crm, {"id": asked}))
        for asked in ids
    )


def find(session: Session, crm: CRM, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients whose field has this value, and no others that the CRM lists.

    Raises NotSupportedError for a field that the file does not say how to search.
    """
    value = value.strip()
    how, key = _way(session, crm, field)
    found: list[Any] = []
    with _nobody():
        found = page(session, crm, how, {"field": key, "value": value}).records
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
    asks = listing is not None and "since" in listing.names
    if listing is None or (since and not asks and not crm.client.updated_at):
        msg = f"{crm.label} lists no changes: its file has neither {{since}} nor updated_at"
        raise NotSupportedError(msg)
    found = page(session, crm, listing, {"since": since}, cursor)
    gone = listing.deleted.several_of(found.answer)
    clients = _clients(session, crm, found.records, fetch_each=listing.fetch)
    if since is not None and not asks:
        clients = filter(partial(_is_after, since), clients)
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
        for record in records(session, crm, crm.fields, {}):
            if (told := to_field(record, crm.fields)) is not None:
                found.setdefault(told.name, told)
    return list(found.values())


def _is_after(since: datetime, client: ClientData) -> bool:
    return client.updated_at is None or client.updated_at >= since


def _asked(session: Session, crm: CRM, values: Mapping[str, Any]) -> Iterator[Any]:
    try:
        with _nobody(among=len(values.get("ids", ()))):
            yield from records(session, crm, crm.fetch, values)
    except ClientNotFoundError:  # which says not who of several
        for each in values["ids"]:
            yield from _asked(session, crm, {"ids": [each]})


@contextmanager
def _nobody(among: int = 1) -> Iterator[None]:
    """
    Take it for nobody that the CRM says so, or that no request can name whom is asked for.
    """
    try:
        yield
    except ClientNotFoundError:
        if among > 1:
            raise
    except InvalidRequestError as error:
        if error.status is not None:
            raise


def _clients(
    session: Session, crm: CRM, found: list[Any], *, fetch_each: bool
) -> Iterator[ClientData]:
    if not fetch_each:
        return map(_convert(session, crm), found)
    ids = [name for record in found if (name := crm.client.id.text_of(record))]
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
    text = "" if found is None else as_text(found) or str(found)
    if field == "phone":
        return _NO_DIGIT.sub("", text) == _NO_DIGIT.sub("", value) != ""
    return text.casefold() == value.casefold()
