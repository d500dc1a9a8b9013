"""
The filters that every template may use, and what any filter is called with.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from crmkit._encode import clean, plain_text
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_LOCALIZED = frozenset(
    {"number", "currency", "percent", "date", "time", "datetime", "plural", "truncate"}
)
LANGUAGE, TIMEZONE, CURRENCY, SETTINGS = "language", "timezone", "currency", "settings"
_KEYWORDS = frozenset({LANGUAGE, TIMEZONE, CURRENCY, SETTINGS})


class Filter(NamedTuple):
    """
    A filter that templates may use: its *function*, and the *settings* of who brought it.
    """

    function: Callable[..., object]
    settings: object = None

    def keywords(self) -> frozenset[str]:
        """
        Return which of the four keywords the function takes.
        """
        taken = _signature(self.function).parameters.values()
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken):
            return _KEYWORDS
        return _KEYWORDS & {
            each.name for each in taken if each.kind is not each.POSITIONAL_ONLY
        }

    def check(self, name: str, arguments: Sequence[str]) -> None:
        """
        Raise TemplateError unless the function can be called with these arguments.
        """
        keywords = dict.fromkeys(self.keywords())
        try:
            _signature(self.function).bind(None, *arguments, **keywords)
        except TypeError as error:
            msg = f"the filter {name} takes other arguments: {error}"
            raise TemplateError(msg) from None


class Step(NamedTuple):
    """
    One use of a filter in a template.
    """

    name: str
    function: Callable[..., object]
    arguments: Sequence[str]
    keywords: frozenset[str]
    settings: object

    def apply(self, value: object, known: Mapping[str, object]) -> object:
        """
        Return what the filter makes of a value; *known* is of whom and where.
        """
        if not self.keywords:
            return self.function(value, *self.arguments)
        keywords = {
            name: self.settings if name == SETTINGS else known[name]
            for name in self.keywords
        }
        return self.function(value, *self.arguments, **keywords)


def step(name: str, arguments: Sequence[str], filters: Mapping[str, Filter]) -> Step:
    """
    Return the use of a filter; TemplateError if there is none, or its arguments are wrong.
    """
    found = filters.get(name) or BUILT_IN.get(name)
    if found is None:
        raise TemplateError(_unknown(name, filters))
    found.check(name, arguments)
    return Step(name, found.function, arguments, found.keywords(), found.settings)


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except ValueError:  # some functions in C have none
        return _ANYTHING


def _anything(*arguments: object) -> None: ...


_ANYTHING = inspect.signature(_anything)


def _upper(value: object) -> str:
    return (plain_text(value) or "").upper()


def _lower(value: object) -> str:
    return (plain_text(value) or "").lower()


def _prefix(value: object, before: str) -> str:
    return before + (plain_text(value) or "")


def _suffix(value: object, after: str) -> str:
    return (plain_text(value) or "") + after


def _urlencode(value: object) -> str:
    return quote(clean(plain_text(value) or ""), safe="")


def _list(value: object, separator: str = ", ", last: str | None = None) -> str:
    if not isinstance(value, list | tuple):
        return plain_text(value) or ""
    texts = [text for item in value if (text := plain_text(item))]
    *others, final = texts or [""]
    if last is None or not others:
        return separator.join(texts)
    return separator.join(others) + last + final


# default and required say what to do without a value, so the engine itself heeds them.
DEFAULT, REQUIRED, URLENCODE = "default", "required", "urlencode"
OPTIONAL = frozenset({"prefix", "suffix"})
BUILT_IN: Mapping[str, Filter] = {
    "upper": Filter(_upper),
    "lower": Filter(_lower),
    "prefix": Filter(_prefix),
    "suffix": Filter(_suffix),
    URLENCODE: Filter(_urlencode),
    "list": Filter(_list),
}


def _unknown(name: str, filters: Iterable[str]) -> str:
    known = ", ".join(sorted({*filters, *BUILT_IN, DEFAULT, REQUIRED}))
    if name in _LOCALIZED:
        return f"the filter {name!r} comes with localize: pip install crmkit-localize"
    return f"there is no filter {name!r}; there are {known}"
