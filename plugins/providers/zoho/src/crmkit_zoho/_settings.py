"""
The settings of Zoho, checked before anything is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from crmkit import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = "v8"
# The ending of the hosts of each data centre; "uk" is named by some pages of Zoho's only.
DATA_CENTERS = {
    "us": "com",
    "eu": "eu",
    "in": "in",
    "au": "com.au",
    "jp": "jp",
    "cn": "com.cn",
    "ca": "ca",
    "sa": "sa",
    "uk": "uk",
}
_ACCOUNTS = {"ca": "accounts.zohocloud.ca"}
HOSTS = tuple(  # also sandbox.zohoapis.com, and whatever else a token answer may name
    host
    for center, ending in DATA_CENTERS.items()
    for host in (f"*.zohoapis.{ending}", _ACCOUNTS.get(center, f"accounts.zoho.{ending}"))
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _check_center(_settings: Settings, _attribute: Attribute[str], center: str) -> None:
    if center not in DATA_CENTERS:
        known = ", ".join(f"{name} (zoho.{end})" for name, end in DATA_CENTERS.items())
        msg = (
            f"Zoho's setting `data_center` is {center!r}; it must be one of {known}: the one "
            "that the address shows when you are signed in to Zoho CRM"
        )
        raise ConfigurationError(msg)


def _check_names(
    _settings: Settings, attribute: Attribute[Iterable[str]], names: Iterable[str]
) -> None:
    given = [names] if isinstance(names, str) else names
    wrong = next((name for name in given if not _NAME.fullmatch(name)), None)
    if wrong is not None:
        msg = (
            f"Zoho's setting `{attribute.name}` names {wrong!r}; it takes API names, such as "
            "Lead_Source, not labels: Setup, Developer Hub, APIs and SDKs, API Names"
        )
        raise ConfigurationError(msg)


def _check_keys(
    settings: Settings, attribute: Attribute[dict[str, str]], given: dict[str, str]
) -> None:
    _check_names(settings, attribute, [*given, *given.values()])  # type: ignore[arg-type]


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the token.

    *data_center* is where the account lives, unless its token answer says so; *module* what
    clients are records of. *fields* names the fields to read beside the standard ones,
    instead of all custom ones; *values* those choices whose value is wanted, not the label.
    *opted_out_tags* maps a channel to the tags that close it. *workflows* lets Zoho run
    them for what is written. *activity_fields* are metadata that are Zoho's own fields.
    *unique_fields* maps a kind to its unique field, by which it is written once and no
    more. *marker* puts a short line into each activity, by which it is found again;
    *cut_long_text* cuts descriptions that Zoho would refuse.
    """

    data_center: str = field(default="us", validator=_check_center)
    module: str = field(default="Contacts", validator=_check_names)
    fields: list[str] = field(factory=list, validator=_check_names)
    values: list[str] = field(factory=list, validator=_check_names)
    opted_out_tags: dict[str, list[str]] = field(factory=dict)
    workflows: bool = False
    activity_fields: list[str] = field(factory=list, validator=_check_names)
    unique_fields: dict[str, str] = field(factory=dict, validator=_check_keys)
    marker: bool = True
    cut_long_text: bool = False

    @property
    def api_domain(self) -> str:
        """
        Where the API is, until a token answer tells.
        """
        return f"https://www.zohoapis.{DATA_CENTERS[self.data_center]}"

    @property
    def accounts(self) -> str:
        """
        Where tokens are, which are good in their own data centre only.
        """
        ending = DATA_CENTERS[self.data_center]
        return f"https://{_ACCOUNTS.get(self.data_center, f'accounts.zoho.{ending}')}"


def path(rest: str) -> str:
    """
    Return a path of the API in the version that the provider speaks.
    """
    return f"/crm/{VERSION}/{rest}"
