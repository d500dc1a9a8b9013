"""
Values of a CRM as exact numbers; what could be read in two ways is refused.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal

from crmkit import TemplateError

# More than any amount has, and what a context of this precision computes exactly.
_MOST_DIGITS = 40
EXACT = Context(prec=2 * _MOST_DIGITS)

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
# 1.234 is 1234 in Madrid and less than 2 in London; 0.125 and 1250.125 are no such case.
_AMBIGUOUS = re.compile(r"[+-]?[^\W0]\d{0,2}\.\d{3}")


def amount(value: object) -> Decimal:
    """
    Return a number, or a text that can only be one, exactly.

    Raises TemplateError, which does not say the value, for anything else: a boolean, a
    text with grouped digits or a decimal comma, what is not finite.
    """
    number = _read(value)
    if not number.is_finite():
        msg = "the value is no number; it is infinite or none at all"
        raise TemplateError(msg)
    digits, exponent = number.as_tuple().digits, int(number.as_tuple().exponent)
    if max(len(digits), len(digits) + exponent, -exponent) > _MOST_DIGITS:
        msg = f"the value has more than {_MOST_DIGITS} digits"
        raise TemplateError(msg)
    return number


def _read(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, str):
        return _from_text(value.strip())
    msg = f"the value is a {type(value).__name__}, not a number"
    raise TemplateError(msg)


def _from_text(text: str) -> Decimal:
    if _NUMBER.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return Decimal(text)
    msg = (
        "the value is a text that is no number, or could be two; write it in the CRM with"
        " digits and at most a decimal point, such as 1250000 or 12.5"
    )
    raise TemplateError(msg)
