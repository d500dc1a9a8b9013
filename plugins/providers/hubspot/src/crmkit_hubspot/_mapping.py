"""
A contact's record to a client: every value of HubSpot's is a text or null.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from crmkit import ClientData, Consent
from crmkit_hubspot._fields import BOUNCED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit import CustomField

_OPTED_OUT = (Consent(channel="email", status="opted_out", source="hs_email_optout"),)
_REGION, _SCRIPT = 2, 4
_LARGEST = 20  # digits; an exponent must not make millions of them
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
        language=_language(get("hs_language")),
        timezone=_timezone(get("hs_timezone") or ""),
        custom_fields={
            **{
                name: value_of(said[name], field, labelled=name in labels)
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


def value_of(text: str | None, field: CustomField, *, labelled: bool = False) -> Any:
    """
    Return a property's value by its type, as text if it is not of that type.

    A number is an int if it is whole, else a float if that says the same. A choice is its
    value, or its label; several are a tuple.
    """
    if text is None or text == "":
        return None
    convert = _BY_TYPE.get(field.type)
    if convert is not None:
        return convert(text)
    if field.type != "choice":
        return text
    names = field.options if labelled else {}
    if ";" in text and text not in field.options:
        return tuple(names.get(part, part) for part in text.split(";") if part)
    return names.get(text, text)


def instant(text: object) -> datetime | None:
    """
    Return the instant that ISO 8601 text or milliseconds tell, None for anything else.
    """
    try:
        if isinstance(text, str) and not text.lstrip("-").isdecimal():
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.fromtimestamp(int(str(text)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: str) -> int | float | str:
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number.adjusted()) > _LARGEST:
            return text
        if number == number.to_integral_value():
            return int(number)
    except InvalidOperation:
        return text
    return float(text) if Decimal(repr(float(text))) == number else text


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


def _date(text: str) -> date | str:
    moment = instant(text)
    return text if moment is None else moment.date()


def _datetime(text: str) -> datetime | str:
    return instant(text) or text


_BY_TYPE: dict[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "number": _number,
}


def _bounced(said: Mapping[str, Any]) -> bool:
    times = said.get("hs_email_bounce") or "0"
    return bool(said.get("hs_email_hard_bounce_reason_enum")) or times not in {"0", "0.0"}


def _language(value: str | None) -> str | None:
    first, *rest = (value or "").replace("_", "-").split("-")
    if not first:
        return None
    return "-".join([first.lower(), *(_subtag(part.lower()) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == _REGION:
        return part.upper()
    return part.title() if len(part) == _SCRIPT and part.isalpha() else part


@lru_cache
def _timezone(value: str) -> str | None:
    """
    Return the IANA name of a zone in HubSpot's spelling, such as us_slash_eastern.
    """
    for word, sign in _WORDS.items():
        value = value.replace(word, sign)
    likely = "/".join(
        "_".join(word.capitalize() for word in part.split("_")) for part in value.split("/")
    )
    try:
        return ZoneInfo(likely).key  # a look at one file; all their names take 0.1 s
    except (KeyError, ValueError, OSError):
        return next((z for z in available_timezones() if z.lower() == value.lower()), None)
