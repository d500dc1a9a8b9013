"""
The settings of HubSpot, checked before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit.settings import matching

if TYPE_CHECKING:
    from crmkit import Session

LABEL = "HubSpot"
API_VERSION = "2026-09"
_check_version = matching(
    r"20\d\d-(?:03|09)",
    LABEL,
    f"a version such as {API_VERSION}: a year, then 03 or 09",
)
_check_names = matching(
    "[A-Za-z0-9_]+",
    LABEL,
    "the internal names of properties, such as lead_source, not their labels",
)


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the token; nothing need be.

    *properties* names the contact properties to read beside the standard ones, instead of
    all custom ones; *labels* those choices whose label is wanted, not their value. *marker*
    puts a short line into each activity, by which it is found again; *cut_long_text* cuts
    descriptions that HubSpot would refuse. *timeline_template* (an event template's id) or
    *timeline_event* (an app event's name) opens the kind ``timeline``.
    """

    api_version: str = field(default=API_VERSION, validator=_check_version)
    properties: list[str] = field(factory=list, validator=_check_names)
    labels: list[str] = field(factory=list, validator=_check_names)
    marker: bool = True
    cut_long_text: bool = False
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
