"""
What a caller asks of a personalization, beside template and client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from attrs import define, field

from crmkit._consent import MARKETING, PERMISSIVE, check_purpose
from crmkit._encode import CONTENT_TYPES
from crmkit._filling import ERROR, check_policy
from crmkit.errors import ConfigurationError


class Arguments(TypedDict, total=False):
    """
    The keyword arguments that make a Request.
    """

    content_type: str
    variables: Mapping[str, object]
    unknown: str
    missing: str
    purpose: str
    mode: str
    user_id: str | None
    default_variant: str | None
    isolate: bool


@define(kw_only=True)
class Request:
    """
    The arguments of personalize_content; *lenient* for a preview, which refuses nothing.
    """

    content_type: str = "email"
    variables: Mapping[str, object] = field(factory=dict)
    unknown: str = ERROR
    missing: str = ERROR
    purpose: str = MARKETING
    mode: str = PERMISSIVE
    user_id: str | None = None
    default_variant: str | None = None
    isolate: bool = False
    lenient: bool = False

    def __attrs_post_init__(self) -> None:
        check_policy("unknown", self.unknown)
        check_policy("missing", self.missing)
        check_purpose(self.purpose, self.mode)
        if self.content_type not in CONTENT_TYPES:
            known = ", ".join(sorted(CONTENT_TYPES))
            msg = f"unknown content type {self.content_type!r}; there are {known}"
            raise ConfigurationError(msg)
        if self.variables is None:
            self.variables = {}
        given = self.variables
        if not isinstance(given, Mapping) or not all(map(_is_text, given)):
            msg = "variables= takes a mapping of names to values"
            raise ConfigurationError(msg)


def _is_text(name: object) -> bool:
    return isinstance(name, str)


_PLAIN = Request()


def request_of(given: Arguments) -> Request:
    """
    Return a request of keyword arguments; an unknown one is a ConfigurationError.
    """
    if not given:
        return _PLAIN
    try:
        return Request(**given)
    except TypeError as error:
        unknown = str(error).rpartition("argument ")[2]
        msg = f"personalize_content takes no argument {unknown}"
        raise ConfigurationError(msg) from None
