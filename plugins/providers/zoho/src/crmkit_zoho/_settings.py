"""
The settings of Zoho, checked before anything is sent.
"""

from __future__ import annotations

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit.settings import by_channel, matching

LABEL = "Zoho"
_KINDS = ("Notes", "Calls", "Events", "Tasks")
# The ending of each data centre's hosts; "uk" is named by some of Zoho's pages only.
_OTHERS = {name: name for name in ("ca", "eu", "in", "jp", "sa", "uk")}
DATA_CENTERS = {"us": "com", "au": "com.au", "cn": "com.cn", **_OTHERS}
_ACCOUNTS = {"ca": "accounts.zohocloud.ca"}
_SIGN_IN = {  # where tokens come from
    name: _ACCOUNTS.get(name, f"accounts.zoho.{end}") for name, end in DATA_CENTERS.items()
}
HOSTS = tuple(  # of the API, its sandboxes too, and of the tokens
    host
    for name, end in DATA_CENTERS.items()
    for host in (f"*.zohoapis.{end}", _SIGN_IN[name])
)
_CENTERS = ", ".join(f"{n} ({at.partition('.')[2]})" for n, at in _SIGN_IN.items())
_check_center = matching(
    "|".join(DATA_CENTERS),
    LABEL,
    f"one of {_CENTERS}: where the browser is when you are signed in to Zoho CRM",
)
_check_names = matching(
    "[A-Za-z][A-Za-z0-9_]*",
    LABEL,
    "API names, such as Lead_Source, not labels; Zoho lists them under Setup, APIs, API "
    "Names",
    keys=True,
)


def _check_kinds(_settings: object, _attribute: object, given: dict[str, str]) -> None:
    wrong = next((kind for kind in given if kind not in _KINDS), None)
    if wrong is not None:
        msg = (
            f"{LABEL}'s setting `unique_fields` names the kind {wrong!r}; there are "
            f"{', '.join(_KINDS)}"
        )
        raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    What may be set beside the token.

    *data_center* is where the account lives, until a token answer tells; *module* what
    clients are records of. *fields* names the fields to read beside the standard ones,
    instead of all custom ones. *opted_out_tags* maps a channel to the tags that close it.
    With *workflows* Zoho runs them for what is written. *unique_fields* maps a kind to its
    unique field, by which an activity is written once and no more. *marker* puts a short
    line into each activity, by which it is found again; *cut_long_text* cuts descriptions
    that Zoho would refuse.
    """

    data_center: str = field(default="us", validator=_check_center)
    module: str = field(default="Contacts", validator=_check_names)
    fields: list[str] = field(factory=list, validator=_check_names)
    opted_out_tags: dict[str, list[str]] = field(factory=dict, validator=by_channel(LABEL))
    workflows: bool = False
    unique_fields: dict[str, str] = field(
        factory=dict, validator=[_check_names, _check_kinds]
    )
    marker: bool = True
    cut_long_text: bool = False

    @property
    def api_domain(self) -> str:
        """
        The API's address, until a token answer tells another.
        """
        return f"https://www.zohoapis.{DATA_CENTERS[self.data_center]}"

    @property
    def accounts(self) -> str:
        """
        Where tokens come from, which are good in their own data centre alone.
        """
        return f"https://{_SIGN_IN[self.data_center]}"
