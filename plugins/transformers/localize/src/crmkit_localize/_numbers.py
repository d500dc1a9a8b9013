"""
The filters number, percent and currency.
"""

from __future__ import annotations

import re
import unicodedata
from copy import copy
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from crmkit import TemplateError
from crmkit_localize._amounts import EXACT, amount
from crmkit_localize._currencies import code_of
from crmkit_localize._digits import in_digits, system_of
from crmkit_localize._locales import locale_for
from crmkit_localize._settings import Settings

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

_DEFAULTS = Settings()
_DECIMALS = re.compile(r"1?[0-9]|20")


def number(
    value: object,
    decimals: str | None = None,
    *,
    language: str | None,
    settings: Settings | None = None,
) -> str:
    """
    Return a number in the client's locale: all of its decimals, or so many of them.
    """
    settings = settings or _DEFAULTS
    locale = locale_for(language, settings.locale)
    return _written(amount(value), locale.decimal_formats[None], decimals, locale, settings)


def percent(
    value: object,
    decimals: str | None = None,
    *,
    language: str | None,
    settings: Settings | None = None,
) -> str:
    """
    Return a share in percent: 0.25 is 25 %.
    """
    settings = settings or _DEFAULTS
    locale = locale_for(language, settings.locale)
    pattern = locale.percent_formats[None]
    text = _written(amount(value), pattern, decimals, locale, settings)
    symbols = locale.number_symbols.get(system_of(locale, settings), {})
    return text.replace("%", symbols.get("percentSign", "%"))


def currency(
    value: object,
    code: str | None = None,
    *,
    language: str | None,
    currency: str | None = None,
    settings: Settings | None = None,
) -> str:
    """
    Return an amount of money: without decimals if it is whole, else with the currency's.

    The currency is the template's *code*, else the client's *currency*, else the setting.
    """
    settings = settings or _DEFAULTS
    locale = locale_for(language, settings.locale)
    money, exact = _currency(code or currency or settings.currency), amount(value)
    whole = exact == exact.to_integral_value()
    pattern = copy(locale.currency_formats["standard"])
    if whole:
        pattern.frac_prec = (0, 0)
    with localcontext(EXACT):
        text = pattern.apply(
            exact,
            locale,
            currency=money,
            currency_digits=not whole,
            numbering_system=system_of(locale, settings),
        )
    text = in_digits(text, system_of(locale, settings))
    return _spaced(text, locale.currency_symbols.get(money, money))


def _written(
    value: Decimal,
    pattern: NumberPattern,
    decimals: str | None,
    locale: Locale,
    settings: Settings,
) -> str:
    system = system_of(locale, settings)
    if decimals is not None:
        pattern = copy(pattern)
        pattern.frac_prec = (_decimals(decimals), _decimals(decimals))
    with localcontext(EXACT):
        text = pattern.apply(
            value,
            locale,
            decimal_quantization=decimals is not None,
            numbering_system=system,
        )
    return in_digits(text, system)


def _decimals(text: str) -> int:
    if not _DECIMALS.fullmatch(text):
        msg = "the number of decimals is one from 0 to 20"
        raise TemplateError(msg)
    return int(text)


def _currency(given: str | None) -> str:
    if not given or not given.strip():
        msg = (
            "nobody says the currency; give the client a field currency, write"
            ' currency: "EUR", or set transformers.localize.currency'
        )
        raise TemplateError(msg)
    code = code_of(given)
    if code is None:
        msg = "the currency is no code of ISO 4217, such as EUR"
        raise TemplateError(msg)
    return code


def _spaced(text: str, symbol: str) -> str:
    """
    Return an amount with a space between letters of the currency and digits, as CLDR asks.

    USD 450,000 in Mexico, but $450,000 in the United States.
    """
    first, last = (unicodedata.category(sign)[0] for sign in (symbol[0], symbol[-1]))
    name = re.escape(symbol)
    if last not in "SZ":
        text = re.sub(rf"({name})(?=\d)", "\\1\u00a0", text)
    return re.sub(rf"(?<=\d)({name})", "\u00a0\\1", text) if first not in "SZ" else text
