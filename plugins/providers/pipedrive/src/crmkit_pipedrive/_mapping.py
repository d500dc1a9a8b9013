"""
A person's record to a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmkit import ClientData, Consent
from crmkit.reading import instant, opted_out
from crmkit_pipedrive._fields import MARKETING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_pipedrive._fields import Plan

_STATUSES = {
    "archived": "unspecified",  # the consent was laid aside to save its cost
    "no_consent": "unspecified",
    "subscribed": "opted_in",
    "unsubscribed": "opted_out",
}


def to_client(
    record: Mapping[str, Any],
    plan: Plan,
    opted_out_tags: Mapping[str, list[str]],
    asked: str | None = None,
) -> ClientData:
    """
    Return the client that a record describes, of v2 or in the flat shape of v1.

    A record that answers for another id than *asked* was merged, and that id becomes an
    alias. Null, missing and what is not of its type never raise: it is None, or as it is.
    """
    custom, ids = record.get("custom_fields"), record.get("label_ids")
    said = {**record, **custom} if isinstance(custom, Mapping) else record
    tags = [plan.labels.get(str(one)) for one in ids] if isinstance(ids, list) else []
    return ClientData(
        id=record["id"],
        name=record.get("name"),
        first_name=record.get("first_name"),
        last_name=record.get("last_name"),
        email=next(iter(values(record, "email")), None),
        phone=next(iter(values(record, "phone")), None),
        tags=tuple(filter(None, tags)),
        custom_fields={
            column.field.name: column.read(said)
            for column in plan.columns
            if column.code in said
        },
        consent=[*_status(record), *opted_out(tags, opted_out_tags, "label_ids")],
        updated_at=instant(record.get("update_time") or record.get("add_time")),
        aliases=(asked,) if asked and asked != str(record["id"]) else (),
        raw=record,
    )


def values(record: Mapping[str, Any], name: str) -> list[str]:
    """
    Return a person's e-mail addresses or phone numbers, the primary first.
    """
    given = record.get(f"{name}s") or record.get(name)
    items = given if isinstance(given, list) else [given]
    rows = [item if isinstance(item, Mapping) else {"value": item} for item in items]
    rows.sort(key=lambda row: not row.get("primary"))
    found = (row.get("value") for row in rows)
    return [str(value) for value in found if isinstance(value, str | int) and value]


def _status(record: Mapping[str, Any]) -> Iterator[Consent]:
    if status := _STATUSES.get(str(record.get(MARKETING))):
        yield Consent(channel="email", status=status, source=MARKETING)
