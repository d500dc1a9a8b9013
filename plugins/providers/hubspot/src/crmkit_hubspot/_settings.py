"""
The settings of HubSpot, checked before anything is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from crmkit import ConfigurationError

if TYPE_CHECKING:
    from crmkit import Session

API_VERSION = "2026-09"
_VERSION = re.compile(r"20\d\d-(?:03|09)")
_PROPERTY = re.compile(r"[A-Za-z0-9_]+")


def _check_version(_settings: Settings, _name: Attribute[str], version: str) -> None:
    if not _VERSION.fullmatch(version):
        msg = (
            f"HubSpot's setting `api_version` is {version!r}; it must be a version such as "
            f"{API_VERSION}: a year, then 03 or 09"
        )
        raise ConfigurationError(msg)


def _check_names(
    _settings: Settings, attribute: Attribute[list[str]], names: list[str]
) -> None:
    wrong = next((name for name in names if not _PROPERTY.fullmatch(name)), None)
    if wrong is not None:
        msg = (
            f"HubSpot's setting `{attribute.name}` names {wrong!r}; it takes the internal "
            "names of properties, such as lead_source, not their labels"
        )
        raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the token; nothing need be.

    *properties* names the contact properties to read beside the standard ones, instead of
    all custom ones; *labels* those choices whose label is wanted, not their value. *marker*
    puts a short line into each activity, by which it is found again. *timeline_template*
    (an event template's id) or *timeline_event* (an app event's name) opens the kind
    ``timeline``.
    """

    api_version: str = field(default=API_VERSION, validator=_check_version)
    properties: list[str] = field(factory=list, validator=_check_names)
    labels: list[str] = field(factory=list, validator=_check_names)
    marker: bool = True
    timeline_template: str | None = None
    timeline_event: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.timeline_template and self.timeline_event:
            msg = (
                "HubSpot's settings `timeline_template` and `timeline_event` exclude each "
                "other: the first is for event templates, the second for app events"
            )
            raise ConfigurationError(msg)


def path(session: Session, api: str, rest: str) -> str:
    """
    Return a path of one of HubSpot's APIs, such as ``crm/objects``, in the version set.
    """
    return f"/{api}/{session.settings.api_version}/{rest}"
