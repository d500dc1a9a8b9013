"""
The door to AWS: clients of its services, and their errors as ours.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from shlex import quote
from typing import TYPE_CHECKING, Any

from crmkit import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_dynamodb._url import Place

WORKERS = 16  # requests at once; each waits for its answer
_ATTEMPTS = 5
_SIGN_IN = "sign in to AWS: environment, profile, or the role of this machine"
_REMEDIES = {
    "AccessDeniedException": "give this role the rights that the package's README lists",
    "ExpiredTokenException": _SIGN_IN,
    "InvalidSignatureException": _SIGN_IN,
    "MissingAuthenticationTokenException": _SIGN_IN,
    "UnrecognizedClientException": _SIGN_IN,
    "NotFoundException": "name a KMS key that exists: kms=alias/NAME or the key's ARN",
    "DisabledException": "enable the KMS key",
    "KMSInvalidStateException": "enable the KMS key",
    "InvalidCiphertextException": "a data key belongs to another table, user or KMS key",
}
_BUSY = "AWS is busy or throttles; run again later"


def client(service: str, place: Place) -> Any:
    """
    Return this process's client of a service; threads share it.
    """
    return _client(service, place.region, place.endpoint, os.getpid())


@cache
def _client(service: str, region: str | None, endpoint: str | None, _process: int) -> Any:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        connect_timeout=5,
        read_timeout=15,
        max_pool_connections=WORKERS,
    )
    try:
        session = boto3.session.Session(region_name=region)
        return session.client(service, endpoint_url=endpoint, config=config)
    except BotoCoreError as error:
        msg = (
            f"AWS cannot be used: {type(error).__name__}; name the region in the store's "
            "URL (?region=eu-central-1) or in AWS_DEFAULT_REGION, and a profile that exists"
        )
        raise ConfigurationError(msg) from None


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """
    Turn AWS's errors into StoreError; their texts, which may name people, are left out.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise StoreError(_told(place, error)) from None
    except BotoCoreError as error:
        name = type(error).__name__
        remedy = _SIGN_IN if "Credential" in name or "SSO" in name else "see the network"
        msg = f"the store {place.table!r} cannot be used: {name}; {remedy}"
        raise StoreError(msg) from None
    except UnicodeEncodeError:
        msg = f"the store {place.table!r} takes no text with half a surrogate pair in it"
        raise StoreError(msg) from None


def code_of(error: Any) -> str:
    """
    Return AWS's code of a ClientError.
    """
    return str(error.response.get("Error", {}).get("Code", ""))


def _told(place: Place, error: Any) -> str:
    code = code_of(error)
    if code == "ResourceNotFoundException":
        return (
            f"there is no table {place.table!r} with its index; run crmkit store create "
            f"{quote(place.url)}"
        )
    remedy = _REMEDIES.get(code, _BUSY)
    what = f"{error.operation_name}: {code}"
    return f"the store {place.table!r} cannot be used: {what}; {remedy}"
