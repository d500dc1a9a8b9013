"""
A person to a client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ClientData, Consent
from crmkit.reading import dicts, field_value, instant, opted_out
from crmkit_followupboss._fields import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit import CustomField
    from crmkit_followupboss._settings import Settings

_REFUSED = {  # the channel that the status of an address, or of a number, refuses
    "emails": {
        **dict.fromkeys(("unsubscribed", "opted out", "do not email", "spam"), "email"),
        "do not contact": "*",
    },
    "phones": {
        **dict.fromkeys(("do not text", "opted out", "unsubscribed"), "sms"),
        **dict.fromkeys(("do not call", "dnc"), "phone"),
        "do not contact": "*",
    },
}


def to_client(
    record: Mapping[str, Any],
    asked: str | None = None,
    *,
    fields: Sequence[CustomField],
    settings: Settings,
) -> ClientData:
    """
    Return the client that a person is; one under another id than *asked* was merged.

    Null, missing and what is not of its type never raise: it is None, or stays as it is.
    """
    get = record.get
    email, phone = primary(get("emails")), primary(get("phones"))
    place = primary(get("addresses"))
    return ClientData(
        id=record["id"],
        name=get("name"),
        first_name=get("firstName"),
        last_name=get("lastName"),
        email=email.get("value"),
        phone=phone.get("value"),
        tags=_tags(record),
        custom_fields={
            **{f.name: _value(get(f.key), f) for f in fields},
            **{name: place.get(name) for name in PLACE},
            "email_status": email.get("status"),
            "phone_status": phone.get("status"),
            "owner_id": get("assignedUserId"),
            "owner_name": get("assignedTo"),
        },
        consent=tuple(dict.fromkeys(_consent(record, settings))),
        updated_at=instant(get("updated")),
        aliases=(asked,) if asked and asked != str(record["id"]) else (),
        raw=record,
    )


def primary(items: object) -> dict[str, Any]:
    """
    Return the first of a person's addresses or numbers that is primary, else the first.
    """
    found = dicts(items)
    chosen = (item for item in found if item.get("isPrimary") in (1, "1", "true"))
    return next(chosen, found[0] if found else {})


def _tags(record: Mapping[str, Any]) -> tuple[str, ...]:
    tags = record.get("tags")
    said = tags if isinstance(tags, list) else [tags]
    return tuple(tag for tag in said if isinstance(tag, str) and tag)


def _value(value: Any, field: CustomField) -> Any:
    # Switches are told as 0 and 1.
    flag = field.type == "boolean" and value in (0, 1)
    return bool(value) if flag else field_value(value, field)


def _consent(record: Mapping[str, Any], settings: Settings) -> Iterator[Consent]:
    yield from opted_out(_tags(record), settings.opted_out_tags, "tags")
    for name, words in _REFUSED.items():
        for item in dicts(record.get(name)):
            said = str(item.get("status")).strip().casefold()
            if said in words:
                yield from opted_out([said], {words[said]: [said]}, f"{name}.status")
