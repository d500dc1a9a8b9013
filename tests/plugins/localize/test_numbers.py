"""
The filters number, percent and currency.
"""

import decimal
from decimal import Decimal

import pytest
from babel import Locale

from crmkit import TemplateError
from crmkit_localize import Settings
from crmkit_localize._numbers import currency, number, percent

NBSP, NARROW = "\u00a0", "\u202f"


def euros(value, *, language):
    """
    Return an amount in euros.
    """
    return currency(value, "EUR", language=language)


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (500000, "en-US", "500,000"),
        (1250000, "de-DE", "1.250.000"),
        (1250000, "de-CH", "1’250’000"),
        (1250000, "fr", f"1{NARROW}250{NARROW}000"),
        (1250000, "hi", "12,50,000"),
        (Decimal("1250.50"), "es-ES", "1.250,5"),
        (0.1, "en", "0.1"),
        (1.0, "en", "1"),
        (0, "en", "0"),
        (-12, "en", "-12"),
        (10**30, "en", "1" + 10 * ",000"),
        (450000, "ar-EG", "٤٥٠٬٠٠٠"),
        (450000, "fa", "۴۵۰٬۰۰۰"),
        (450000, "ar-AE", "450,000"),
    ],
)
def test_number(value, language, text):
    """
    A number has the locale's separators and digits, and all of its decimals.
    """
    assert number(value, language=language) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("450000", "450,000"),
        ("-12", "-12"),
        ("+12", "12"),
        (" 1250.50 ", "1,250.5"),
        ("12.5", "12.5"),
        ("0.125", "0.125"),
        ("1250.125", "1,250.125"),
        ("1.2345", "1.2345"),
        ("007", "7"),
        ("٤٥٠", "450"),
    ],
)
def test_text(written, text):
    """
    A text that can only be one number is that number.
    """
    assert number(written, language="en") == text


@pytest.mark.parametrize(
    "value",
    [
        *("1.250.000", "1.234", "-1.234", "1,5", "1,250", "1 250", "1’250", "€450", "450k"),
        *("1e5", "0x10", ".5", "5.", "--1", "", " ", "NaN", "Infinity", "1_000", "½", "²"),
        *(float("nan"), float("inf"), Decimal("-Infinity"), Decimal("sNaN")),
        *(True, False, None, [1], {"a": 1}, b"1", 1j, 10**40, 5e-324, "9" * 5000),
        Decimal("1e-41"),
    ],
)
@pytest.mark.parametrize("show", [number, percent, euros])
def test_refused(show, value):
    """
    What is no number, or could be two, is refused.
    """
    with pytest.raises(TemplateError, match=r"^the value (is|has) "):
        show(value, language="en")


def test_decimals():
    """
    So many decimals are written as the template asks for, to the nearest, ties to even.
    """
    assert number("1250.5", "2", language="en") == "1,250.50"
    assert number("1250.5", "0", language="en") == "1,250"
    assert number("0.125", "2", language="en") == "0.12"
    assert percent("0.12345", "1", language="en") == "12.3%"


@pytest.mark.parametrize("decimals", ["", "-1", "2.5", "two", "21", "٢", "²"])
def test_decimals_refused(decimals):
    """
    A number of decimals that is none is refused.
    """
    with pytest.raises(TemplateError, match="decimals is one from 0 to 20"):
        number(1, decimals, language="en")


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (0.25, "en", "25%"),
        ("0.0425", "en", "4.25%"),
        (0.25, "de", f"25{NBSP}%"),
        (0.25, "tr", "%25"),
        (1, "en", "100%"),
        (0.25, "fa", "۲۵٪"),
        (-0.07, "en", "-7%"),
    ],
)
def test_percent(value, language, text):
    """
    A share of one is shown in percent, with all of its decimals.
    """
    assert percent(value, language=language) == text


