"""
Errors of AWS as ours, with what to do about each.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    CredentialsError,
    RateLimitedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import CrmkitError

_SIGN_IN = "sign in to AWS: environment, profile, or the role of this machine"
_LATER = "run again later"
_REPORT = "look at the settings region, source and targets"
_REFUSALS: dict[str, tuple[type[CrmkitError], str]] = {
    "AccessDeniedException": (AccessDeniedError, "allow this role translate:TranslateText"),
    "DetectedLanguageLowConfidenceException": (
        ConfigurationError,
        "say in the setting source which language the templates are in",
    ),
    "ExpiredTokenException": (AuthenticationError, _SIGN_IN),
    "InvalidSignatureException": (AuthenticationError, _SIGN_IN),
    "MissingAuthenticationTokenException": (AuthenticationError, _SIGN_IN),
    "UnrecognizedClientException": (AuthenticationError, _SIGN_IN),
    "InvalidRequestException": (ConfigurationError, _REPORT),
    "ValidationException": (ConfigurationError, _REPORT),
    "ResourceNotFoundException": (
        ConfigurationError,
        "name a terminology that is in this account and region",
    ),
    "TextSizeLimitExceededException": (
        ConfigurationError,
        "write shorter sentences, in more paragraphs",
    ),
    "ThrottlingException": (RateLimitedError, _LATER),
    "TooManyRequestsException": (RateLimitedError, _LATER),
    "UnsupportedLanguagePairException": (
        ConfigurationError,
        "leave this language out of the setting targets, or write a variant for it",
    ),
}


@contextmanager
def explained() -> Iterator[None]:
    """
    Turn AWS's errors into ours; their texts, which may hold the template, are left out.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        _refused(str(error.response.get("Error", {}).get("Code", "")))
    except BotoCoreError as error:
        _failed(error)


def _refused(code: str) -> NoReturn:
    kind, remedy = _REFUSALS.get(code, (UnavailableError, _LATER))
    msg = f"Amazon Translate refused ({code}); {remedy}"
    if kind is UnavailableError:
        raise UnavailableError(msg, sent=True) from None
    raise kind(msg) from None


def _failed(error: Exception) -> NoReturn:
    from botocore import exceptions

    name = type(error).__name__
    if isinstance(error, (exceptions.NoRegionError, exceptions.InvalidRegionError)):
        msg = f"Amazon Translate has no region ({name}); name one in the setting region"
        raise ConfigurationError(msg) from None
    if isinstance(error, exceptions.ProfileNotFound):
        msg = f"AWS knows no such profile ({name}); name another in the setting profile"
        raise ConfigurationError(msg) from None
    if "Credential" in name or "SSO" in name or "Token" in name:
        msg = f"Amazon Translate cannot be used ({name}); {_SIGN_IN}"
        raise CredentialsError(msg) from None
    unsent = (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError)
    msg = f"Amazon Translate does not answer ({name}); see the network, then {_LATER}"
    raise UnavailableError(msg, sent=not isinstance(error, unsent)) from None
