"""
What a user says of languages, money, places and numerals.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit_localize._currencies import code_of
from crmkit_localize._locales import known_locale
from crmkit_localize._tags import tag_of
from crmkit_localize._zones import zone_of

if TYPE_CHECKING:
    from attrs import Attribute

ENGLISH, NATIVE, LATIN = "en", "native", "latin"


def _check_folder(_settings: object, _of: Attribute[str | None], name: str | None) -> None:
    if name is not None and not Path(name).is_dir():
        _refuse(f"catalogs: there is no folder {name}; crmkit localize extract is a start")


def _check_source(_settings: object, _of: Attribute[str], source: str) -> None:
    if source != ENGLISH and tag_of(source) is None:
        _refuse(f"source: {source!r} is no language; write a tag, such as en")


def _check_locale(_settings: object, _of: Attribute[str], locale: str) -> None:
    if locale != ENGLISH and known_locale(locale) is None:
        _refuse(f"locale: nothing is known of {locale!r}; write a tag, such as en-GB")


def _check_currency(
    _settings: object, _of: Attribute[str | None], code: str | None
) -> None:
    if code is not None and code_of(code) is None:
        _refuse(f"currency: {code!r} is none; write a code of ISO 4217, such as EUR")


def _check_zone(_settings: object, _of: Attribute[str | None], zone: str | None) -> None:
    if zone is not None and zone_of(zone) is None:
        _refuse(f"timezone: there is no {zone!r}; write a name such as Europe/Madrid")


def _check_digits(_settings: object, _of: Attribute[str], digits: str) -> None:
    if digits not in {NATIVE, LATIN}:
        _refuse(f"digits: it is {NATIVE!r} or {LATIN!r}, not {digits!r}")


def _refuse(problem: str) -> None:
    msg = f"localize: {problem}"
    raise ConfigurationError(msg)


@frozen(kw_only=True, eq=False)
class Settings:
    """
    The settings; what a client's own data does not say is taken from here.

    *catalogs* is a folder of gettext catalogues of templates in the language *source*.
    *locale* formats for clients of no or an unknown language, *timezone* shows instants to
    those of no known zone, *currency* is that of amounts for which nobody says one.
    *digits* are those that a locale writes by default (native) or 0 to 9 (latin).

    Raises ConfigurationError for a value that is none, naming it and the remedy.
    """

    catalogs: str | None = field(default=None, validator=_check_folder)
    source: str = field(default=ENGLISH, validator=_check_source)
    locale: str = field(default=ENGLISH, validator=_check_locale)
    currency: str | None = field(default=None, validator=_check_currency)
    timezone: str | None = field(default=None, validator=_check_zone)
    digits: str = field(default=NATIVE, validator=_check_digits)
