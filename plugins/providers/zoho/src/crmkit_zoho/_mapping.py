"""
A record of Zoho's to a client: flat fields, of which most are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ClientData, Consent
from crmkit.reading import dicts, field_value, instant, opted_out
from crmkit_zoho._fields import EMAILS, OWNER, PHONES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit import CustomField


_NO = {"false", "no", "0", ""}


def to_client(
    record: Mapping[str, Any],
    fields: Mapping[str, CustomField],
    opted_out_tags: Mapping[str, Sequence[str]],
) -> ClientData:
    """
    Return the client that a record describes; *fields* are the custom ones, by API name.

    A choice is its label, another record is its name. Null, missing and what is not of its
    type never raise: it is None, or stays as it is.
    """
    owner, tags = record.get("Owner"), _names(record.get("Tag"))
    custom = {name: _value(record[name], fields[name]) for name in fields if name in record}
    for name, key in OWNER.items():
        custom[name] = _text(owner.get(key)) if isinstance(owner, dict) else None
    return ClientData(
        id=record["id"],
        name=_text(record.get("Full_Name")),
        first_name=_text(record.get("First_Name")),
        last_name=_text(record.get("Last_Name")),
        email=_first(record, EMAILS),
        phone=_first(record, PHONES),
        tags=tags,
        custom_fields=custom,
        consent=[*_flag(record), *opted_out(tags, opted_out_tags, "Tag")],
        updated_at=instant(record.get("Modified_Time")),
        raw=record,
    )


def _flag(record: Mapping[str, Any]) -> Iterator[Consent]:
    # Anything but a no keeps from writing.
    if str(record.get("Email_Opt_Out") or "false").strip().lower() not in _NO:
        since = instant(record.get("Unsubscribed_Time"))
        source = "Email_Opt_Out"
        yield Consent(channel="email", status="opted_out", source=source, as_of=since)


def _value(value: Any, field: CustomField) -> Any:
    if isinstance(value, dict):
        return _text(value.get("name"))
    if dicts(value):
        return _names(value)
    return field_value(value, field, labelled=True)


def _names(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    named = (_text(one.get("name") if isinstance(one, dict) else one) for one in items)
    return tuple(filter(None, named))


def _first(record: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next(filter(None, (_text(record.get(name)) for name in names)), None)


def _text(value: object) -> str | None:
    known = isinstance(value, str | int | float) and not isinstance(value, bool)
    return (str(value) or None) if known else None
