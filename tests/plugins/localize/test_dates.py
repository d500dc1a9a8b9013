"""
The filters date, time and datetime.
"""

import datetime as dt

import pytest

from crmkit import TemplateError
from crmkit_localize import Settings
from crmkit_localize import _dates as filters

NARROW = "\u202f"
LATE = dt.datetime(2026, 12, 5, 23, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("length", "language", "text"),
    [
        ("short", "en-US", "5/1/26"),
        ("medium", "en-US", "May 1, 2026"),
        ("long", "en-US", "May 1, 2026"),
        ("full", "en-US", "Friday, May 1, 2026"),
        ("long", "en-GB", "1 May 2026"),
        ("long", "es-ES", "1 de mayo de 2026"),
        ("long", "de", "1. Mai 2026"),
        ("long", "ja", "2026年5月1日"),
        ("long", "ar-EG", "١ مايو ٢٠٢٦"),
    ],
)
def test_date(length, language, text):
    """
    A day is written as the locale does, in four lengths.
    """
    assert filters.date(dt.date(2026, 5, 1), length, language=language) == text
    assert filters.date("2026-05-01", length, language=language) == text


def test_medium():
    """
    Without a length a date is medium, a time short, and both together medium.
    """
    assert filters.date("2026-05-01", language="de") == "01.05.2026"
    assert filters.time("14:30", language="de") == "14:30"
    assert filters.datetime(LATE, language="de") == "05.12.2026, 23:30:00"


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        ("Europe/Madrid", "2026-12-06", "00:30"),
        ("America/New_York", "2026-12-05", "18:30"),
        ("Asia/Kathmandu", "2026-12-06", "05:15"),
        (" UTC ", "2026-12-05", "23:30"),
    ],
)
def test_zone(zone, day, clock):
    """
    An instant is shown on the client's calendar and clock.
    """
    for value in (LATE, LATE.isoformat(), "2026-12-05T23:30:00Z", "2026-12-06 01:30+02:00"):
        assert filters.date(value, "short", language="sv", timezone=zone) == day
        assert filters.time(value, language="sv", timezone=zone) == clock
        both = filters.datetime(value, "short", language="sv", timezone=zone)
        assert both == f"{day} {clock}"


def test_summer_time():
    """
    The offset is the one of that day, not of today.
    """
    winter, summer = "2026-01-15T12:00Z", "2026-07-15T12:00Z"

    assert filters.time(winter, language="de", timezone="Europe/Berlin") == "13:00"
    assert filters.time(summer, language="de", timezone="Europe/Berlin") == "14:00"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", None])
def test_day_stays(zone):
    """
    A plain date is the same day everywhere, as a plain time is the same time.
    """
    assert filters.date("2026-05-01", "short", language="sv", timezone=zone) == "2026-05-01"
    assert filters.time("14:30", language="sv", timezone=zone) == "14:30"


@pytest.mark.parametrize(
    "zone", [None, "", "Mars/Olympus", "Europe", "../etc/passwd", "x\0", "/", "CEST!"]
)
def test_unknown_zone(zone):
    """
    Without a zone the setting's is taken; without that an instant is shown as written.
    """
    written, madrid = "2026-12-05T23:30+05:30", Settings(timezone="Europe/Madrid")

    assert filters.time(written, language="sv", timezone=zone) == "23:30"
    shown = filters.time(written, language="sv", timezone=zone, settings=madrid)
    assert shown == "19:00"


def test_whose_zone():
    """
    The client's zone goes before the setting's.
    """
    madrid = Settings(timezone="Europe/Madrid")
    shown = filters.time(LATE, language="sv", timezone="Asia/Tokyo", settings=madrid)

    assert shown == "08:30"


def test_names_zone():
    """
    The longer lengths name the zone.
    """
    shown = filters.datetime(LATE, "long", language="en-US", timezone="America/New_York")

    assert shown == f"December 5, 2026, 6:30:00{NARROW}PM EST"


@pytest.mark.parametrize(
    "value",
    [
        *("2026-05-01T14:30", "2026-05-01 14:30:00", dt.datetime(2026, 5, 1, 14, 30)),  # noqa: DTZ001 - without an offset, which is the point
        *("05/01/2026", "1.5.2026", "20260501", "2026-W18-5", "2026-5-1", "2026-13-01"),
        *("tomorrow", "", "2026", "2026-05-01T", "2026-05-01Tx", "٢٠٢٦-٠٥-٠١", "14.30"),
        *(1777593600, 1777593600000, 1.5, True, None, [], "2026-05-01T25:00Z"),
        dt.time(14, 30, tzinfo=dt.UTC),
    ],
)
@pytest.mark.parametrize("show", [filters.date, filters.time, filters.datetime])
def test_refused(show, value):
    """
    What is no ISO date, or has no offset, is refused.
    """
    with pytest.raises(TemplateError, match=r"^the value (is|has) "):
        show(value, language="en", timezone="Europe/Madrid")


def test_has_no_such_part():
    """
    A day has no time, a time no date, and neither is an instant.
    """
    with pytest.raises(TemplateError, match="has no time of day"):
        filters.time("2026-05-01", language="en")
    with pytest.raises(TemplateError, match="has no date"):
        filters.date("14:30", language="en")
    for value in ("2026-05-01", "14:30"):
        with pytest.raises(TemplateError, match="no instant"):
            filters.datetime(value, language="en")


@pytest.mark.parametrize("length", ["long", "full"])
def test_time_without_zone(length):
    """
    A plain time is not given a zone to name.
    """
    with pytest.raises(TemplateError, match="whose zone"):
        filters.time("14:30", length, language="en")


def test_wrong_length():
    """
    A length that is none is refused with those that there are.
    """
    with pytest.raises(TemplateError, match="short, medium, long, full"):
        filters.date("2026-05-01", "MMMM", language="en")


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("0001-01-01T00:00Z", "America/New_York"),
        ("9999-12-31T23:59Z", "Pacific/Kiritimati"),
    ],
)
def test_end_of_calendar(value, zone):
    """
    An instant that has no day in the client's zone is refused.
    """
    with pytest.raises(TemplateError, match="end of the calendar"):
        filters.date(value, language="en", timezone=zone)
