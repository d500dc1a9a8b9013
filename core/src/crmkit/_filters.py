"""
The filters that every template may use; plugins bring more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from crmkit._encode import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOCALIZED = frozenset(
    {"number", "currency", "percent", "date", "time", "datetime", "plural", "truncate"}
)


def _upper(value: object, **_: object) -> str:
    return (plain_text(value) or "").upper()


def _lower(value: object, **_: object) -> str:
    return (plain_text(value) or "").lower()


def _prefix(value: object, before: str, **_: object) -> str:
    return before + (plain_text(value) or "")


def _suffix(value: object, after: str, **_: object) -> str:
    return (plain_text(value) or "") + after


def _urlencode(value: object, **_: object) -> str:
    return quote((plain_text(value) or "").encode("utf-8", "replace"), safe="")


def _list(
    value: object, separator: str = ", ", last: str | None = None, **_: object
) -> str:
    if not isinstance(value, list | tuple):
        return plain_text(value) or ""
    texts = [text for item in value if (text := plain_text(item))]
    *others, final = texts or [""]
    if last is None or not others:
        return separator.join(texts)
    return separator.join(others) + last + final


# default and required say what to do without a value, so the engine itself heeds them.
DEFAULT, REQUIRED = "default", "required"
BUILT_IN: Mapping[str, Callable[..., object]] = {
    "upper": _upper,
    "lower": _lower,
    "prefix": _prefix,
    "suffix": _suffix,
    "urlencode": _urlencode,
    "list": _list,
}


def unknown_filter(name: str) -> str:
    """
    Say that there is no such filter, and what to install if that is known.
    """
    known = ", ".join(sorted({*BUILT_IN, DEFAULT, REQUIRED}))
    if name in _LOCALIZED:
        return f"the filter {name!r} comes with localize: pip install crmkit-localize"
    return f"there is no filter {name!r}; there are {known}"
