"""
A contact's record to a client: every value of HubSpot's is a text or null.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmkit import ClientData, Consent
from crmkit.reading import field_value, instant, language, timezone
from crmkit_hubspot._fields import BOUNCED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import CustomField

_OPTED_OUT = (Consent(channel="email", status="opted_out", source="hs_email_optout"),)
_WORDS = {"_slash_": "/", "_hyphen_": "-", "_plus_": "+", "_minus_": "-"}


def to_client(
    record: Mapping[str, Any],
    fields: Mapping[str, CustomField],
    labels: frozenset[str] = frozenset(),
    asked: str | None = None,
) -> ClientData:
    """
    Return the client that a record describes; *fields* are the custom ones, by property.

    Choices in *labels* are given by label. A record that answers for another id than
    *asked* was merged, and that id becomes an alias. Null, missing and what is not of its
    type never raise: it is None, or stays text.
    """
    said: Mapping[str, Any] = record.get("properties") or {}
    get = said.get
    return ClientData(
        id=record["id"],
        first_name=get("firstname"),
        last_name=get("lastname"),
        email=get("email"),
        phone=get("phone") or get("mobilephone"),
        language=language(get("hs_language")),
        timezone=_timezone(get("hs_timezone") or ""),
        custom_fields={
            **{
                name: field_value(said[name], field, labelled=name in labels)
                for name, field in fields.items()
                if name in said
            },
            BOUNCED: _bounced(said),
        },
        consent=_OPTED_OUT if get("hs_email_optout") == "true" else (),
        updated_at=instant(get("lastmodifieddate") or record.get("updatedAt")),
        aliases=(asked,) if asked and asked != str(record["id"]) else (),
        raw=record,
    )


def _bounced(said: Mapping[str, Any]) -> bool:
    times = said.get("hs_email_bounce") or "0"
    return bool(said.get("hs_email_hard_bounce_reason_enum")) or times not in {"0", "0.0"}


@lru_cache
def _timezone(value: str) -> str | None:
    """
    Return the IANA name of a zone in HubSpot's spelling, such as us_slash_eastern.
    """
    for word, sign in _WORDS.items():
        value = value.replace(word, sign)
    return timezone(value)
