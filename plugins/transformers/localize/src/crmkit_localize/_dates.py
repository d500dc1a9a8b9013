"""
The filters date, time and datetime.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from crmkit import TemplateError
from crmkit_localize._digits import in_digits, system_of
from crmkit_localize._locales import locale_for
from crmkit_localize._moments import moment
from crmkit_localize._settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFAULTS = Settings()
_WITH_ZONE = ("long", "full")
_LENGTHS = ("short", "medium", *_WITH_ZONE)


def date(
    value: object,
    length: str = "medium",
    *,
    language: str | None,
    timezone: str | None = None,
    settings: Settings | None = None,
) -> str:
    """
    Return a day in the client's locale; of an instant the day that it is for the client.
    """
    from babel.dates import format_date

    settings = settings or _DEFAULTS
    found = moment(value, timezone, settings)
    if isinstance(found, dt.time):
        msg = "the value is a time of day, which has no date"
        raise TemplateError(msg)
    return _shown(format_date, found, length, language, settings)


def time(
    value: object,
    length: str = "short",
    *,
    language: str | None,
    timezone: str | None = None,
    settings: Settings | None = None,
) -> str:
    """
    Return a time of day in the client's locale; of an instant that which the client has.
    """
    from babel.dates import format_time

    settings = settings or _DEFAULTS
    found = moment(value, timezone, settings)
    if not isinstance(found, dt.time | dt.datetime):
        msg = "the value is a date, which has no time of day"
        raise TemplateError(msg)
    return _shown(format_time, found, length, language, settings)


def datetime(
    value: object,
    length: str = "medium",
    *,
    language: str | None,
    timezone: str | None = None,
    settings: Settings | None = None,
) -> str:
    """
    Return an instant in the client's locale and time zone.
    """
    from babel.dates import format_datetime

    settings = settings or _DEFAULTS
    found = moment(value, timezone, settings)
    if not isinstance(found, dt.datetime):
        msg = "the value is no instant, which has a date, a time of day and an offset"
        raise TemplateError(msg)
    return _shown(format_datetime, found, length, language, settings)


def _shown(
    show: Callable[..., str],
    value: dt.date | dt.time,
    length: str,
    language: str | None,
    settings: Settings,
) -> str:
    if length not in _LENGTHS:
        msg = f"the length is one of {', '.join(_LENGTHS)}"
        raise TemplateError(msg)
    if isinstance(value, dt.time) and length in _WITH_ZONE:
        msg = f"the value is a time of day alone, whose zone {length} would have to name"
        raise TemplateError(msg)
    locale = locale_for(language, settings.locale)
    return in_digits(show(value, length, locale=locale), system_of(locale, settings))
