"""
What a provider's settings may hold: a wrong one is named, with what it takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from attrs import Attribute

    Validator = Callable[[Any, Attribute[Any], Any], None]

CHANNELS = ("*", "email", "sms", "phone", "push")


def matching(pattern: str, label: str, takes: str, *, keys: bool = False) -> Validator:
    """
    Return a validator that each text of a setting matches, of a list's and a table's too.

    The message says what the setting of the CRM *label* *takes*. A table's keys are looked
    at only with *keys*.
    """
    meets = re.compile(pattern).fullmatch

    def check(_settings: object, attribute: Attribute[Any], given: Any) -> None:
        wrong = next((text for text in _texts(given, keys=keys) if not meets(text)), None)
        if wrong is not None:
            holds = "is" if isinstance(given, str) else "names"
            msg = (
                f"{label}'s setting `{attribute.name}` {holds} {wrong!r}; it takes {takes}"
            )
            raise ConfigurationError(msg)

    return check


def by_channel(label: str) -> Validator:
    """
    Return a validator of a setting of the CRM *label* that maps channels to names.
    """

    def check(_settings: object, attribute: Attribute[Any], given: Any) -> None:
        wrong = next((channel for channel in given if channel not in CHANNELS), None)
        if wrong is not None:
            msg = (
                f"{label}'s setting `{attribute.name}` names the channel {wrong!r}; "
                f"there are {', '.join(CHANNELS)}"
            )
            raise ConfigurationError(msg)

    return check


def check_known(
    setting: str, named: Iterable[str], known: Container[str], label: str, lack: str
) -> None:
    """
    Raise ConfigurationError for fields that a setting names and the account does not have.

    *lack* says what they are: "which the account's contacts do not have".
    """
    unknown = [name for name in named if name not in known]
    if unknown:
        msg = (
            f"{label}'s setting `{setting}` names {', '.join(unknown)}, {lack}; leave it "
            "out, and `crmkit fields` shows those that are read"
        )
        raise ConfigurationError(msg)


def _texts(given: Any, *, keys: bool) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        yield from given if keys else ()
        yield from _texts([*given.values()], keys=keys)
    elif isinstance(given, list | tuple):
        for inner in given:
            yield from _texts(inner, keys=keys)
