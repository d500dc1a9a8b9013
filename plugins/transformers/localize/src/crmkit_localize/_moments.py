"""
Values of a CRM as days, times of day and instants; what has no offset gets none.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from crmkit import TemplateError
from crmkit_localize._zones import zone_of

if TYPE_CHECKING:
    from crmkit_localize._settings import Settings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?", re.ASCII)
_INSTANT = re.compile(rf"{_DAY.pattern}[T ].+", re.ASCII)


def moment(
    value: object, timezone: str | None, settings: Settings
) -> dt.date | dt.time | dt.datetime:
    """
    Return what a value says, an instant as the client's clock shows it.

    A day is never moved, and what has no offset is never given one.
    """
    found = _parsed(value.strip()) if isinstance(value, str) else value
    if isinstance(found, dt.datetime):
        return _moved(found, timezone, settings)
    if isinstance(found, dt.date) or (isinstance(found, dt.time) and found.tzinfo is None):
        return found
    msg = (
        "the value is no date or time of ISO 8601, such as 2026-05-01 or"
        " 2026-05-01T14:30+02:00"
    )
    raise TemplateError(msg)


def _parsed(text: str) -> dt.date | dt.time | None:
    kinds: dict[re.Pattern[str], type[dt.date | dt.time]]
    kinds = {_DAY: dt.date, _CLOCK: dt.time, _INSTANT: dt.datetime}
    for pattern, kind in kinds.items():
        if pattern.fullmatch(text):
            try:
                return kind.fromisoformat(text)
            except ValueError:
                return None
    return None


def _moved(instant: dt.datetime, timezone: str | None, settings: Settings) -> dt.datetime:
    """
    Return an instant in the client's zone, else the setting's, else as it was written.
    """
    if instant.utcoffset() is None:
        msg = (
            "the value has a date and a time but no offset, so nobody knows when it is;"
            " write it as 2026-05-01T14:30+02:00"
        )
        raise TemplateError(msg)
    zones = (zone_of(name) for name in (timezone, settings.timezone) if name)
    try:
        return next((instant.astimezone(zone) for zone in zones if zone), instant)
    except OverflowError:
        msg = "the value lies at the end of the calendar"
        raise TemplateError(msg) from None
