"""
The settings of Salesforce, checked before anything is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit.settings import by_channel, matching

if TYPE_CHECKING:
    from crmkit import Session

LABEL = "Salesforce"
API_VERSION = "66.0"
LOGIN = ("login.salesforce.com", "test.salesforce.com")
TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z]+)?")
_HOST = re.compile(r"([a-z0-9-]+\.)+salesforce\.(com|mil)")
_NAME = "[A-Za-z][A-Za-z0-9_]*"
_NAMES = "API names, such as Budget__c, not labels"
_check_version = matching(r"[3-9]\d\.0", LABEL, f"a version such as {API_VERSION}")
_check_names = matching(_NAME, LABEL, _NAMES)


def _host(given: str | None) -> str | None:
    if given is None:
        return None
    domain = given.strip().lower().removeprefix("https://").rstrip("/")
    if _DOMAIN.fullmatch(domain):
        return f"{domain}.my.salesforce.com"
    if _HOST.fullmatch(domain):
        return domain
    msg = (
        "Salesforce's setting `my_domain` must be a My Domain such as acme, "
        "acme--uat.sandbox or acme.my.salesforce.com, as Setup shows it; the host of "
        "Lightning pages is another one"
    )
    raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the credentials; a bare token needs *my_domain*.

    *object* is read as clients, instead of contacts and leads. *fields* are read, instead
    of all custom ones. *opted_out_fields* names, by channel, checkboxes that are an
    opt-out. *external_id_field* is one of activities, by which they are written no more
    than once; else *marker* puts a line into their text. *records* says, by custom object,
    which of its fields takes what of an activity.
    """

    my_domain: str | None = field(default=None, converter=_host)
    api_version: str = field(default=API_VERSION, validator=_check_version)
    object: str | None = field(default=None, validator=_check_names)
    fields: list[str] = field(factory=list, validator=_check_names)
    opted_out_fields: dict[str, list[str]] = field(
        factory=dict, validator=[by_channel(LABEL), _check_names]
    )
    external_id_field: str | None = field(default=None, validator=_check_names)
    marker: bool = True
    cut_long_text: bool = False
    completed_status: str = "Completed"
    records: dict[str, dict[str, str]] = field(
        factory=dict, validator=matching(_NAME, LABEL, _NAMES, keys=True)
    )

    @property
    def instance_url(self) -> str:
        """
        Where requests go until a grant tells the org's own host.
        """
        return f"https://{self.my_domain or LOGIN[0]}"


def flags(settings: Settings) -> list[str]:
    """
    Return the fields that the settings take for an opt-out.
    """
    return [name for names in settings.opted_out_fields.values() for name in names]


def path(session: Session, rest: str) -> str:
    """
    Return a path of the REST API in the version set.
    """
    return f"/services/data/v{session.settings.api_version}/{rest}"
