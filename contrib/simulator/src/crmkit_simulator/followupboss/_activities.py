"""
Notes, calls, text messages, tasks and appointments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss import _bodies
from crmkit_simulator.followupboss._account import sees
from crmkit_simulator.followupboss._bodies import body_of, checked
from crmkit_simulator.followupboss._errors import forbidden, invalid, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmkit_simulator._wire import Request
    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Asker, Tokens

Record = dict[str, Any]
_HIDDEN = "* Recording URL is hidden for privacy reasons *"
_OF_TEXTS = (
    *("personId", "threadId", "phone", "toNumber", "fromNumber", "sharedInboxId"),
    *("groupTextId", "participants", "id"),
)
KINDS = ("notes", "calls", "textMessages", "tasks", "appointments")
FILTERS = {
    "notes": {"personId"},
    "calls": {"personId"},
    "textMessages": set(_OF_TEXTS),
    "tasks": {"personId", "assignedTo", "assignedUserId", "name", "type", "isCompleted"},
    "appointments": {"personId", "userId"},
}
FIELDS: Mapping[str, Mapping[str, _bodies.Check]] = {
    "notes": _bodies.NOTE,
    "calls": _bodies.CALL,
    "textMessages": _bodies.TEXT_MESSAGE,
    "tasks": _bodies.TASK,
    "appointments": _bodies.APPOINTMENT,
}
_REQUIRED = {
    "notes": ("personId",),
    "calls": ("personId", "phone", "isIncoming"),
    "textMessages": ("personId", "message", "toNumber", "fromNumber"),
    "tasks": ("personId",),
    "appointments": ("title", "start", "end"),
}


def create(
    account: Account, tokens: Tokens, asker: Asker, kind: str, request: Request
) -> Record:
    """
    Keep an activity, and return it; raises Refused.
    """
    if kind == "textMessages" and asker.system is None:
        message = "X-System and X-System-Key headers are required."
        raise forbidden(message)
    given = checked(body_of(request), FIELDS[kind], _REQUIRED[kind])
    if given.get("personId"):
        person = account.ready_person(given["personId"], asker)
        given["personId"] = person["id"]
        person["lastActivity"] = account.now()
    elif kind != "appointments" and not (kind == "calls" and given["personId"] == 0):
        what = "Person"
        raise not_found(what)
    made = _MADE[kind](tokens, asker, given)
    return account.keep(kind, made | {"systemName": asker.system}, asker)


def change(account: Account, asker: Asker, kind: str, key: str, request: Request) -> Record:
    """
    Change an activity, and return it; raises Refused. A call only if it is one's own.
    """
    record = get(account, asker, kind, key)
    if kind == "calls" and record["systemName"] != asker.system:
        message = "Only calls of your own system can be changed."
        raise forbidden(message)
    record.update(checked(body_of(request), FIELDS[kind]))
    record["updated"] = account.now()
    return record


def get(account: Account, asker: Asker, kind: str, key: str) -> Record:
    """
    Return an activity; raises Refused, also where it is not shown.
    """
    what = kind.rstrip("s").capitalize()
    found = account.get(kind, key, what)
    if not _seen(account, asker, kind, found):
        raise not_found(what)
    return found


def found(
    account: Account, asker: Asker, kind: str, query: Mapping[str, str]
) -> Iterator[Record]:
    """
    Yield the activities that a query means; raises Refused.
    """
    if kind == "textMessages" and not query.keys() & set(_OF_TEXTS):
        message = (
            "personId, threadId, phone, toNumber, fromNumber, sharedInboxId, groupTextId, "
            "participants, or id list must be specified for GET /v1/textMessages."
        )
        raise invalid(message)
    wanted = {name: query[name] for name in FILTERS[kind] & query.keys() if name != "id"}
    for record in account.shelves[kind].values():
        if _seen(account, asker, kind, record) and all(
            _meets(record, name, value) for name, value in wanted.items()
        ):
            yield record


def shown(asker: Asker, record: Record) -> Record:
    """
    Return what is sent of an activity: a recording of another system is hidden.
    """
    sent = {name: value for name, value in record.items() if name != "remindSecondsBefore"}
    if sent.get("recordingUrl") and record["systemName"] != asker.system:
        sent["recordingUrl"] = _HIDDEN
    return sent


def people_of(record: Mapping[str, Any]) -> list[str]:
    """
    Return the ids of the people whom an activity is about.
    """
    if "personId" in record:
        return [str(record["personId"])]
    invited = (one.get("personId") for one in record.get("invitees", ()))
    return [str(one) for one in invited if one is not None]


def _seen(account: Account, asker: Asker, kind: str, record: Record) -> bool:
    if kind == "appointments":  # which their maker alone sees
        return bool(record["createdById"] == asker.user["id"])
    person = account.shelves["people"].get(record["personId"])
    return asker.sees_all or (person is not None and sees(asker, person))


def _meets(record: Record, name: str, value: str) -> bool:
    if name == "personId":
        return not set(value.split(",")).isdisjoint(people_of(record))
    if name == "userId":
        return any(str(one.get("userId")) == value for one in record["invitees"])
    key = "AssignedTo" if name == "assignedTo" else name
    return str(record.get(key)).lower() == value.lower()


def _note(_: Tokens, asker: Asker, given: Record) -> Record:
    return {
        "createdBy": asker.user["name"],
        "updatedBy": asker.user["name"],
        "showContent": True,
        "subject": None,
        "body": "",
        "type": "Note",
        "isHtml": False,
        "actionPlanId": None,
        "isExternal": asker.system is not None,
        "systemId": 77 if asker.system else None,
        "automationId": None,
        **given,
    }


def _call(tokens: Tokens, asker: Asker, given: Record) -> Record:
    if "userId" in given and not asker.sees_all:
        message = "Only admins can set the user of a call."
        raise forbidden(message)
    user = tokens.users.get(given.get("userId", asker.user["id"]), asker.user)
    blank = dict.fromkeys(("toNumber", "fromNumber", "note", "outcome", "recordingUrl"))
    whose = {"userId": user["id"], "userName": user["name"]}
    return {**blank, "duration": 0, **given, **whose}


def _text_message(_: Tokens, asker: Asker, given: Record) -> Record:
    return {
        "userId": asker.user["id"],
        "userName": asker.user["name"],
        "isIncoming": False,
        "externalLabel": None,
        "externalUrl": None,
        **given,
    }


def _task(tokens: Tokens, _: Asker, given: Record) -> Record:
    named, number = given.pop("assignedTo", None), given.get("assignedUserId")
    user = next(
        (u for u in tokens.users.values() if u["id"] == number or u["name"] == named), None
    )
    if user is None:
        message = "Field assignedUserId or assignedTo is required."
        raise invalid(message)
    done = int(given.pop("isCompleted", False))
    blank = {"name": None, "type": "Follow Up", "dueDate": None, "dueDateTime": None}
    whose = {"assignedUserId": user["id"], "AssignedTo": user["name"]}
    return {**blank, "completed": None, "isCompleted": done, **given, **whose}


def _appointment(_: Tokens, asker: Asker, given: Record) -> Record:
    if given["end"] < given["start"]:
        message = "Field end must be after field start."
        raise invalid(message)
    if "createdById" in given and not asker.sees_all:
        message = "Only admins can set who created an appointment."
        raise forbidden(message)
    blank = dict.fromkeys(
        ("description", "location", "typeId", "type", "outcomeId", "outcome")
    )
    return {**blank, "invitees": [], "allDay": False, "originFub": True, **given}


_MADE: Mapping[str, Callable[[Tokens, Asker, Record], Record]] = {
    "notes": _note,
    "calls": _call,
    "textMessages": _text_message,
    "tasks": _task,
    "appointments": _appointment,
}