@pytest.mark.parametrize(
    ("value", "code", "language", "text"),
    [
        (450000, "USD", "en-US", "$450,000"),
        (450000, "EUR", "es-ES", f"450.000{NBSP}€"),
        (450000, "CHF", "de-CH", f"CHF{NBSP}450’000"),
        (85000000, "JPY", "ja", "￥85,000,000"),
        (450000, "USD", "es-MX", f"USD{NBSP}450,000"),
        (450000, "MXN", "es-MX", "$450,000"),
        (450000, "KWD", "en-US", f"KWD{NBSP}450,000"),
        (1250.5, "KWD", "en-US", f"KWD{NBSP}1,250.500"),
        (1250.5, "EUR", "en-US", "€1,250.50"),
        (1250.5, "JPY", "en-US", "¥1,250"),
        (Decimal("1250.00"), "USD", "en-US", "$1,250"),
        (450000, "USD", "bn", f"৪,৫০,০০০{NBSP}US$"),
        (-450000, "USD", "en-US", "-$450,000"),
        (0, "EUR", "en-IE", "€0"),
        (450000, "BRL", "pt_br", f"R${NBSP}450.000"),
        (2500000, "SAR", "ar-SA", f"\u200f٢٬٥٠٠٬٠٠٠{NBSP}ر.س.\u200f"),
    ],
)
def test_currency(value, code, language, text):
    """
    Money has the locale's symbol in its place, and decimals only where it is not whole.
    """
    assert currency(value, language=language, currency=code) == text


def test_babel_left_alone():
    """
    What Babel keeps of a locale for all its users is not changed.
    """
    pattern = Locale("en").currency_formats["standard"]
    before = dict(vars(pattern))
    currency(450000, "EUR", language="en")

    assert vars(pattern) == before


def test_whose_currency():
    """
    The template's own currency goes before the client's, and that before the setting.
    """
    settings = Settings(currency="GBP")

    def shown(*arguments, of_client=None):
        return currency(5, *arguments, language="en", currency=of_client, settings=settings)

    assert shown("EUR", of_client="USD") == "€5"
    assert shown(of_client=" usd ") == "$5"
    assert shown() == "£5"


def test_no_currency():
    """
    Without a currency the error says where one could be given.
    """
    with pytest.raises(TemplateError, match=r'currency: "EUR".*transformers.localize'):
        currency(5, language="en")


@pytest.mark.parametrize("code", ["€", "Euro", "XXQ", "E", "<b>"])
def test_wrong_currency(code):
    """
    A currency that is none is refused, not looked for elsewhere, and not said.
    """
    with pytest.raises(TemplateError, match="ISO 4217") as caught:
        currency(5, language="en", currency=code, settings=Settings(currency="GBP"))

    assert str(caught.value) == "the currency is no code of ISO 4217, such as EUR"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (None, "1,234,567"),
        ("", "1,234,567"),
        ("tlh", "1,234,567"),
        ("x-klingon", "1,234,567"),
        ("Klingon!", "1,234,567"),
        ("ja-Latn", "1,234,567"),
        ("Spanish", "1.234.567"),
        ("Deutsch", "1.234.567"),
        ("es-XX", "1.234.567"),
        ("de_DE", "1.234.567"),
        ("de-DE-1996-u-co-phonebk", "1.234.567"),
        ("cmn", "1,234,567"),
        ("sh", "1.234.567"),
        ("de-Cyrl", "1,234,567"),
        ("arb-EG", "١٬٢٣٤٬٥٦٧"),
    ],
)
def test_language(language, text):
    """
    A language may be a sloppy tag or a name; of an unknown one the default is used.
    """
    assert number(1234567, language=language) == text


def test_default_locale():
    """
    The setting stands in for a language of which nothing is known.
    """
    assert number(1234567, language="tlh", settings=Settings(locale="de")) == "1.234.567"


def test_latin_digits():
    """
    With the setting digits = "latin" all locales write 0 to 9, and separators to match.
    """
    assert (
        number("1250.5", language="ar-EG", settings=Settings(digits="latin")) == "1,250.5"
    )


def test_context_of_caller():
    """
    The caller's own decimal context has no influence.
    """
    with decimal.localcontext(prec=3, rounding=decimal.ROUND_UP):
        assert number(123456789, language="en") == "123,456,789"
        assert number("0.125", "2", language="en") == "0.12"
        assert currency(450000, "EUR", language="en") == "€450,000"
