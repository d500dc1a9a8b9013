"""
The fields of persons: those that every company has, and custom ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CUSTOM_TYPES = (
    *("varchar", "varchar_auto", "text", "double", "phone", "date", "daterange", "time"),
    *("timerange", "set", "enum", "address", "monetary", "org", "people", "user"),
)
CHOICES = ("enum", "set")
SEARCHABLE = ("address", "varchar", "text", "varchar_auto", "double", "monetary", "phone")
VISIBILITY = {
    1: "Item owner",
    3: "Owner's group",
    5: "Group and sub-groups",
    7: "All users",
}
MARKETING = {
    "no_consent": "No consent",
    "unsubscribed": "Unsubscribed",
    "subscribed": "Subscribed",
    "archived": "Archived",
}
SYNCED = ("postal_address", "notes", "im", "birthday", "job_title")
OPTIONAL = (
    *("next_activity_id", "last_activity_id", "open_deals_count"),
    *("related_open_deals_count", "closed_deals_count", "related_closed_deals_count"),
    *("participant_open_deals_count", "participant_closed_deals_count"),
    *("email_messages_count", "activities_count", "done_activities_count"),
    *("undone_activities_count", "files_count", "notes_count", "followers_count"),
    *("won_deals_count", "related_won_deals_count", "lost_deals_count"),
    *("related_lost_deals_count", "last_incoming_mail_time", "last_outgoing_mail_time"),
)
CAMPAIGNS = ("marketing_status", "doi_status")
_LABELS = ("Customer", "Hot lead", "Warm lead", "Cold lead")
_SUBFIELDS = {
    "monetary": (("currency", "Currency", "varchar"),),
    "daterange": (("until", "End", "date"),),
    "timerange": (("until", "End", "time"), ("timezone_id", "Time zone", "int")),
    "time": (("timezone_id", "Time zone", "int"),),
}
_BUILT_IN = (
    ("id", "ID", "int"),
    ("name", "Name", "varchar"),
    ("first_name", "First name", "varchar"),
    ("last_name", "Last name", "varchar"),
    ("phone", "Phone", "phone"),
    ("email", "Email", "varchar"),
    ("add_time", "Person created", "date"),
    ("update_time", "Update time", "date"),
    ("org_id", "Organization", "org"),
    ("owner_id", "Owner", "user"),
    ("picture_id", "Profile picture", "picture"),
)
_SYNCED = (
    ("postal_address", "Postal address", "address"),
    ("notes", "Notes", "text"),
    ("im", "Instant messenger", "varchar"),
    ("birthday", "Birthday", "date"),
    ("job_title", "Job title", "varchar"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """
    A field; *options* are the choices of one that has them, by id.
    """

    number: int
    code: str
    name: str
    type: str
    options: Mapping[int | str, str] | None = None
    custom: bool = False
    optional: bool = False

    @property
    def subfields(self) -> list[dict[str, str]] | None:
        """
        What a value of the field has beside itself.
        """
        found = _SUBFIELDS.get(self.type, ())
        keys = ("field_code", "field_name", "field_type")
        return [dict(zip(keys, one, strict=True)) for one in found] or None


def schema(
    fields: Iterable[Mapping[str, Any]],
    labels: Iterable[str] | None,
    *,
    contact_sync: bool,
    campaigns: bool,
) -> dict[str, Field]:
    """
    Return the fields of a company by code; raises ValueError, KeyError.

    *fields* are custom ones, as version 2 describes them: ``field_name``, ``field_type``,
    ``options``, and ``field_code`` (one is made without).
    """
    names = _LABELS if labels is None else tuple(labels)
    choices: dict[str, Mapping[Any, str]] = {
        "label_ids": dict(enumerate(names, start=14)),
        "visible_to": VISIBILITY,
        "marketing_status": MARKETING,
    }
    rows = [*_BUILT_IN, *(_SYNCED if contact_sync else ())]
    rows += [("label_ids", "Labels", "set"), ("visible_to", "Visible to", "visible_to")]
    if campaigns:
        rows.append(("marketing_status", "Marketing status", "enum"))
    made = [
        Field(number, code, name, type_, choices.get(code))
        for number, (code, name, type_) in enumerate(rows, start=1)
    ]
    made += [
        Field(len(made) + 1, "activities_count", "Total activities", "int", optional=True)
    ]
    first = 100
    for definition in fields:
        field = _custom(len(made) + 1, definition, first)
        first += len(field.options or ())
        made.append(field)
    return {field.code: field for field in made}


def _custom(number: int, definition: Mapping[str, Any], first: int) -> Field:
    name, type_ = definition["field_name"], definition["field_type"]
    if type_ not in CUSTOM_TYPES:
        msg = f"a custom field's type is one of {', '.join(CUSTOM_TYPES)}, not {type_!r}"
        raise ValueError(msg)
    code = definition.get("field_code") or code_of(name)
    options = None
    if type_ in CHOICES:
        listed = definition.get("options") or ()
        options = {
            one.get("id", place): one["label"] for place, one in enumerate(listed, first)
        }
        if not options:
            msg = f"the {type_} field {name!r} needs options"
            raise ValueError(msg)
    return Field(number, code, name, type_, options, custom=True)


def code_of(name: str) -> str:
    """
    Return the code that a custom field of this name gets here: 40 hexadecimal digits.
    """
    return sha1(name.encode(), usedforsecurity=False).hexdigest()
