"""
Pipedrive's times: RFC 3339 in version 2, an older form in version 1, both in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_RFC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_OLD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"(\d{2,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_HOURS = 24


def written(moment: datetime) -> str:
    """
    Write a moment as version 2 does.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_old(text: str) -> str:
    """
    Write a moment of version 2 as version 1 does.
    """
    return text.replace("T", " ").removesuffix("Z")


def rfc(text: str) -> str | None:
    """
    Read RFC 3339, and write it in UTC; None if it is none.

    A fraction of a second is refused, as the live server was seen to do.
    """
    if not _RFC.fullmatch(text):
        return None
    try:
        return written(datetime.fromisoformat(text))
    except ValueError:
        return None


def old(text: str) -> str | None:
    """
    Read the form of version 1, and write it as version 2 does; None if it is none.
    """
    return rfc(f"{text.replace(' ', 'T')}Z") if _OLD.fullmatch(text) else None


def is_date(text: str) -> bool:
    """
    Tell whether a text is a day of the calendar.
    """
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def clock(text: str, *, duration: bool = False) -> str | None:
    """
    Read ``15:00`` or ``15:00:00``, and write the longer form; None if it is neither.

    A duration may be longer than a day.
    """
    found = _CLOCK.fullmatch(text)
    if not found or (not duration and int(found[1]) >= _HOURS):
        return None
    return f"{found[1]}:{found[2]}:{found[3] or '00'}"
