"""
The settings of Follow Up Boss, checked before anything is sent.
"""

from __future__ import annotations

from attrs import field, frozen

from crmkit.settings import by_channel, matching

LABEL = "Follow Up Boss"
_check_fields = matching(
    r"custom[A-Z0-9]\w*",
    LABEL,
    "the keys of custom fields, such as customHomeValue, as `crmkit fields` shows them",
)


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
    opted_out_tags: dict[str, list[str]] = field(factory=dict, validator=by_channel(LABEL))
    marker: bool = True
