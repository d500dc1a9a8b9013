"""
The endpoints for timeline events, in the old form and that of 2026-03.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from crmkit_simulator._clock import iso, iso_ms
from crmkit_simulator.hubspot._batch import completed, inputs_of
from crmkit_simulator.hubspot._errors import Refused, missing, not_found
from crmkit_simulator.hubspot._fields import needed_text, text_in
from crmkit_simulator.hubspot._values import milliseconds

if TYPE_CHECKING:
    from crmkit_simulator.hubspot._account import Account

    Result = tuple[int, Any]


TIMELINE = "timeline"


class Form(NamedTuple):
    """
    What a version calls an event's type, and its values.
    """

    type: str
    values: str


_FORMS = {
    "v3": Form("eventTemplateId", "tokens"),
    "2026-03": Form("eventTypeName", "properties"),
}


def create(account: Account, version: str, body: Any) -> Result:
    """
    Put one event on a contact's timeline, and return it; raises Refused.
    """
    return 201, _put(account, _FORMS[version], body)


def batch_create(account: Account, version: str, body: Any) -> Result:
    """
    Put events on timelines, those that are right; raises Refused.
    """
    results, errors = [], []
    for one in inputs_of(body):
        try:
            results.append(_put(account, _FORMS[version], one))
        except Refused as refused:
            errors.append(refused.in_batch({"ids": [str(one.get("id"))]}))
    return 207 if errors else 201, completed(account, results, errors)


def get(account: Account, type_: str, id_: str) -> dict[str, Any]:
    """
    Return one event; raises Refused.
    """
    if (type_, id_) not in account.events:
        raise not_found()
    return account.events[type_, id_]


def as_activity(event: dict[str, Any]) -> dict[str, Any]:
    """
    Return an event as one of the activities that a CRM holds.
    """
    return {
        "kind": TIMELINE,
        "id": event["id"],
        "client_ids": [event["objectId"]],
        "properties": event,
    }


def _put(account: Account, form: Form, body: Any) -> dict[str, Any]:
    type_, values = needed_text(body, form.type), body.get(form.values)
    if not isinstance(values, dict):
        raise missing(form.values)
    if type_ not in account.timeline:
        msg = f"There is no event template or type {type_}"
        raise Refused(404, msg, category="OBJECT_NOT_FOUND")
    id_ = (text_in(body, "id") or "{{uuid}}").replace("{{uuid}}", str(uuid4()))
    event: dict[str, Any] = {
        "id": id_,
        form.type: type_,
        "objectType": "CONTACT",
        "objectId": _contact(account, body),
        form.values: values,
        "createdAt": iso(account.clock.now()),
        "timestamp": _timestamp(account, text_in(body, "timestamp")),
    }
    kept = ("email", "utk", "domain", "extraData", "timelineIFrame")
    event |= {name: body[name] for name in kept if name in body}
    # An id that was used before names the same event: the last one wins.
    account.events[type_, id_] = event
    return event


def _contact(account: Account, body: Any) -> str:
    shelf = account.shelves["contacts"]
    key = text_in(body, "objectId") or shelf.owner("email", text_in(body, "email") or "")
    record = shelf.live(key or "")
    if record is None:
        msg = "An event needs the objectId or the email of a contact that exists"
        raise Refused(400, msg)
    return record.id


def _timestamp(account: Account, given: str | None) -> str:
    if given is None:
        return iso(account.clock.now())
    try:
        return iso_ms(milliseconds(given))
    except ValueError:
        msg = f"timestamp {given} is not a time"
        raise Refused(400, msg) from None
