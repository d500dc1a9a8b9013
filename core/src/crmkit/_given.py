"""
Credentials that the caller gives, or the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from crmkit.errors import ConfigurationError, CredentialsNotFoundError
from crmkit.models import CRMCredentials, Secret

Given = CRMCredentials | Secret | str
GivenCredentials = (
    Given
    | Mapping[str, Given]
    | Mapping[tuple[str, str | None], Given]
    | Callable[[str, str | None], Given | None]
)

_NOT_IN_NAMES = re.compile(r"\W", re.ASCII)


def look_up(
    given: GivenCredentials | None, provider: str, user_id: str | None
) -> CRMCredentials | None:
    """
    Return what the caller gave for this user of this provider.

    Raises ConfigurationError for what is no token, or is another provider's.
    """
    if callable(given):
        found = given(provider, user_id)
    elif isinstance(given, Mapping):
        by_user: Mapping[object, Given] = given  # type: ignore[assignment]
        found = by_user.get((provider, user_id)) or by_user.get(provider)
    elif isinstance(given, CRMCredentials) and given.provider != provider:
        found = None  # they say themselves whose they are
    else:
        found = given
    return _checked(found, provider) if found else None


def from_environment(provider: str, user_id: str | None) -> CRMCredentials | None:
    """
    Return the token that the user's own variable holds.
    """
    token = os.environ.get(variable(provider, user_id))
    return _checked(token, provider) if token else None


def variable(provider: str, user_id: str | None) -> str:
    """
    Return the environment variable that holds this user's token.
    """
    name = f"CRMKIT_{_NOT_IN_NAMES.sub('_', provider).upper()}_TOKEN"
    return name if user_id is None else f"{name}__{user_id}"


def not_found(provider: str, user_id: str | None) -> CredentialsNotFoundError:
    """
    Return the error that says that nobody gave any, with the remedy.
    """
    whom = "(the call names none)" if user_id is None else repr(user_id)
    return CredentialsNotFoundError(
        f"No CRM credentials found for user {whom} of provider {provider!r}: set "
        f"{variable(provider, user_id)}, or pass credentials= to CRMConnector, or keep "
        "them with crmkit credentials"
    )


def _checked(found: object, provider: str) -> CRMCredentials:
    if isinstance(found, CRMCredentials) and found.provider == provider:
        return found
    if isinstance(found, CRMCredentials):
        msg = f"credentials= gives those of {found.provider!r} for {provider!r}"
        raise ConfigurationError(msg)
    if not isinstance(found, str | Secret):
        msg = (
            f"credentials= gives a {type(found).__name__} for {provider!r}; give a token "
            "as text, a Secret, or CRMCredentials"
        )
        raise ConfigurationError(msg)
    return CRMCredentials(provider=provider, access_token=Secret(found).reveal().strip())
