"""
Numerals: Babel writes 0 to 9 between the separators of any numbering system.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmkit_localize._settings import LATIN

if TYPE_CHECKING:
    from babel import Locale

    from crmkit_localize._settings import Settings

# The zero of each numbering system that is the default of some locale.
_ZEROS = {
    "adlm": "\U0001e950",
    "arab": "\u0660",
    "arabext": "\u06f0",
    "beng": "\u09e6",
    "cakm": "\U00011136",
    "deva": "\u0966",
    "hmnp": "\U0001e140",
    "latn": "0",
    "mtei": "\uabf0",
    "mymr": "\u1040",
    "nkoo": "\u07c0",
    "olck": "\u1c50",
    "tibt": "\u0f20",
}


def system_of(locale: Locale, settings: Settings) -> str:
    """
    Return the numbering system in which numbers are shown.
    """
    return "latn" if settings.digits == LATIN else locale.default_numbering_system


def in_digits(text: str, system: str) -> str:
    """
    Return a text with its digits in those of a numbering system.
    """
    return text.translate(_table(system))


@cache
def _table(system: str) -> dict[int, str]:
    zero = ord(_ZEROS.get(system, "0"))
    return {ord("0") + digit: chr(zero + digit) for digit in range(10)}
