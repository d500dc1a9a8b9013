"""
Events: what leads do, and how people come in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss import _people
from crmkit_simulator.followupboss._bodies import (
    CAMPAIGN,
    EVENT,
    PROPERTY,
    SEARCH,
    body_of,
    checked,
    whole,
)
from crmkit_simulator.followupboss._errors import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit_simulator._wire import Request
    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Asker, Tokens

Record = dict[str, Any]
FILTERS = frozenset({"personId", "type", "hasProperty"})
_PARTS = {"property": PROPERTY, "propertySearch": SEARCH}


def create(
    account: Account, tokens: Tokens, asker: Asker, request: Request
) -> tuple[int, Record | None]:
    """
    Keep an event; return the status and its person, None where it was dropped.

    Raises Refused.
    """
    given = checked(body_of(request), EVENT, ("person",))
    for name, fields in _PARTS.items():
        if name in given:
            given[name] = checked(given[name], fields)
    if "campaign" in given:
        checked(given["campaign"], CAMPAIGN, ("source",))
    if given.get("source") in account.archived:
        return 204, None
    person, made = _person(account, tokens, asker, given.pop("person"))
    person["lastActivity"] = account.now()
    account.keep("events", _event(account, person, given), asker)
    return (201 if made else 200), person


def found(account: Account, query: Mapping[str, str]) -> Iterator[Record]:
    """
    Yield the events that a query means.
    """
    for event in account.shelves["events"].values():
        if (
            str(event["personId"]) == query.get("personId", str(event["personId"]))
            and event["type"] in query.get("type", event["type"]).split(",")
            and ("hasProperty" not in query or event["property"] is not None)
        ):
            yield event


def _person(
    account: Account, tokens: Tokens, asker: Asker, said: Record
) -> tuple[Record, bool]:
    said = dict(said)
    number = said.pop("id", None)
    if number is not None and not whole(number):
        message = "Invalid value for field person.id."
        raise invalid(message)
    given = _people.given_of(account, said)
    if number is not None:
        person: Record | None = account.person(number, asker)
    elif not given.keys() & {"emails", "phones", "firstName", "lastName", "name"}:
        message = "Field person is required."
        raise invalid(message)
    else:
        person = _people.match(account, given)
    if person is None:
        return _people.make(account, tokens, asker, given), True
    if given:
        _people.change(account, person, given, merge=True)
    return person, False


def _event(account: Account, person: Record, given: Record) -> Record:
    kind = given.pop("type", "Registration")
    if kind == "Inquiry":
        kind = "Property Inquiry" if "property" in given else "General Inquiry"
    blank = dict.fromkeys(("message", "description", "noteId", "source", *_PARTS))
    pages = dict.fromkeys(("pageTitle", "pageUrl", "pageDuration"))
    occurred = given.pop("occurredAt", account.now())
    place = given.get("property")
    if place is not None:
        shown: Record = dict.fromkeys((*PROPERTY, "lat", "lng"))
        price = str(place["price"]) if "price" in place else None
        rent = int(place.get("forRent", False))
        given["property"] = shown | place | {"price": price, "forRent": rent}
    given.pop("system", None)
    about = {"occurred": occurred, "personId": person["id"], "type": kind}
    return {**blank, **pages, **given, **about}
