"""
A record to a client, as the file has it: nothing but a missing id ever raises.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmkit import ClientData, Consent, CustomField
from crmkit.reading import dicts, field_value, instant, language, opted_out, timezone
from crmkit_rest._expressions import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit_rest._client import Client, Statement
    from crmkit_rest._expressions import Expression
    from crmkit_rest._requests import Schema
    from crmkit_rest._schema import CRM

_APART = re.compile(r"\s*[,;]\s*")
_PLAIN_NAME = re.compile(r"\w+(\.\w+)*")
_EARLIEST = 10**11  # milliseconds, in 1973; as seconds it would be the year 5138


def to_client(
    record: Any, crm: CRM, fields: Mapping[str, CustomField], asked: str | None = None
) -> ClientData:
    """
    Return the client that a record describes; *fields* are the custom ones, by key.

    A record that answers for another id than *asked* was merged, and that id becomes an
    alias. ValueError for what has no id: it can be nobody's record.
    """
    where = crm.client
    client_id = where.id.text_of(record)
    if client_id is None:
        msg = f"a record of {crm.label} has no id at {where.id.text}"
        raise ValueError(msg)
    texts = {
        name: getattr(where, name).text_of(record)
        for name in ("name", "first_name", "last_name", "email", "phone")
    }
    tags = _texts(where.tags, record)
    former = dict.fromkeys((*_texts(where.aliases, record), *filter(None, [asked])))
    zone = where.timezone.text_of(record)
    return ClientData(
        id=client_id,
        **texts,
        language=language(where.language.text_of(record)),
        timezone=timezone(zone) if zone else None,
        tags=tags,
        preferences=_said(where.preferences, record),
        custom_fields=_custom_fields(where, record, fields),
        consent=(
            *_statements(where, record),
            *opted_out(tags, where.opted_out_tags, _source(where.tags)),
        ),
        updated_at=moment(where.updated_at.of(record), crm.times),
        aliases=tuple(name for name in former if name != client_id),
        raw=record if isinstance(record, dict) else None,
    )


def moment(value: Any, times: str) -> datetime | None:
    """
    Return the moment that a number, ISO 8601 text, or one of the file's pattern tells.
    """
    text = as_text(value)
    if text is None:
        return None
    if "%" in times and not isinstance(value, int | float):
        try:
            found = datetime.strptime(text, times)  # noqa: DTZ007 - the pattern may have none
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        except ValueError:
            pass
    try:
        number = float(text)
        return instant(str(int(number if abs(number) >= _EARLIEST else number * 1000)))
    except (ValueError, OverflowError):
        return instant(text)


def listed(crm: CRM) -> dict[str, CustomField]:
    """
    Return the custom fields that the file itself lists, by name.
    """
    return {
        name: CustomField(
            key=one.key or name, name=name, type=one.type, options=one.options
        )
        for name, one in crm.client.custom_fields.items()
    }


def to_field(record: Any, schema: Schema) -> CustomField | None:
    """
    Return the custom field that a record of the CRM's schema describes, if it has a key.
    """
    key = schema.key.text_of(record)
    if key is None:
        return None
    options = schema.options.several_of(record)
    told = {schema.value.text_of(one): schema.label.text_of(one) for one in options}
    return CustomField(
        key=key,
        name=schema.name.text_of(record) or key,
        type=schema.types.get(schema.type.text_of(record) or "", "text"),
        options={value: label or value for value, label in told.items() if value},
    )


def _custom_fields(
    where: Client, record: Any, fields: Mapping[str, CustomField]
) -> dict[str, Any]:
    found = {}
    for key, value in _all_of(where, record):
        known = fields.get(key) or CustomField(key=key, name=key)
        found[known.name] = field_value(value, known)
    for name, one in where.custom_fields.items():
        known = CustomField(key=name, name=name, type=one.type, options=one.options)
        found[name] = field_value(one.at.of(record), known, labelled=True)
    return found


def _all_of(where: Client, record: Any) -> Iterator[tuple[str, Any]]:
    if (rest := where.all_custom_fields) is None:
        return
    said = rest.at.of(record)
    if isinstance(said, dict):
        yield from said.items()
    for entry in dicts(said):
        if key := rest.key.text_of(entry):
            yield key, rest.value.of(entry)


def _statements(where: Client, record: Any) -> Iterator[Consent]:
    for channel, said in where.consent.items():
        for status in ("do_not_contact", "opted_out", "opted_in"):
            at: Expression = getattr(said, status)
            # What is no clear yes is none; anything but a no keeps from writing.
            if at.affirms(record) if status == "opted_in" else at.holds(record):
                yield _statement(channel, status, at, said, record)
                break


def _statement(
    channel: str, status: str, at: Expression, said: Statement, record: Any
) -> Consent:
    as_of = moment(said.as_of.of(record), "iso")
    return Consent(channel=channel, status=status, source=_source(at), as_of=as_of)


def _source(at: Expression) -> str | None:
    return at.text if _PLAIN_NAME.fullmatch(at.text) else None


def _said(where: Mapping[str, Expression], record: Any) -> dict[str, Any]:
    found = {name: at.of(record) for name, at in where.items()}
    return {name: value for name, value in found.items() if value is not None}


def _texts(at: Expression, record: Any) -> tuple[str, ...]:
    said = at.of(record)
    several = _APART.split(said) if isinstance(said, str) else at.several_of(record)
    return tuple(text for item in several if (text := as_text(item)))
