"""
Codes of currencies.
"""

from __future__ import annotations


def code_of(text: str) -> str | None:
    """
    Return a code of ISO 4217 in capitals, None for what is none.
    """
    from babel.numbers import is_currency

    code = text.strip().upper()
    return code if is_currency(code) else None
