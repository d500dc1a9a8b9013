"""
Which fields of a person are custom fields, and what each of them is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import CustomField
from crmkit.settings import check_known
from crmkit_followupboss._pages import listed
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

OWN = (  # what ClientData has a place for, or a custom field is made of
    *("id", "name", "firstName", "lastName", "emails", "phones", "tags", "updated"),
    *("created", "addresses", "assignedUserId", "assignedTo"),
)
STANDARD = {  # what templates ask for, by its key
    **dict.fromkeys(("stage", "type", "source", "background", "timeframeStatus"), "text"),
    **dict.fromkeys(("price", "websiteVisits"), "number"),
    **dict.fromkeys(("created", "lastActivity"), "datetime"),
    "contacted": "boolean",
}
PLACE = ("street", "city", "state", "code", "country")
_DERIVED = {
    **dict.fromkeys((*PLACE, "email_status", "phone_status", "owner_name"), "text"),
    "owner_id": "number",
}
_TYPES = {"date": "date", "number": "number", "dropdown": "choice"}


def fields(session: Session) -> Iterator[CustomField]:
    """
    Yield the standard fields, then the account's own; their names are the labels.

    Raises ConfigurationError for one that the settings name and the account does not have.
    """
    named, known = session.settings.fields, set()
    taken = {*STANDARD, *_DERIVED}
    for name, kind in {**STANDARD, **_DERIVED}.items():
        yield CustomField(key=name, name=name, type=kind)
    for described in listed(session, "customFields"):
        key = described.get("name")
        known.add(str(key))
        if isinstance(key, str) and key and (not named or key in named):
            label = str(described.get("label") or key)
            name = key if label in taken else label
            taken.add(name)
            choices = described.get("choices")
            words = map(str, choices) if isinstance(choices, list) else ()
            yield CustomField(
                key=key,
                name=name,
                type=_TYPES.get(str(described.get("type")), "text"),
                options={word: word for word in words},
            )
    check_known("fields", named, known, LABEL, "which the account's people do not have")


def asked(session: Session) -> str:
    """
    Return the parameter ``fields``: without it no custom field is told.
    """
    named = session.settings.fields
    if not named:
        return "allFields"
    session.fields()  # a name that the account lacks is told there, and here only refused
    return ",".join(dict.fromkeys((*OWN, *STANDARD, *named)))
