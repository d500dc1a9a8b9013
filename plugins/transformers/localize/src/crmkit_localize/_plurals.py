"""
The filter plural.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING

from crmkit import TemplateError
from crmkit_localize._amounts import EXACT, amount
from crmkit_localize._catalogues import choice, texts
from crmkit_localize._locales import locale_for
from crmkit_localize._numbers import number
from crmkit_localize._settings import Settings

if TYPE_CHECKING:
    from gettext import NullTranslations

    from babel import Locale

_DEFAULTS = Settings()
_ORDER = ("zero", "one", "two", "few", "many", "other")


def plural(
    value: object,
    *forms: str,
    language: str | None,
    settings: Settings | None = None,
) -> str:
    """
    Return the form for so many, in which ``#`` is the number.

    Two forms are for one and for others, and may be translated by a catalogue. More must be
    as many as the language has, in the order zero, one, two, few, many, other.
    """
    settings = settings or _DEFAULTS
    count = _as_shown(amount(value))
    form = _of_catalogue(count, forms, language, settings)
    if not form:
        locale = locale_for(language, settings.locale)
        form = _forms(forms, locale).get(locale.plural_form(count), forms[-1])
    return form.replace("#", number(count, language=language, settings=settings))


def _as_shown(value: Decimal) -> Decimal:
    # 1.0 guests is one guest: decimals decide the form, and these are not shown.
    with localcontext(EXACT):
        whole = value.to_integral_value()
        return whole if whole == value else value.normalize()


def _of_catalogue(
    count: Decimal, forms: tuple[str, ...], language: str | None, settings: Settings
) -> str:
    """
    Return the form that a catalogue has for so many, an empty text if there is none.
    """
    if settings.catalogs is None or not language or len(forms) != 2:  # noqa: PLR2004
        return ""
    found = _texts(settings, language)
    if found is None or not found.ngettext(*forms, 1):
        return ""
    if count != int(count):
        msg = "the value is a fraction, for which catalogues have no plural"
        raise TemplateError(msg)
    return found.ngettext(*forms, abs(int(count)))


@lru_cache(maxsize=1024)
def _texts(settings: Settings, language: str) -> NullTranslations | None:
    """
    Return the catalogue for a language, None without one: once for each settings.

    These are made anew for each template, which stays as it was made, too.
    """
    name = choice(settings, language, None)
    if name is None or name == settings.source:
        return None
    try:
        return texts(settings, name)
    except (OSError, ValueError):  # of which the template has a warning
        return None


def _forms(forms: tuple[str, ...], locale: Locale) -> dict[str, str]:
    categories = [name for name in _ORDER if name in {*locale.plural_form.tags, "other"}]
    if len(forms) == len(categories):
        return dict(zip(categories, forms, strict=True))
    if len(forms) == 2:  # noqa: PLR2004 - one, and others
        return {"one": forms[0]}
    msg = (
        f"plural takes two forms (one, other), or as many as {locale} has:"
        f" {', '.join(categories)}"
    )
    raise TemplateError(msg)
