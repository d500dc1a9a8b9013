"""
The settings of Follow Up Boss, checked before anything is sent.
"""

from __future__ import annotations

import re

from attrs import Attribute, field, frozen

from crmkit import ConfigurationError

_CHANNELS = ("*", "email", "sms", "phone", "push")
_CUSTOM = re.compile(r"custom[A-Z0-9]\w*")


def _check_fields(_: Settings, _name: Attribute[list[str]], names: list[str]) -> None:
    wrong = next((name for name in names if not _CUSTOM.fullmatch(name)), None)
    if wrong is not None:
        msg = (
            f"Follow Up Boss's setting `fields` names {wrong!r}; it takes the keys of "
            "custom fields, such as customHomeValue, as `crmkit fields` shows them"
        )
        raise ConfigurationError(msg)


def _check_channels(
    _: Settings, _name: Attribute[dict[str, list[str]]], tags: dict[str, list[str]]
) -> None:
    wrong = next((channel for channel in tags if channel not in _CHANNELS), None)
    if wrong is not None:
        msg = (
            f"Follow Up Boss's setting `opted_out_tags` names the channel {wrong!r}; "
            f"there are {', '.join(_CHANNELS)}"
        )
        raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the key; nothing need be.

    *system* and *system_key* are those of the registered system (the key may stand in the
    credentials' metadata instead). *source* is the lead source that events name. *number*
    is your own, for texts. *fields* are the custom fields to read instead of all.
    *opted_out_tags* maps a channel to the tags that say no. *marker* puts a short line
    into each activity, by which it is found again.
    """

    system: str | None = None
    system_key: str | None = field(default=None, repr=False)
    source: str | None = None
    number: str | None = None
    fields: list[str] = field(factory=list, validator=_check_fields)
    opted_out_tags: dict[str, list[str]] = field(factory=dict, validator=_check_channels)
    marker: bool = True
