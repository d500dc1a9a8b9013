"""
What bodies may hold: the fields of each resource, and their types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss._errors import invalid, unknown_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit_simulator._wire import Request

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    """
    Tell whether a value is a text.
    """
    return isinstance(value, str)


def whole(value: Any) -> bool:
    """
    Tell whether a value is a whole number.
    """
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value: Any) -> bool:
    """
    Tell whether a value is true or false, which reading shows as 1 and 0.
    """
    return value in (True, False)


def day(value: Any) -> bool:
    """
    Tell whether a value is a day, such as 2026-05-20.
    """
    return text(value) and moment_of(value, date.fromisoformat) is not None


def moment(value: Any) -> bool:
    """
    Tell whether a value is a moment in ISO 8601; without an offset it is UTC.
    """
    return text(value) and moment_of(value) is not None


def texts(value: Any) -> bool:
    """
    Tell whether a value is a list of texts.
    """
    return isinstance(value, list) and all(map(text, value))


def objects(value: Any) -> bool:
    """
    Tell whether a value is a list of objects.
    """
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def an_object(value: Any) -> bool:
    """
    Tell whether a value is an object.
    """
    return isinstance(value, dict)


def one_of(*words: str) -> Check:
    """
    Return what tells whether a value is one of these words.
    """
    return lambda value: value in words


def moment_of(value: str, read: Callable[[str], Any] = datetime.fromisoformat) -> Any:
    """
    Return the moment, or what else *read* makes of a text; None where it is none.
    """
    try:
        return read(value)
    except ValueError:
        return None


PERSON: Mapping[str, Check] = {
    **dict.fromkeys(("firstName", "lastName", "name", "stage", "type", "source"), text),
    **dict.fromkeys(("sourceUrl", "background", "assignedTo", "assignedLenderName"), text),
    **dict.fromkeys(("stageId", "price", "timeframeId"), whole),
    **dict.fromkeys(("assignedUserId", "assignedPondId", "assignedLenderId"), whole),
    **dict.fromkeys(("emails", "phones", "addresses", "collaborators"), objects),
    "contacted": flag,
    "tags": texts,
    "createdAt": moment,
}
PROPERTY: Mapping[str, Check] = {
    **dict.fromkeys(("street", "city", "state", "code", "mlsNumber", "url", "type"), text),
    **dict.fromkeys(("bedrooms", "bathrooms", "area", "lot"), text),
    "price": whole,
    "forRent": flag,
}
SEARCH: Mapping[str, Check] = {
    **dict.fromkeys(("type", "neighborhood", "city", "state", "code"), text),
    **dict.fromkeys(("minPrice", "maxPrice", "minBedrooms", "maxBedrooms"), whole),
    **dict.fromkeys(("minBathrooms", "maxBathrooms"), whole),
}
CAMPAIGN: Mapping[str, Check] = dict.fromkeys(
    ("source", "medium", "term", "content", "campaign"), text
)
EVENT_TYPES = (
    *("Registration", "Inquiry", "Seller Inquiry", "Property Inquiry", "General Inquiry"),
    *("Viewed Property", "Saved Property", "Visited Website", "Incoming Call"),
    *("Unsubscribed", "Property Search", "Saved Property Search", "Visited Open House"),
    "Viewed Page",
)
EVENT: Mapping[str, Check] = {
    **dict.fromkeys(("source", "system", "message", "description"), text),
    **dict.fromkeys(("pageTitle", "pageUrl", "pageReferrer"), text),
    **dict.fromkeys(("person", "property", "propertySearch", "campaign"), an_object),
    "type": one_of(*EVENT_TYPES),
    "pageDuration": whole,
    "occurredAt": moment,
}
NOTE: Mapping[str, Check] = {
    "personId": whole,
    "subject": text,
    "body": text,
    "isHtml": flag,
}
CALL: Mapping[str, Check] = {
    **dict.fromkeys(("phone", "note", "toNumber", "fromNumber", "recordingUrl"), text),
    **dict.fromkeys(("personId", "duration", "userId"), whole),
    "isIncoming": flag,
    "outcome": one_of(
        *("Interested", "Not Interested", "Left Message", "No Answer", "Busy"),
        "Bad Number",
    ),
}
TEXT_MESSAGE: Mapping[str, Check] = {
    **dict.fromkeys(("message", "toNumber", "fromNumber"), text),
    **dict.fromkeys(("externalLabel", "externalUrl"), text),
    "personId": whole,
    "isIncoming": flag,
}
TASK: Mapping[str, Check] = {
    **dict.fromkeys(("assignedTo", "name"), text),
    **dict.fromkeys(("personId", "assignedUserId", "remindSecondsBefore"), whole),
    "type": one_of(
        *("Follow Up", "Call", "Text", "Email", "Appointment", "Showing", "Closing"),
        *("Open House", "Thank You"),
    ),
    "isCompleted": flag,
    "dueDate": day,
    "dueDateTime": moment,
}
APPOINTMENT: Mapping[str, Check] = {
    **dict.fromkeys(("title", "description", "location"), text),
    **dict.fromkeys(("start", "end"), moment),
    **dict.fromkeys(("createdById", "typeId", "outcomeId"), whole),
    "invitees": objects,
    "allDay": flag,
}
EM_CAMPAIGN: Mapping[str, Check] = dict.fromkeys(
    ("origin", "originId", "name", "subject", "bodyHtml"), text
)
EM_EVENT: Mapping[str, Check] = {
    **dict.fromkeys(("personId", "campaignId", "userId"), whole),
    **dict.fromkeys(("recipient", "url"), text),
    "type": one_of(
        *("delivered", "open", "click", "bounced", "soft-bounce", "hard-bounce"),
        *("unsubscribe", "spamreport", "dropped"),
    ),
    "occurred": moment,
}
CUSTOM_FIELD: Mapping[str, Check] = {
    "label": text,
    "type": one_of("text", "date", "number", "dropdown"),
    "choices": texts,
    **dict.fromkeys(("isRecurring", "hideIfEmpty", "readOnly"), flag),
    "orderWeight": whole,
}


def body_of(request: Request) -> dict[str, Any]:
    """
    Return the JSON object that a request brings; raises Refused.
    """
    try:
        body = request.json()
    except (RecursionError, ValueError):
        body = None
    if not isinstance(body, dict):
        message = "The request body must be a JSON object."
        raise invalid(message)
    return body


def checked(
    body: Mapping[str, Any], fields: Mapping[str, Check], required: Iterable[str] = ()
) -> dict[str, Any]:
    """
    Return what a body holds; raises Refused for a field that is unknown, wrong, missing.

    Null is a field that is left out.
    """
    if strange := [name for name in body if name not in fields]:
        raise unknown_fields(strange)
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        if not fields[name](value):
            message = f"Invalid value for field {name}."
            raise invalid(message)
    for name in required:
        if given.get(name) in (None, ""):
            message = f"Field {name} is required."
            raise invalid(message)
    return given
