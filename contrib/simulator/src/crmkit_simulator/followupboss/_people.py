"""
People: made, changed, shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss._account import TRASH
from crmkit_simulator.followupboss._bodies import (
    PERSON,
    Check,
    checked,
    day,
    moment_of,
    text,
    whole,
)
from crmkit_simulator.followupboss._errors import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator._wire import Request
    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Asker, Tokens

Person = dict[str, Any]
_SHOWN = (
    *("id", "created", "updated", "createdVia", "lastActivity", "name", "firstName"),
    *("lastName", "stage", "stageId", "type", "source", "sourceId", "sourceUrl"),
    *("leadFlowId", "delayed", "contacted", "price", "assignedLenderId"),
    *("assignedLenderName", "assignedUserId", "assignedPondId", "assignedTo", "tags"),
    *("emails", "phones", "addresses", "picture", "socialData", "claimed"),
    *("websiteVisits", "timeframeId", "timeframeStatus", "collaborators", "teamLeaders"),
    "pondMembers",
)
_ON_REQUEST = ("background", "timeframeUpdated", "lastCommunication", "relationships")
_LISTS = ("tags", "emails", "phones", "addresses", "collaborators")
_MOST_FIELDS, _LONGEST_FIELDS = 150, 4000
_STAGES = {"Lead": 2, "Hot Prospect": 3, "Closed": 8, TRASH: 11}


def make(
    account: Account, tokens: Tokens, asker: Asker, given: Mapping[str, Any]
) -> Person:
    """
    Put a new person in; raises Refused for fields that are wrong.
    """
    user = tokens.users.get(given.get("assignedUserId", asker.user["id"]), asker.user)
    blank: Person = {
        **dict.fromkeys((*_SHOWN, *_ON_REQUEST)),
        **{name: [] for name in (*_LISTS, "teamLeaders", "pondMembers", "relationships")},
        "id": account.new_id("people"),
        "created": account.now(),
        "createdVia": "API",
        "lastActivity": account.now(),
        "stage": "Lead",
        "type": "Buyer",
        "source": "<unspecified>",
        "delayed": False,
        "contacted": 0,
        "claimed": True,
        "websiteVisits": 0,
        "assignedUserId": user["id"],
        "assignedTo": user["name"],
    }
    account.shelves["people"][blank["id"]] = blank
    _set(account, blank, given)
    account.ready_at[blank["id"]] = account.clock.monotonic() + account.not_ready
    return blank


def change(
    account: Account, person: Person, given: Mapping[str, Any], *, merge: bool
) -> None:
    """
    Change a person: lists are replaced, but tags are added where they are to *merge*.
    """
    given = dict(given)
    if person["source"] != "<unspecified>":
        given.pop("source", None)  # which is written once
    if merge and "tags" in given:
        new = [tag for tag in given["tags"] if tag not in person["tags"]]
        given["tags"] = [*person["tags"], *new]
    _set(account, person, given)


def given_of(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what a body says of a person; a custom field that is null is cleared.

    Raises Refused.
    """
    custom = {name: _check_of(field) for name, field in account.fields.items()}
    given = checked(body, {**PERSON, **custom})
    for name in given.keys() & account.fields.keys():
        if account.fields[name]["readOnly"]:
            message = f"Field {name} is read-only."
            raise invalid(message)
    cleared = {n: None for n in account.fields if n in body and body[n] is None}
    return given | cleared


def shown(account: Account, person: Person, request: Request) -> Person:
    """
    Return what is sent of a person: custom fields only for who asks for them.

    Raises Refused for fields that are not known, or too many.
    """
    asked = request.query.get("fields", "")
    names = [name for name in asked.split(",") if name]
    known = {*_SHOWN, *_ON_REQUEST, *account.fields, "allFields", "allCustom"}
    if len(names) > _MOST_FIELDS or len(asked) > _LONGEST_FIELDS:
        message = "Too many fields requested."
        raise invalid(message)
    if strange := [name for name in names if name not in known]:
        message = f"Invalid fields: {', '.join(strange)}."
        raise invalid(message)
    if "allFields" in names:
        names = [*_SHOWN, *_ON_REQUEST, *account.fields]
    elif "allCustom" in names:
        names = [*(name for name in names if name != "allCustom"), *account.fields]
    wanted = ["id", *names] if names else _SHOWN
    # A custom field without a value is left out.
    return {name: person[name] for name in wanted if name in person}


def match(account: Account, given: Mapping[str, Any]) -> Person | None:
    """
    Return the person who has the same address, number or, without these, name.
    """
    addresses = {_folded(item) for item in given.get("emails", ())}
    numbers = {digits(str(item.get("value"))) for item in given.get("phones", ())}
    for person in account.shelves["people"].values():
        if person["stage"] == TRASH:
            continue
        if addresses & {_folded(item) for item in person["emails"]}:
            return person
        if numbers & {item["normalized"] for item in person["phones"]}:
            return person
    return None


def digits(number: str) -> str:
    """
    Return a phone number as it is compared, without signs and the 1 of North America.
    """
    only = re.sub(r"\D", "", number)
    return only[1:] if len(only) == len("15552869155") and only[0] == "1" else only


def _folded(item: Mapping[str, Any]) -> str:
    return str(item.get("value", "")).strip().lower()


def _set(account: Account, person: Person, given: Mapping[str, Any]) -> None:
    said = dict(given)
    said |= {
        name: _numbered(name, said[name]) for name in ("emails", "phones") & said.keys()
    }
    if "contacted" in said:
        said["contacted"] = int(said["contacted"])
    if said.get("name") and not ({"firstName", "lastName"} & said.keys()):
        first, _, last = said["name"].partition(" ")
        said |= {"firstName": first, "lastName": last or None}
    person.update({name: value for name, value in said.items() if name != "createdAt"})
    for name in [n for n in said if n in account.fields and said[n] is None]:
        del person[name]
    names = (person["firstName"], person["lastName"])
    person["name"] = " ".join(filter(None, names)) or "No name"
    person["stageId"] = _STAGES.get(person["stage"], 1)
    person["updated"] = account.now()


def _numbered(name: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for place, item in enumerate(items):
        value = item.get("value")
        if not text(value) or not value:
            message = f"Invalid value for field {name}."
            raise invalid(message)
        kept = {
            "value": value,
            "type": item.get("type", "home"),
            "status": item.get("status", "Not Validated"),
            "isPrimary": int(place == 0),
        }
        if name == "phones":
            kept |= {"normalized": digits(value), "isLandline": False}
        made.append(kept)
    return made


def _check_of(field: Mapping[str, Any]) -> Check:
    match field["type"]:
        case "number":
            return lambda value: whole(value) or isinstance(value, float)
        case "date":
            return lambda value: day(value) or (text(value) and bool(moment_of(value)))
        case "dropdown":
            return lambda value: value in field["choices"]
    return text
