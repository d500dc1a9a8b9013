"""
Values as text: cleaned of what may not travel, then encoded once for their place.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_LINE = frozenset({"subject"})
CONTENT_TYPES = frozenset(
    {"email", "email_html", "subject", "sms", "social", "push", "plain"}
)

_MAX_DEPTH = 32
_SPACES = {0xA0: " ", 0x202F: " "}  # one of them halves what fits into an SMS
_SETS = (set, frozenset)
_LISTS = (list, tuple, *_SETS)
_NESTED = (*_LISTS, Mapping)

# Letters that are in form NFC each by itself, and no control among them.
_PLAIN = re.compile("[ -~\xa1-\xac\xae-\u02ff]*+")
_REMOVED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ANY_BREAK = re.compile("[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+")


def plain_text(value: object, depth: int = 0) -> str | None:
    """
    Return a value as text, verbatim; None for None.

    0 and False are values; lists are joined by a comma, booleans are true and false. What
    is empty in a list or mapping is left out, and NaN is no value. Raises TemplateError for
    bytes, and for what is nested deeper than 32 levels.
    """
    if value is None or type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)  # an enumeration's own would be its name
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, _NESTED):
        return _single(value)
    if depth > _MAX_DEPTH:
        msg = f"it is nested deeper than {_MAX_DEPTH} levels"
        raise TemplateError(msg)
    if isinstance(value, _LISTS):
        texts = [text for item in value if (text := plain_text(item, depth + 1))]
        return ", ".join(sorted(texts) if isinstance(value, _SETS) else texts)
    pairs = ((key, plain_text(item, depth + 1)) for key, item in value.items())
    return ", ".join(f"{key}: {text}" for key, text in pairs if text)


def _single(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, bytes):
        msg = "it is bytes; decode it to a text"
        raise TemplateError(msg)
    return str(value)


def is_clean(text: str) -> bool:
    """
    Tell whether there is nothing to be cleaned of a text of one line.
    """
    if _PLAIN.fullmatch(text):
        return True
    return text.isprintable() and unicodedata.is_normalized("NFC", text)


def cleaner(content_type: str) -> Callable[[str], str]:
    """
    Return what makes a value safe to travel in this content type.

    NFC, no control characters but line breaks and tabs, no lone surrogates, no bidi
    overrides; in a subject line all breaks become one space, in an SMS unusual spaces do.
    """
    if content_type == "sms":
        return _clean_sms
    return _clean_line if content_type in ONE_LINE else clean


def clean(value: str) -> str:
    """
    Return a value cleaned for a text of several lines.
    """
    if value.isascii() and value.isprintable():
        return value
    return unicodedata.normalize("NFC", _REMOVED.sub("", _BREAKS.sub("\n", value)))


def _clean_sms(value: str) -> str:
    return clean(value).translate(_SPACES)


def _clean_line(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    return unicodedata.normalize("NFC", _REMOVED.sub("", _ANY_BREAK.sub(" ", value)))
