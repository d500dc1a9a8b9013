"""
Laws of the filters: P32, P33, and what holds whatever a CRM may hold.

All of CLDR's locales are tried in the nightly profile, a few dozen otherwise.
"""

import datetime as dt
import inspect
from contextlib import suppress
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import get_currency_precision, parse_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

import crmkit_localize
from crmkit import TemplateError
from crmkit.testing.strategies import AWKWARD, moments, texts
from crmkit_localize import Settings
from crmkit_localize import _dates as dates
from crmkit_localize._numbers import currency, number, percent

FILTERS = crmkit_localize.crmkit_transformer().filters
ARGUMENTS = {"plural": ("one", "# others"), "truncate": ("5",)}
NIGHTLY = settings.default.max_examples >= 1000
NOTABLE = [
    "ar-EG",
    "ar",
    "fa",
    "hi",
    "bn",
    "my",
    "dz",
    "ff-Adlm",
    "ccp",
    "mni",
    "nqo",
    "sat",
]
NOTABLE += [
    "de-CH",
    "es-MX",
    "fr",
    "he",
    "pt-PT",
    "sr-Latn",
    "ur-IN",
    "vi",
    "zh-Hant",
    "nl",
]
EVERY = sorted(name.replace("_", "-") for name in locale_identifiers())
LOCALES = EVERY if NIGHTLY else NOTABLE

languages = st.sampled_from(LOCALES)
zones = st.sampled_from(sorted(available_timezones()))
odd = (
    st.none()
    | st.sampled_from(["", "Spanish", "x-klingon", "tlh", "Mars/Olympus"])
    | texts()
)
amounts = st.decimals(-(10**12), 10**12, places=4) | st.integers(-(10**15), 10**15)
decimals = amounts.map(Decimal)
LATIN = Settings(digits="latin")


def shown(name, value, language, timezone=None, settings=None):
    """
    Return what a filter makes of a value, in euros where it needs a currency.
    """
    known = {"language": language, "timezone": timezone, "currency": "EUR"}
    known["settings"] = settings
    taken = inspect.signature(FILTERS[name]).parameters.keys() & known.keys()
    keywords = {key: known[key] for key in taken}
    return FILTERS[name](value, *ARGUMENTS.get(name, ()), **keywords)


@pytest.mark.parametrize("language", LOCALES)
def test_every_locale(language):
    """
    Each filter renders in each locale, and says the number or the day.
    """
    instant = dt.datetime(2026, 12, 5, 23, 30, tzinfo=dt.UTC)
    for name in ("number", "percent", "currency", "plural"):
        for value in (0, 1, 2, 5, -12, Decimal("1250.5"), 500000):
            made = shown(name, value, language, settings=LATIN)
            assert str(abs(value))[0] in made or made == "one"
    for name in ("date", "time", "datetime"):
        for length in ("short", "medium", "long", "full"):
            made = FILTERS[name](instant, length, language=language, timezone="Asia/Tokyo")
            assert any(sign.isdigit() for sign in made)


@given(odd | languages, odd | zones, amounts, moments())
def test_p32_every_client(language, zone, amount, moment):
    """
    P32: whatever a client's language and zone are, each filter renders a value that is one.
    """
    values = dict.fromkeys(FILTERS, amount) | {"truncate": "Ana María López"}
    values |= dict.fromkeys(("date", "time", "datetime"), moment)
    if (
        not dt.datetime(2, 1, 1, tzinfo=dt.UTC)
        < moment
        < dt.datetime(9998, 1, 1, tzinfo=dt.UTC)
    ):
        return
    for name, value in values.items():
        assert shown(name, value, language, zone)


anything = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.binary()),
    *(st.text(), st.sampled_from(AWKWARD), st.dates(), st.times(), st.datetimes()),
    *(st.fractions(), st.complex_numbers(), st.lists(st.text()), st.timedeltas()),
    *(moments(), moments().map(dt.datetime.isoformat), st.decimals().map(str)),
    st.from_regex(r"[+-]?\d{1,4}[.,' ]?\d{0,4}[.,]?\d{0,4}"),
)


@given(st.sampled_from(sorted(FILTERS)), anything, odd | languages, odd | zones)
def test_hostile_values(name, value, language, zone):
    """
    A filter makes a text of a value, or refuses it with a TemplateError: nothing else.
    """
    with suppress(TemplateError):
        assert isinstance(shown(name, value, language, zone), str)


@given(st.sampled_from(sorted(FILTERS)), st.text(), st.text())
def test_message_without_value(name, value, other):
    """
    What a refusal says does not depend on the text that is refused.
    """

    def said(value):
        try:
            return shown(name, f"¿{value}", "en", "UTC")
        except TemplateError as error:
            return str(error)

    if name != "truncate":
        assert said(value) == said(other)
        assert "¿" not in said(value)


@given(decimals, languages, st.sampled_from(["native", "latin"]))
def test_p33_number(value, language, digits):
    """
    P33: a number that is read back is the same, in the locale's digits and in ours.
    """
    written = number(value, language=language, settings=Settings(digits=digits))
    system = "latn" if digits == "latin" else "default"

    locale = Locale.parse(language, sep="-")

    assert parse_decimal(written, locale, numbering_system=system) == value


@given(decimals, languages)
def test_p33_percent(value, language):
    """
    P33: so is a share, a hundred times what it was.
    """
    written = digits_of(percent(value, language=language, settings=LATIN))

    assert written.lstrip("0") == digits_of(f"{(abs(value) * 100).normalize():f}").lstrip(
        "0"
    )


@given(decimals, languages, st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF", "INR"]))
def test_p33_currency(value, language, code):
    """
    P33: a whole amount keeps its digits, another to the currency's smallest unit.
    """
    places = 0 if value == int(value) else get_currency_precision(code)
    expected = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)

    for settings_ in (None, LATIN):
        written = currency(value, code, language=language, settings=settings_)
        assert digits_of(written) == digits_of(f"{expected:f}")


def digits_of(text):
    """
    Return the digits of a text, in any script, as 0 to 9.
    """
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 1, 1)), zones)  # noqa: DTZ001 - given its zone below
def test_p33_instant(moment, zone):
    """
    P33: an instant that is read back is the same day and minute on the client's clock.
    """
    instant = moment.replace(tzinfo=dt.UTC)
    there = instant.astimezone(ZoneInfo(zone))
    for value in (instant, instant.isoformat()):
        day = dates.date(value, "short", language="sv", timezone=zone)
        both = dates.datetime(value, "short", language="sv", timezone=zone)

        assert dt.date.fromisoformat(day) == there.date()
        assert both == f"{there:%Y-%m-%d %H:%M}"


@given(st.dates(dt.date(1000, 1, 1)), zones, languages)
def test_p33_day(day, zone, language):
    """
    P33: a day is the same day for everyone, whether the CRM has a date or a text.
    """
    assert dates.date(day, "short", language="sv", timezone=zone) == day.isoformat()
    for value in (day, day.isoformat()):
        written = dates.date(value, "long", language=language, timezone=zone)
        assert digits_of(written).count(str(day.day))
