"""
The settings of Pipedrive, checked before anything is sent, and what signs a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Attribute, field, frozen

from crmkit import ConfigurationError, bearer, header
from crmkit.settings import by_channel, matching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import Session

LABEL = "Pipedrive"
_token = header("x-api-token")


_check_domain = matching(
    "[a-z0-9][a-z0-9-]{0,62}",
    LABEL,
    "the first word of your address alone: acme, where that is https://acme.pipedrive.com",
)


def _check_budget(_settings: Settings, _name: Attribute[Any], tokens: int | None) -> None:
    if tokens is not None and tokens < 1:
        msg = f"{LABEL}'s setting `daily_tokens` is 1 or more; leave it out for no end"
        raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the token; nothing need be.

    *company_domain* is that of an API token; a grant of OAuth tells its own.
    *opted_out_tags* names the labels of who wants nothing on a channel, ``*`` for all.
    *marker* puts a line into each activity, by which it is found again; *cut_long_text*
    cuts what else is refused. *daily_tokens* are the most to be spent in 24 hours.
    """

    company_domain: str = field(default="api", validator=_check_domain)
    opted_out_tags: dict[str, list[str]] = field(factory=dict, validator=by_channel(LABEL))
    marker: bool = True
    cut_long_text: bool = False
    daily_tokens: int | None = field(default=None, validator=_check_budget)

    @property
    def api_domain(self) -> str:
        """
        The address that a grant of OAuth tells by this name, for tokens that tell none.
        """
        return f"https://{self.company_domain}.pipedrive.com"


def auth(session: Session) -> Mapping[str, str]:
    """
    Sign with an API token, 40 hex digits, or with OAuth's, which has colons in it.
    """
    signed = _token(session)
    granted = session.credentials.refresh_token or ":" in signed["x-api-token"]
    return bearer(session) if granted else signed
