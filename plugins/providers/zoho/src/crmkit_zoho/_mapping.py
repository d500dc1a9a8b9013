"""
A record of Zoho's to a client: flat fields, of which most are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ClientData, Consent
from crmkit.reading import dicts, field_value, instant
from crmkit_zoho._fields import EMAILS, OWNER, PHONES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit import CustomField


def to_client(
    record: Mapping[str, Any],
    fields: Mapping[str, CustomField],
    values: frozenset[str] = frozenset(),
    opted_out_tags: Mapping[str, Sequence[str]] | None = None,
) -> ClientData:
    """
    Return the client that a record describes; *fields* are the custom ones, by API name.

    A choice is its label, unless it is in *values*; another record is its name. Null,
    missing and what is not of its type never raise: it is None, or stays as it is.
    """
    owner = record.get("Owner")
    owner = owner if isinstance(owner, dict) else {}
    tags = _names(record.get("Tag"))
    return ClientData(
        id=record["id"],
        name=_text(record.get("Full_Name")),
        first_name=_text(record.get("First_Name")),
        last_name=_text(record.get("Last_Name")),
        email=_first(record, EMAILS),
        phone=_first(record, PHONES),
        tags=tags,
        custom_fields={
            **{
                name: _value(record[name], field, labelled=name not in values)
                for name, field in fields.items()
                if name in record
            },
            **{name: _text(owner.get(key)) for name, key in OWNER.items()},
        },
        consent=tuple(_consents(record, tags, opted_out_tags or {})),
        updated_at=instant(record.get("Modified_Time")),
        raw=record,
    )


def _consents(
    record: Mapping[str, Any], tags: Sequence[str], closing: Mapping[str, Sequence[str]]
) -> Iterator[Consent]:
    if str(record.get("Email_Opt_Out")).lower() == "true":
        yield Consent(
            channel="email",
            status="opted_out",
            source="Email_Opt_Out",
            as_of=instant(record.get("Unsubscribed_Time")),
        )
    for channel, named in closing.items():
        if set(named).intersection(tags):
            status = "do_not_contact" if channel == "*" else "opted_out"
            yield Consent(channel=channel, status=status, source="Tag")


def _value(value: Any, field: CustomField, *, labelled: bool) -> Any:
    if isinstance(value, dict):
        return _text(value.get("name"))
    if isinstance(value, list) and dicts(value):
        return _names(value)
    return field_value(value, field, labelled=labelled)


def _names(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    named = (_text(one.get("name") if isinstance(one, dict) else one) for one in items)
    return tuple(name for name in named if name)


def _first(record: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next(filter(None, (_text(record.get(name)) for name in names)), None)


def _text(value: object) -> str | None:
    return (str(value) or None) if isinstance(value, str | int | float) else None
