"""
What a caller asks of a personalization, beside template and client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from crmkit._consent import MARKETING, PERMISSIVE, check_purpose
from crmkit._encode import CONTENT_TYPES
from crmkit._filling import BLANK, ERROR, KEEP
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
    language: str | None
    isolate: bool


class Request:
    """
    The arguments of personalize_content: the usual ones but for those *given*.

    *lenient*: a preview, which refuses nothing. Raises ConfigurationError for what is no
    argument, or no value of it.
    """

    content_type = "email"
    variables: Mapping[str, object] | None = None
    unknown = missing = ERROR
    purpose = MARKETING
    mode = PERMISSIVE
    user_id: str | None = None
    default_variant: str | None = None
    language: str | None = None
    isolate = False
    lenient = False

    def __init__(self, **given: Any) -> None:
        for name, value in given.items():
            check = _CHECKS.get(name, _refuse)
            if check is not None:
                check(name, value)
        self.__dict__ = given

    def shown(self) -> Request:
        """
        Return a request that refuses nothing, and keeps the tokens that have no value.
        """
        shown = Request(**{**vars(self), "unknown": KEEP, "missing": KEEP})
        shown.lenient = True
        return shown


def _check_policy(name: str, policy: object) -> None:
    if policy not in {ERROR, KEEP, BLANK}:
        msg = f"{name}= takes {ERROR!r}, {KEEP!r} or {BLANK!r}, not {policy!r}"
        raise ConfigurationError(msg)


def _refuse(name: str, _value: object) -> None:
    msg = f"personalize_content takes no argument {name!r}"
    raise ConfigurationError(msg)


def _check_content_type(_name: str, value: object) -> None:
    if value not in CONTENT_TYPES:
        known = ", ".join(sorted(CONTENT_TYPES))
        msg = f"unknown content type {value!r}; there are {known}"
        raise ConfigurationError(msg)


def _check_variables(_name: str, value: object) -> None:
    if type(value) is not dict and not isinstance(value, Mapping | None):
        msg = "variables= takes a mapping of names to values"
        raise ConfigurationError(msg)


_CHECKS: Mapping[str, Callable[[str, Any], None] | None] = {
    "content_type": _check_content_type,
    "variables": _check_variables,
    "unknown": _check_policy,
    "missing": _check_policy,
    "purpose": check_purpose,
    "mode": check_purpose,
    "user_id": None,
    "default_variant": None,
    "language": None,
    "isolate": None,
}
