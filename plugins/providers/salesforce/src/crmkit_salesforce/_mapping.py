"""
A record to a client: Salesforce's values are typed, but for dates and choices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ClientData
from crmkit.reading import field_value, instant, language, timezone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit_salesforce._fields import Plan


def to_client(
    plan: Plan, record: Mapping[str, Any], asked: Sequence[str] = ()
) -> ClientData:
    """
    Return the client that a record describes.

    A record that answers for other ids than its own, the ones *asked* for, was merged or
    converted, or has an id of 15 letters: these are aliases. Null, missing and what is not
    of its type never raise.
    """
    get = record.get
    return ClientData(
        id=record["Id"],
        name=get("Name"),
        first_name=get("FirstName"),
        last_name=get("LastName"),
        email=get(plan.email) if plan.email else None,
        phone=next(filter(None, map(get, plan.phones)), None),
        language=language(get("LanguageLocaleKey")),
        timezone=timezone(str(get("TimeZoneSidKey") or "")),
        custom_fields={
            field.name: field_value(record[key], field, labelled=True)
            for key, field in plan.fields.items()
            if key in record
        },
        consent=[one for key, one in plan.consent if _says_so(get(key))],
        updated_at=instant(get("SystemModstamp")),
        aliases=[one for one in asked if one != record["Id"]],
        raw=record,
    )


def _says_so(value: object) -> bool:
    # Anything but a no keeps from writing.
    return str(value or "false").strip().lower() not in {"false", "no", "0", ""}
