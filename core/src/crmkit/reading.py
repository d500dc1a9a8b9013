"""
What a CRM's answer holds: nothing that is missing, null or odd in a record raises.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from crmkit.codec import from_json
from crmkit.errors import ProtocolError
from crmkit.models import Consent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmkit.http import Response
    from crmkit.models import ClientInteraction, CustomField

_NAME = re.compile(r"[A-Za-z][\w.-]{0,99}")
_A_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_REGION, _SCRIPT = 2, 4
_LARGEST = 20  # digits; more are no number, and an exponent must not make millions


def content(response: Response, label: str) -> dict[str, Any]:
    """
    Return the object that an answer is; ProtocolError, which names the CRM, if it is none.
    """
    found = response.json()
    if not isinstance(found, dict):
        msg = f"{label}'s answer is no object but {type(found).__name__}"
        raise ProtocolError(msg)
    return found


def records(answer: dict[str, Any], key: str, label: str) -> list[dict[str, Any]]:
    """
    Return the objects listed under a key of an answer; ProtocolError if it has no list.
    """
    if not isinstance(answer.get(key), list):
        msg = f"{label}'s answer holds no {key}"
        raise ProtocolError(msg)
    return dicts(answer[key])


def dicts(value: object) -> list[dict[str, Any]]:
    """
    Return the objects of a list, whatever else it holds or is.
    """
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def error_body(response: Response) -> Any:
    """
    Return the JSON values of an error's answer, None if it is something else.
    """
    try:
        return from_json(response.content)
    except ValueError:
        return None


def header_number(response: Response, header: str) -> int | None:
    """
    Return the whole number that a header tells, None without one.
    """
    text = response.headers.get(header, "").strip()
    return int(text) if text.isdecimal() and len(text) <= _LARGEST else None


def safe_name(value: object) -> str | None:
    """
    Return a name that an error tells, such as a code or a field's; None for anything else.

    What is no name may be personal data, which no message of ours repeats.
    """
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def safe_names(values: Iterable[object]) -> list[str]:
    """
    Return those of the values that are names.
    """
    return [found for value in values if (found := safe_name(value))]


def instant(value: object) -> datetime | None:
    """
    Return the instant that ISO 8601 text or milliseconds tell, None for anything else.

    Without an offset it is UTC.
    """
    try:
        if isinstance(value, str) and not value.lstrip("-").isdecimal():
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.fromtimestamp(int(str(value)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def field_value(value: Any, field: CustomField, *, labelled: bool = False) -> Any:
    """
    Return a custom field's value by its type, as it is if it is not of that type.

    A number is an int if it is whole, else a float if that says the same. Several choices
    are a tuple. With *labelled* a choice is its label, not its value.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and (convert := _BY_TYPE.get(field.type)):
        return convert(value)
    if field.type == "number" and isinstance(value, float) and value.is_integer():
        return int(value)  # some CRMs tell every number with a point
    if field.type == "choices":
        several = value.split(";") if isinstance(value, str) else value
        if isinstance(several, list | tuple):
            return tuple(
                _choice(one, field, labelled=labelled) for one in several if one != ""
            )
    if field.type in {"choice", "choices"}:
        return _choice(value, field, labelled=labelled)
    return value


def options(value: object, key: str = "value", label: str = "label") -> dict[str, str]:
    """
    Return what a field's choices are called, by what the wire calls them.
    """
    return {
        str(one[key]): str(one.get(label) or one[key])
        for one in dicts(value)
        if one.get(key) is not None
    }


def language(value: object) -> str | None:
    """
    Return the BCP 47 tag of a language that is written like one: ``de_at`` is de-AT.
    """
    text = value if isinstance(value, str) else ""
    first, *rest = text.strip().replace("_", "-").split("-")
    if not first:
        return None
    return "-".join([first.lower(), *(_subtag(part.lower()) for part in rest)])


def timezone(value: object) -> str | None:
    """
    Return the IANA name of a zone, written in whatever case; None if there is none.
    """
    return _zone(value) if isinstance(value, str) else None


@lru_cache
def _zone(value: str) -> str | None:
    likely = "/".join(
        "_".join(word.capitalize() for word in part.split("_")) for part in value.split("/")
    )
    try:
        return ZoneInfo(likely).key  # a look at one file; all their names take 0.1 s
    except (KeyError, ValueError, OSError):
        return next((z for z in available_timezones() if z.lower() == value.lower()), None)


def opted_out(
    tags: Iterable[str | None], closing: Mapping[str, Iterable[str]], source: str | None
) -> Iterator[Consent]:
    """
    Yield what a client's tags refuse; *closing* maps a channel to the tags that close it.

    The channel ``*`` is all of them: do not contact. *source* names the field of the tags,
    which are the same in any case.
    """
    there = set(map(_folded, tags)) - {""}
    for channel, named in closing.items():
        if not there.isdisjoint(map(_folded, named)):
            status = "do_not_contact" if channel == "*" else "opted_out"
            yield Consent(channel=channel, status=status, source=source)


def newest_first(found: Iterable[ClientInteraction]) -> list[ClientInteraction]:
    """
    Return a history in its order; what has no time is last.
    """
    return sorted(found, key=lambda one: one.timestamp or _NO_TIME, reverse=True)


def numeric_ids(ids: Iterable[str]) -> list[str]:
    """
    Return those of the ids that are numbers, each once: no other is one of such a CRM.
    """
    return [one for one in dict.fromkeys(ids) if _A_NUMBER.fullmatch(one)]


def _folded(tag: str | None) -> str:
    return (tag or "").strip().casefold()


def _choice(value: object, field: CustomField, *, labelled: bool) -> object:
    return field.options.get(str(value), value) if labelled else value


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


def _subtag(part: str) -> str:
    if len(part) == _REGION:
        return part.upper()
    return part.title() if len(part) == _SCRIPT and part.isalpha() else part
